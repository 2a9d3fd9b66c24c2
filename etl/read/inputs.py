"""Which files there are to read: the paths given, and what lies in the folders among them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from etl.read.record import Unreadable

FORMATS = {".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".jsonl.zst": "jsonl", ".json": "json", ".txt": "txt",
           ".html": "html", ".htm": "html", ".xml": "feed", ".rss": "feed", ".atom": "feed",
           ".warc": "warc", ".warc.gz": "warc"}
NOTES = (".md",)  # notes beside the articles, which are no input
MAX_FILE = 64 * 1024 * 1024  # bytes of a file that holds one article or one array: it is read whole
_KNOWN = ", ".join(FORMATS)


@dataclass(frozen=True)
class Input:
    """One input file. `name` is its path relative to the path given; with a `problem` it is not read.

    `data` are its bytes where somebody has loaded them already, perhaps on another machine.
    """

    name: str
    path: Path
    format: str = ""
    sha256: str = ""
    problem: str = ""
    data: bytes | None = field(default=None, repr=False)

    def load(self) -> bytes:
        """The whole file; raises `Unreadable` when it is larger than a single file may be, OSError as open does."""
        if self.data is not None:
            return self.data
        if self.path.stat().st_size > MAX_FILE:
            raise Unreadable(f"the file is larger than {MAX_FILE // 1024 ** 2} MB; write the articles as JSON Lines")
        return self.path.read_bytes()


def find(paths: Iterable[Path | str]) -> list[Input]:
    """The input files under `paths`, each with its hash, in an order that does not depend on that of `paths`.

    Folders are searched; files and folders whose name begins with a dot, and notes (.md), are left alone. A path that
    cannot be used comes as an `Input` with a `problem`. The same file given twice is read once.
    """
    found: dict[tuple[str, str], Input] = {}
    for path in map(Path, paths):
        for source in _under(path):
            hashed = _hashed(source)
            found.setdefault((hashed.name, hashed.sha256), hashed)
    ordered = [found[key] for key in sorted(found)]
    return [replace(source, name=_apart(source, ordered[:i])) for i, source in enumerate(ordered)]


def _apart(source: Input, before: list[Input]) -> str:
    """The name, with a number where another file of that name was found under another path."""
    same = sum(other.name == source.name for other in before)
    return f"{source.name} ({same + 1})" if same else source.name


def _under(path: Path) -> Iterator[Input]:
    shown = _printable(path.name or str(path))
    try:
        if path.is_dir():
            files = sorted(_walk(path))
            yield from (_classified(path / name, _printable(name), path) for name in files)
            if not files:
                yield Input(shown, path, problem=f"the folder holds no articles; put {_KNOWN} files into it")
        elif path.is_file():
            yield _classified(path, shown, None)
        elif path.exists():
            yield Input(shown, path, problem=f"neither a file nor a folder; give a {_KNOWN} file or a folder of them")
        else:
            yield Input(shown, path, problem="there is no such file or folder; check the path given")
    except PermissionError:
        yield Input(shown, path, problem="no permission to look into it; allow it with chmod u+rx")
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or error
        yield Input(shown, path, problem=f"the path cannot be used ({told}); check it")


def _walk(folder: Path) -> Iterator[str]:
    """Relative names of the files in a folder; linked folders are not entered, so that a loop of links ends nowhere."""
    def refuse(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*files, *linked):
            if not name.startswith(".") and not name.lower().endswith(NOTES):
                yield os.path.relpath(Path(place) / name, folder)


def _classified(path: Path, name: str, folder: Path | None) -> Input:
    lower = path.name.lower()
    form = next((form for ending, form in FORMATS.items() if lower.endswith(ending)), "")
    try:
        if folder is not None and path.is_symlink() and not path.resolve(strict=True).is_relative_to(folder.resolve()):
            return Input(name, path, problem="a link to outside the folder; copy the file into it, or give its path")
    except (OSError, RuntimeError):
        return Input(name, path, problem="a link that leads nowhere or in a circle; remove it")
    if path.is_dir():
        return Input(name, path, problem="a link to a folder; give that folder as a path of its own")
    if not path.is_file():
        return Input(name, path, problem=f"not a regular file; give a {_KNOWN} file")
    if not form:
        return Input(name, path, problem=f"not a format that can be read; save it as one of {_KNOWN}")
    return Input(name, path, form)


def _hashed(source: Input) -> Input:
    if source.problem:
        return source
    try:
        with source.path.open("rb") as file:
            return replace(source, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    except PermissionError:
        return replace(source, problem="no permission to read the file; allow it with chmod u+r")
    except OSError as error:
        return replace(source, problem=f"the file cannot be read ({error.strerror}); check the disk and the path")


def _printable(name: str) -> str:
    """A file's name as text that can be stored: bytes that are no UTF-8 and control characters are shown as escapes."""
    plain = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain).replace(os.sep, "/")
