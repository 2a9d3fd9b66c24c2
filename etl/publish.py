"""Publishes a release: written aside, made durable, renamed into place, then pointed to by ``latest``.

A release is never changed. At any moment, whatever fails, ``latest`` points to a whole release or does not exist.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from etl.faults import PublishFault, write_fault
from etl.fingerprint import file_sha256

MANIFEST = "release.json"
LATEST = "latest"
TEXTS = "texts.parquet"
_ASIDE = ".building-"


def is_whole(release: Path) -> bool:
    """Whether the folder holds every file of its manifest, each with the bytes that the manifest says."""
    try:
        files = json.loads((release / MANIFEST).read_text(encoding="utf-8"))["files"]
        return all((release / name).stat().st_size == file["bytes"] and file_sha256(release / name) == file["sha256"]
                   for name, file in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_writable(out: Path) -> None:
    """Raise `PublishFault` where a release plainly could not be written, before an hour of coding and not after it."""
    there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not there.is_dir():
        raise write_fault(OSError(errno.ENOTDIR, ""), there)
    if not os.access(there, os.W_OK | os.X_OK):
        raise write_fault(OSError(errno.EACCES, ""), there)


@contextmanager
def alone(out: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the folder of releases, which is made if need be, so that two runs at once go one after the other.

    `waiting` is called where another run has to be waited for. The lock is the system's own and ends with the process
    that holds it, however that ends. Raises `PublishFault` where the folder cannot be made or opened.
    """
    is_new = not out.exists()
    with _faults_told(out):
        if is_new:
            check_writable(out)
            out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
        if is_new:
            with suppress(OSError):  # a folder that a run without a release made for itself goes again
                out.rmdir()


def publish(frames: Mapping[str, Any], texts: Mapping[str, str], made_from: dict[str, Any], out: Path,
            name: str) -> Path:
    """Write release `name` of these tables into `out`, and point ``latest`` to it. Returns its folder.

    `frames` are validated tables by name, `texts` the text of each article by id. Raises `PublishFault` on a full
    disk, missing permission or another fault of the file system; what was written aside is removed then. The caller
    holds the folder (`alone`).
    """
    target = out / name
    with _faults_told(out):
        out.mkdir(parents=True, exist_ok=True)
        for left in out.glob(f"{_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=out))
        try:
            if is_whole(target):  # never changed once it is whole
                _point(out, name)
                return target
            _write(aside, frames, texts, made_from, name)
            aside.chmod(0o755)
            damaged = aside.with_name(f"{aside.name}-damaged")
            if target.is_dir():
                target.rename(damaged)
            aside.rename(target)
            shutil.rmtree(damaged, ignore_errors=True)
            _sync_folder(out)
            _point(out, name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return target


def point_to(out: Path, name: str) -> None:
    """Point ``latest`` to a release that is there, in one step and by a relative link; raises `PublishFault`."""
    with _faults_told(out):
        _point(out, name)


def _point(out: Path, name: str) -> None:
    latest = out / LATEST
    if latest.is_symlink() and str(latest.readlink()) == name:
        return
    if latest.is_dir() and not latest.is_symlink():
        raise PublishFault(f"{latest} is a folder, not a link to a release; rename it and run again")
    aside = out / f"{_ASIDE}{LATEST}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(name)
    try:
        aside.replace(latest)
    finally:
        aside.unlink(missing_ok=True)
    _sync_folder(out)


def _write(folder: Path, frames: Mapping[str, Any], texts: Mapping[str, str], made_from: dict[str, Any],
           name: str) -> None:
    from etl.datapackage import CODEBOOK, codebook_bytes, data_package, dictionary
    from etl.files import csv_bytes, parquet_bytes, texts_bytes

    files: dict[str, dict[str, Any]] = {}
    for table, frame in frames.items():
        for file, data in ((f"{table}.parquet", parquet_bytes(table, frame)), (f"{table}.csv", csv_bytes(frame))):
            files[file] = {**_put(folder / file, data), "rows": len(frame)}
    files[CODEBOOK] = {**_put(folder / CODEBOOK, codebook_bytes()), "rows": len(dictionary())}
    described = {file: files[file] for file in sorted(files)}
    files[TEXTS] = {**_put(folder / TEXTS, texts_bytes(texts)), "rows": len(texts)}
    files["datapackage.json"] = _put(folder / "datapackage.json", _json(data_package(name, described)))
    manifest = {"name": name, **made_from, "rows": {table: len(frame) for table, frame in frames.items()},
                "files": {file: files[file] for file in sorted(files)}}
    _put(folder / MANIFEST, _json(manifest))
    _sync_folder(folder)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _put(path: Path, data: bytes) -> dict[str, Any]:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": len(data), "sha256": file_sha256(path)}


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _faults_told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise write_fault(error, out) from error
