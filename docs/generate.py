"""Writes the generated parts of the docs from the code and the tables that they describe: ``make docs``.

A part stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``. What is outside of these lines is written by
hand and left alone. ``tests/test_docs.py`` fails when a part is stale.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # run as a script, only this folder is on the path
    sys.path.insert(0, str(ROOT))

from dashboard.navigation import PAGES as PAGES_SHOWN  # noqa: E402
from dashboard.view import FILTERS, PAGE_OPTIONS  # noqa: E402
from etl import __main__ as command_line  # noqa: E402
from etl.reference import FOLDER, read_table  # noqa: E402
from etl.report import ACCURACY  # noqa: E402
from etl.schema import TABLES, Column  # noqa: E402

PAGES = ("README.md", "docs/architecture.md", "docs/codebook.md", "docs/columns.md", "docs/dashboard.md",
         "data/reference/README.md")
_PART = re.compile(r"(<!-- begin (?P<name>[^\n]+?) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)
_TARGET = re.compile(r"^([a-z]+):.*?##\s+(.+)$", re.MULTILINE)
_READS = r"""(?:read_table|vocabulary)\(\s*["']%s["']|vocabulary=["']%s["']"""


def make_targets(makefile: str) -> dict[str, str]:
    """The public targets of a Makefile: name → what it does."""
    return dict(_TARGET.findall(makefile))


class _Parsed(Exception):
    """Carries the parser out of the command line before it parses."""


def commands() -> dict[str, argparse.ArgumentParser]:
    """The sub-commands of ``python -m etl`` by name, as the command line itself builds them."""
    def stop(parser: argparse.ArgumentParser, *_: object) -> None:
        raise _Parsed(parser)

    with mock.patch.object(argparse.ArgumentParser, "parse_args", stop):
        try:
            command_line.main([])
        except _Parsed as caught:
            parser = caught.args[0]
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def dashboard_pages() -> list[tuple[str, str, str]]:
    """The dashboard's pages as (address, file, title)."""
    return [(name, file, title) for name, file, title, _ in PAGES_SHOWN]


def _rows(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cell = lambda text: " ".join(str(text).split()).replace("|", r"\|")  # noqa: E731
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows])


def _make() -> str:
    targets = make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    return _rows(("command", "does"), [(f"`make {name}`", about) for name, about in targets.items()])


def _option(action: argparse.Action) -> str:
    word = f" {action.metavar}" if action.metavar else ""
    text = f"`{action.option_strings[-1]}{word}{'…' if action.nargs == '+' else ''}`"
    return text if action.required else f"[{text}]"


def _commands() -> str:
    return _rows(("command", "does", "options (those in brackets may be left out)"), [
        (f"`python -m etl {name}`", (parser.description or "").split("\n")[0],
         " ".join(_option(a) for a in parser._actions if a.option_strings and "--help" not in a.option_strings))
        for name, parser in commands().items()])


def _tables() -> str:
    return _rows(("table", "one row is", "key", "columns"), [
        (f"[`{table.name}`](docs/columns.md#{table.name})", table.row, ", ".join(f"`{k}`" for k in table.key),
         str(len(table.columns))) for table in TABLES])


def _values(column: Column) -> str:
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    if column.vocabulary:
        return f"first column of `data/reference/{column.vocabulary}.csv`"
    if column.refers_to:
        return f"key of `{column.refers_to}`"
    low, high = column.minimum, column.maximum
    return "" if low is None and high is None else f"from {low}" + ("" if high is None else f" to {high}")


def _columns() -> str:
    parts = []
    for table in TABLES:
        rows = [(f"`{c.name}`", c.kind, c.description, c.unit or "", "yes" if c.required else "no", _values(c))
                for c in table.columns]
        parts.append(f"## {table.name}\n\nOne row is {table.row}. Key: {', '.join(f'`{k}`' for k in table.key)}.\n\n"
                     + _rows(("column", "kind", "meaning", "unit", "always filled", "values"), rows))
    return "\n\n".join(parts)


def _event_types() -> str:
    return _rows(("group", "event_type", "what", "ACLED (event / sub-event)", "PLOVER"), [
        (row["group"], f"`{row['event_type']}`", row["description"],
         " / ".join(filter(None, (row["acled_event"], row["acled_sub_event"]))) or "–", row["plover"] or "–")
        for row in read_table("event_types").rows])


def _actors() -> str:
    def when(row: dict[str, str]) -> str:
        return "; ".join(f"{word} {row[name]}" for word, name in (("from", "from"), ("until", "until")) if row[name])

    return _rows(("id", "name", "kind", "who", "when"), [
        (f"`{row['actor_id']}`", row["name"], row["kind"], row["description"], when(row))
        for row in read_table("actors").rows])


def _filters() -> str:
    return _rows(("parameter", "meaning"), [(f"`{name}`", meaning) for name, meaning in FILTERS.items()])


def _listed(values: tuple[str, ...]) -> str:
    return f" ({', '.join(f'`{value}`' for value in values)})" if values else ""


def _page_options() -> str:
    rows = []
    for name, file, title in dashboard_pages():
        options = PAGE_OPTIONS.get(name, ())
        told = "; ".join(f"`{o.name}`: {o.meaning}{_listed(o.values)}" for o in options)
        rows.append((f"{title} (`/{name}`)", f"`dashboard/pages/{file}`", told or "none"))
    return _rows(("page", "file", "parameters of its own (first value: the default)"), rows)


def _files() -> str:
    parts = []
    for folder in ("etl", "etl/read", "etl/fetch", "etl/watch", "etl/coding", "dashboard", "dashboard/pages",
                   "dashboard/script", "docs"):
        rows = []
        for path in sorted((ROOT / folder).glob("*.py")):
            about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            rows.append((f"`{path.name}`", about.split("\n\n")[0]))
        parts.append(f"### {folder}/\n\n" + _rows(("file", "what it does"), rows))
    return "\n\n".join(parts)


def readers(table: str) -> list[str]:
    """The files of `etl` and `dashboard` that read a reference table, as paths in the repository."""
    wanted = re.compile(_READS % (table, table))
    files = [path for folder in ("etl", "dashboard") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path.relative_to(ROOT).as_posix() for path in files if wanted.search(path.read_text(encoding="utf-8"))]


def _reference(table: str) -> str:
    found = read_table(table)
    row = found.rows[0]
    shown = {name: row[name] if len(row[name]) <= 80 else f"{row[name][:79]}…" for name in found.columns if row[name]}
    example = ", ".join(f"{name} `{value.replace('`', '')}`" for name, value in shown.items())
    read_by = ", ".join(f"`{path}`" for path in readers(table))
    return f"Example: {example}\n\nRead by: {read_by}."


def _accuracy() -> str:
    if not ACCURACY.exists():
        return "No figures are stored in this copy; `make evaluate` measures them."
    measured = json.loads(ACCURACY.read_text(encoding="utf-8"))
    names = {"all": "all of them", "tuned": "the part that rules were written on", "aside": "the part kept aside"}

    def figure(part: dict, name: str) -> str:
        low, high = part[f"{name}_interval"]
        return f"{part[f'{name}_f1']:.2f} ({low:.2f}–{high:.2f})"

    return _rows(("shipped articles", "number", "found F1 (90 % interval)", "row right F1 (90 % interval)"), [
        (names.get(name, name), str(part["articles"]), figure(part, "found"), figure(part, "row_right"))
        for name, part in measured["parts"].items()])


PARTS: dict[str, Callable[[], str]] = {
    "make targets": _make, "commands": _commands, "tables": _tables, "columns": _columns, "event types": _event_types,
    "actors": _actors, "filters": _filters, "pages": _page_options, "files": _files, "accuracy": _accuracy,
    **{f"reference {path.stem}": (lambda name=path.stem: _reference(name)) for path in sorted(FOLDER.glob("*.csv"))},
}


def renewed(text: str) -> str:
    """`text` with every generated part as it should be; KeyError for a part that nobody generates."""
    return _PART.sub(lambda match: f"{match[1]}{PARTS[match['name']]()}\n{match[3]}", text)


def part_names(text: str) -> list[str]:
    """The names of the generated parts of a page, in order."""
    return [match["name"] for match in _PART.finditer(text)]


def main() -> None:
    """Renews every page and names those that changed."""
    for name in PAGES:
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = renewed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"renewed {name}")


if __name__ == "__main__":
    main()
