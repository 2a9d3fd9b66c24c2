"""What a column and a table are, and how a list stands in a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "integer", "number", "boolean", "date", "list"]

LIST_SEPARATOR = "|"
EVIDENCE_LIMIT = 240  # characters: an excerpt proves a cell, it does not replace the article
MEASURES = ("killed", "injured")


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, meaning, unit and what it may hold.

    `allowed` is a closed list; `vocabulary` names the reference table whose first column lists the values;
    `refers_to` is ``"table.column"`` of a foreign key. A column that is not `required` may be empty.
    """

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    required: bool = False
    allowed: tuple[str, ...] = ()
    vocabulary: str | None = None
    refers_to: str | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Table:
    """One table of a release: its name, what one row is, its key and its columns in order."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")


def split_list(cell: str | None) -> list[str]:
    """The values of a list cell: ``"PAK.MIL|PAK.POL"`` → ``["PAK.MIL", "PAK.POL"]``; empty for an empty cell."""
    return [part for part in cell.split(LIST_SEPARATOR) if part] if isinstance(cell, str) else []


def join_list(values: list[str]) -> str | None:
    """A list cell from its values; None (an empty cell) for an empty list."""
    return LIST_SEPARATOR.join(value.replace(LIST_SEPARATOR, "/") for value in values) or None
