"""Reads the knowledge tables of `data/reference/`: the CSV files that an analyst edits without touching Python."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
FOLDER = DATA / "reference"


class ReferenceFault(ValueError):
    """A reference table that cannot be used; the message names the file, the line and the cure."""


@dataclass(frozen=True)
class ReferenceTable:
    """Rows of one reference CSV, each a dict of column → text, with its line number under ``"_line"``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def index(self, column: str) -> dict[str, dict[str, str]]:
        """Rows by the value of `column`; raises `ReferenceFault` when a value stands twice."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows:
            if row[column] in found:
                raise ReferenceFault(
                    f"data/reference/{self.name}.csv line {row['_line']}: {column} {row[column]!r} "
                    f"already stands in line {found[row[column]]['_line']}; remove one of them"
                )
            found[row[column]] = row
        return found


@cache
def read_table(name: str, folder: Path = FOLDER) -> ReferenceTable:
    """The reference table `name` (``data/reference/<name>.csv``), UTF-8 with a header line.

    Raises `ReferenceFault` when the file is missing, is not UTF-8, or has a line with more or fewer cells than columns.
    """
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = tuple(next(reader, ()))
            rows = []
            for cells in reader:
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    raise ReferenceFault(
                        f"data/reference/{path.name} line {reader.line_num}: {len(cells)} cells under {len(header)} "
                        "columns; put a cell that contains a comma in double quotes"
                    )
                rows.append({**dict(zip(header, cells, strict=True)), "_line": str(reader.line_num)})
    except FileNotFoundError:
        raise ReferenceFault(f"data/reference/{path.name} is missing; restore it from the repository") from None
    except UnicodeDecodeError as error:
        raise ReferenceFault(f"data/reference/{path.name} is not UTF-8 ({error}); save it as UTF-8") from None
    except csv.Error as error:  # a cell of more than 131,072 characters, as a quote makes it that is never closed
        raise ReferenceFault(f"data/reference/{path.name} line {reader.line_num}: cannot be read ({error}); "
                             "close every quote") from None
    if not header:
        raise ReferenceFault(f"data/reference/{path.name} is empty; its first line must name the columns")
    return ReferenceTable(name, header, tuple(rows))


def vocabulary(name: str) -> list[str]:
    """The values that a column with ``vocabulary=name`` may hold: the first column of that reference table."""
    table = read_table(name)
    return [row[table.columns[0]] for row in table.rows]
