"""The version of a stage: a hash of all that its results depend on but the article itself.

That is the source of every module that the stage can import, the pinned libraries, and the reference tables that these
modules name. Modules and tables are found in the source, so that nobody has to keep a list.
"""

from __future__ import annotations

import ast
import hashlib
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from etl.fingerprint import CODE, file_sha256, versions
from etl.reference import FOLDER

READ = ("etl.sift",)  # reading and screening: how carefully a page is read depends on what it is about
_BEGAN = time.time()
CODING = ("etl.coding", "etl.codebook", "etl.coded_json", "etl.touch")


@cache
def version(roots: tuple[str, ...], apart: frozenset[str] = frozenset()) -> str:
    """The version of the stage that these modules make up; the reference tables `apart` play no part in it."""
    files = sources(roots)
    whole = hashlib.sha256(f"{sys.version_info[:2]} {sorted(versions().items())}".encode())
    for path in files:
        whole.update(f"{path.relative_to(CODE).as_posix()} {file_sha256(path)}\n".encode())
    for path in tables(files):
        if path.stem not in apart:
            whole.update(f"{path.name} {file_sha256(path)}\n".encode())
    return whole.hexdigest()


def edited(roots: tuple[str, ...]) -> bool:
    """Whether a source or table of the stage was written since this process began.

    Then nobody knows which of the two this process works with, and what it makes must not be kept as that of either.
    """
    return any(_BEGAN < path.stat().st_mtime <= time.time() for path in _watched(roots) if path.is_file())


@cache
def _watched(roots: tuple[str, ...]) -> tuple[Path, ...]:
    files = sources(roots)
    return (*files, *tables(files))


def sources(roots: Iterable[str]) -> list[Path]:
    """The files of `roots` and of all modules of this package that they can come to import, sorted."""
    found: set[tuple[Path, bool]] = set()
    waiting = [(name, True) for name in roots]
    while waiting:
        name, whole = waiting.pop()
        path = _file(name)
        if path is None or (path, whole) in found or (path, True) in found:
            continue
        found.add((path, whole))
        # A package is imported with each of its modules, but nobody calls its functions then.
        waiting += [(name.rpartition(".")[0], False), *((other, True) for other in _imported(path, whole))]
    return sorted({path for path, _ in found})


def tables(files: Iterable[Path]) -> list[Path]:
    """The reference tables whose name stands as a text in one of these sources, sorted."""
    named = {node.value for path in files for node in ast.walk(_tree(path))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return [path for path in sorted(FOLDER.iterdir()) if path.stem in named or path.name in named]


def _file(module: str) -> Path | None:
    parts = module.split(".")
    if parts[0] != CODE.name:
        return None
    place = CODE.joinpath(*parts[1:])
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported(path: Path, whole: bool) -> Iterator[str]:
    """The modules that a source imports at its head and, where `whole`, within functions; not those for type checkers.
    """
    waiting: list[ast.AST] = [_tree(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        if not whole and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)
