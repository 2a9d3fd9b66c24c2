"""Faults that end a command with one clear line: what is wrong and how to cure it."""

from __future__ import annotations

import errno
from pathlib import Path


class Fault(RuntimeError):
    """Something that the person at the terminal can cure; the message says how."""


class InputFault(Fault):
    """No input that can be read."""


class PublishFault(Fault):
    """An output that cannot be written. What was there before is untouched."""


class CodingFault(Fault):
    """Coding as a whole broke down."""


_CURES = {
    errno.ENOSPC: "the disk that holds {path} is full; free some space and run again",
    errno.EDQUOT: "your quota on the disk that holds {path} is used up; free some space and run again",
    errno.EACCES: "no permission to write {path}; allow it, or give another place",
    errno.EPERM: "no permission to write {path}; allow it, or give another place",
    errno.EROFS: "{path} lies on a disk that is read-only; give another place",
    errno.ENOTDIR: "{path} is not a folder; give another one",
    errno.EEXIST: "{path} is a file; give a folder",
    errno.ENOENT: "there is no folder {path}; make it first",
}


def write_fault(error: OSError, path: Path) -> PublishFault:
    """What a fault of the file system means for who writes to `path`, and its cure."""
    cure = _CURES.get(error.errno or 0)
    return PublishFault(cure.format(path=path) if cure
                        else f"{path} cannot be written ({error.strerror or error}); check the disk and the path")
