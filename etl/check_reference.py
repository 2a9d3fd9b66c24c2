"""Checks the tables of `data/reference/` line by line: ``python -m etl check-reference``.

The stages stop at the first cell that they cannot use, and only when they come to it. This reads every table wholly and
names every faulty line, with the column, what is wrong and the cure. What a cell may hold stands in `etl.check_cells`,
what rows must be to each other in `etl.check_names`, where places lie in `etl.check_positions`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from etl.check_cells import FORMS, LineFault, Rows, Tables
from etl.check_names import relations
from etl.check_positions import positions
from etl.faults import InputFault
from etl.reference import FOLDER

_INVISIBLE = {"\u00a0": "a no-break space", "\u200b": "a zero-width space", "\ufeff": "a byte order mark"}


def check_reference(folder: Path = FOLDER) -> tuple[list[LineFault], list[str], int]:
    """Every faulty line of the tables in `folder`, by file and line; remarks on what was let pass; rows checked.

    Faults of form (encoding, columns, ragged lines, cells) are found in every table; rows that have one are left out of
    the checks that compare rows, so that one slip is told once.
    """
    faults: list[LineFault] = []
    tables = Tables()
    files = {path.name for path in folder.glob("*.csv")}
    for name in sorted(FORMS):
        if f"{name}.csv" not in files:
            faults.append(LineFault(f"{name}.csv", 1, "", "is missing", "restore it from the repository"))
            tables[name] = []
            continue
        tables[name], found = _read(folder, name)
        faults += found
    for file in sorted(files - {f"{name}.csv" for name in FORMS}):
        faults.append(LineFault(file, 1, "", "is no table that anything reads", "correct its name or remove it"))
    sound = Tables()
    for name, rows in tables.items():
        found = [*_cells(name, rows, tables), *_repeated(name, rows)]
        faults += found
        bad = {fault.line for fault in found}
        sound[name] = [(line, row) for line, row in rows if line not in bad]
    faults += relations(sound)
    wrong, remarks = positions(sound, folder)
    faults += wrong
    faults.sort(key=lambda fault: (fault.file, fault.line, fault.column))
    return faults, remarks, sum(len(rows) for rows in tables.values())


def _read(folder: Path, name: str) -> tuple[Rows, list[LineFault]]:
    """Rows of one table with the line each begins on, and the faults of its form."""
    file = f"{name}.csv"
    raw = (folder / file).read_bytes()
    faults: list[LineFault] = []
    if raw.startswith(b"\xef\xbb\xbf"):
        faults.append(LineFault(file, 1, "", "begins with a byte order mark", 'save it as "UTF-8" without BOM'))
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what = f"byte {raw[error.start]:#04x} is not UTF-8"
        return [], [*faults, LineFault(file, line, "", what, "save the file as UTF-8")]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return [], [*faults, LineFault(file, line, "", "holds a zero byte", "save the file as UTF-8 text")]
    wanted = tuple(FORMS[name].columns)
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: Rows = []
    begins = 1
    try:
        header = tuple(next(reader, ()))
        if header != wanted:
            return [], [*faults, *_header(file, header, wanted)]
        begins = reader.line_num + 1
        for cells in reader:
            if not any(cells):
                pass
            elif len(cells) != len(header):
                faults.append(LineFault(
                    file, begins, "", f"{len(cells)} cells under {len(header)} columns",
                    "put a cell that contains a comma in double quotes, and close every quote"))
            else:
                rows.append((begins, dict(zip(header, cells, strict=True))))
            begins = reader.line_num + 1
    except csv.Error as error:  # a cell of more than 131,072 characters, as a quote makes it that is never closed
        faults.append(LineFault(file, begins, "", f"cannot be read ({error})", "close every quote"))
    return rows, faults


def _header(file: str, header: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[LineFault]:
    cure = f"the first line must be: {','.join(wanted)}"
    missing = [name for name in wanted if name not in header]
    unknown = [name for name in header if name not in wanted]
    for name in missing:
        yield LineFault(file, 1, name, "the column is missing", cure)
    for name in unknown:
        yield LineFault(file, 1, name, "is no column that anything reads", cure)
    if not missing and not unknown:
        yield LineFault(file, 1, "", "the columns stand in another order or twice", cure)


def _cells(name: str, rows: Rows, tables: Tables) -> Iterator[LineFault]:
    form = FORMS[name]
    for line, row in rows:
        for column, rule in form.columns.items():
            value = row[column]
            if value != value.strip():
                yield LineFault(f"{name}.csv", line, column, f"{value!r} begins or ends with a blank",
                                         "remove the blank")
                continue
            hidden = next((word for sign, word in _INVISIBLE.items() if sign in value), None)
            if hidden:
                yield LineFault(f"{name}.csv", line, column, f"{value!r} holds {hidden}", "type the cell anew")
                continue
            if complaint := rule(value, tables):
                what, _, cure = complaint.partition("; ")
                yield LineFault(f"{name}.csv", line, column, what, cure)


def _repeated(name: str, rows: Rows) -> Iterator[LineFault]:
    key, seen = FORMS[name].key, dict[tuple[str, ...], int]()
    for line, row in rows:
        value = tuple(row[column] for column in key)
        if value in seen:
            yield LineFault(f"{name}.csv", line, ", ".join(key),
                                     f"{' / '.join(value)!r} already stands in line {seen[value]}",
                                     "remove one of the two")
        else:
            seen[value] = line


def report(folder: Path = FOLDER) -> str:
    """What the command prints when all tables are sound.

    Raises `InputFault`, whose message has a line for every fault, where they are not.
    """
    if not folder.is_dir():
        raise InputFault(f"{folder} is no folder; give the folder of the tables")
    faults, remarks, rows = check_reference(folder)
    told = f"{rows:,} rows of {len(FORMS)} tables checked"
    if faults:
        lines = "\n".join(map(str, faults))
        raise InputFault(f"{told}, {len(faults):,} fault{'s'[:len(faults) > 1]}\n{lines}")
    return "\n".join([*(f"note: {remark}" for remark in remarks), f"{told}: no faults"])
