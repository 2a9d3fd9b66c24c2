"""What the tests of the documents look for in a text: code spans, sections, links, examples, words that must not be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", *sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("docs", "data/reference") for path in (ROOT / folder).glob("*.md")))
SHIPPED = ("etl", "dashboard", "docs", "tests", "data/reference", ".ci", ".streamlit")
# Written by commands that the text names.
WRITTEN_LATER = ("data/releases/", "data/gold/accuracy.json", "data/gold/floors.json")
_FENCE = re.compile(r"^```(?P<language>\w*)(?P<run> run)?\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:etl|dashboard|docs|tests|data)/[\w./-]*\w\.(?:py|csv|md|json|jsonl|geojson)")
# Each pattern is written so that it does not match itself.
_FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w./-])/(?:wor[k]|tm[p]|roo[t]|hom[e])/"),
    "a folder beside the repository": re.compile(r"\.\./share[d]"),
    "a package registry": re.compile(r"\b(?:pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|conda\.anacond[a])"),
}


@dataclass(frozen=True)
class Example:
    """A fenced block that is marked as runnable."""

    language: str
    code: str


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """`text` without its fenced blocks."""
    return _FENCE.sub("", text)


def lacking(text: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that no code span of `text` is or begins with."""
    spans = set(_SPAN.findall(prose(text)))
    return [name for name in names if not any(span == name or span.startswith(f"{name} ") for span in spans)]


def sections(text: str, mark: str = "## ") -> dict[str, str]:
    """The sections of a document by their headings."""
    parts = re.split(rf"^{mark}(.+)$", prose(text), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_cells(text: str) -> list[str]:
    """The code spans in the first cells of the tables of `text`."""
    return [name for line in re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE) for name in _SPAN.findall(line)]


def examples(text: str) -> list[Example]:
    """The runnable blocks in order."""
    return [Example(m["language"], m["code"]) for m in _FENCE.finditer(text) if m["run"]]


def run(example: Example, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run an example in `folder` with this Python first on the path."""
    call = [sys.executable, "-c", example.code] if example.language == "python" else [
        "bash", "-euo", "pipefail", "-c", example.code]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=300, check=False,
                          env={**os.environ, "PATH": path, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"})


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)}


def broken_links(text: str, document: str) -> list[str]:
    """Links to files or headings that are not there, and paths in code spans that lead nowhere."""
    found = []
    for target in _LINK.findall(prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        if not path.exists() or (anchor and anchor not in anchors(path.read_text(encoding="utf-8"))):
            found.append(target)
    for span in _SPAN.findall(prose(text)):
        if _PATH.fullmatch(span) and not span.startswith(WRITTEN_LATER) and not (ROOT / span).exists():
            found.append(span)
    return found


def unknown_calls(text: str, commands: dict[str, set[str]], targets: set[str]) -> list[str]:
    """Calls of ``make`` and of the command line in code that name no target, command or option there is."""
    code = "\n".join([*(m["code"] for m in _FENCE.finditer(text)), *_SPAN.findall(prose(text))])
    found = [f"make {name}" for name in re.findall(r"(?:^|&& )make ([a-z]+)\b(?!\.)", code, re.MULTILINE)
             if name not in targets]
    for name, rest in re.findall(r"python -m etl ([a-z]+(?:-[a-z]+)*)\b([^\n]*)", code):
        if name not in commands:
            found.append(f"python -m etl {name}")
        else:
            found += [f"python -m etl {name} {option}" for option in re.findall(r"--[a-z]+", rest)
                      if option not in commands[name]]
    return found


def forbidden(text: str) -> list[str]:
    """What a text of the repository must not speak of, in words."""
    return [f"{what}: {match[0]}" for what, pattern in _FORBIDDEN.items() for match in pattern.finditer(text)]


def shipped_texts() -> Iterable[tuple[str, str]]:
    """Every text file of the repository but articles and labels, as (path, text)."""
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for folder in SHIPPED for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    for path in files:
        if "__pycache__" not in path.parts and path.suffix not in (".png", ".pyc", ".geojson"):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
