"""Reads CSV files back with LibreOffice and R, where they are installed, and says which cells came out otherwise."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

needs_calc = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
# Comma, double quotes, UTF-8: what its dialogue finds by itself from the byte order mark, but not without a screen.
UTF8 = "--infilter=CSV:44,34,76,1"
_EPOCH = dt.date(1899, 12, 30)  # day 0 of spreadsheets
_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", re.ASCII)
_R = """for (file in commandArgs(TRUE)) {
  x <- read.csv(file, fileEncoding = "UTF-8-BOM", na.strings = "", check.names = FALSE)
  write.csv(x, paste0(file, ".back"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
}"""

Cells = list[list[str]]


def cells(data: bytes) -> Cells:
    """The cells of a CSV file by RFC 4180."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def calc(folder: Path, files: list[Path]) -> dict[str, tuple[Cells, int]]:
    """What Calc shows of each CSV file, by its name: the cells as text, days in ISO 8601; and how many formulas."""
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", UTF8, "--convert-to",
                    "xlsx", "--outdir", str(folder), *map(str, files)], capture_output=True, timeout=300, check=True)
    return {file.name: _sheet(folder / f"{file.stem}.xlsx") for file in files}


def r_lang(files: list[Path]) -> dict[str, Cells]:
    """What R read of each CSV file by the documented line, written out again by it."""
    subprocess.run(["Rscript", "-e", _R, *map(str, files)], capture_output=True, text=True, timeout=300, check=True)
    return {file.name: cells(Path(f"{file}.back").read_bytes()) for file in files}


def differences(wanted: Cells, got: Cells) -> list[tuple[str, str, str]]:
    """Cells that differ, as (column, wanted, got): numbers by value, text exactly but for the kind of line break."""
    if len(wanted) != len(got):
        return [("rows", str(len(wanted)), str(len(got)))]
    return [(wanted[0][at], cell, back) for row, other in zip(wanted, got, strict=True)
            for at, (cell, back) in enumerate(zip(row, other + [""] * (len(row) - len(other)), strict=True))
            if not _same(cell, back)]


def _same(cell: str, back: str) -> bool:
    if cell == back or _lines(cell) == _lines(back):
        return True
    bare = cell.removeprefix("+").replace(",", "")  # 1,900 in a text is a number to a spreadsheet: the same one
    return bool(_NUMBER.fullmatch(bare) and _NUMBER.fullmatch(back)) and float(bare) == float(back)


def _lines(text: str) -> str:
    """`text` with each line break as one: readers take any of the three kinds for the same."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _sheet(path: Path) -> tuple[Cells, int]:
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        texts = [] if "xl/sharedStrings.xml" not in names else [
            "".join(part.text or "" for part in one.iter(f"{_M}t"))
            for one in ElementTree.fromstring(file.read("xl/sharedStrings.xml"))]
        styles = ElementTree.fromstring(file.read("xl/styles.xml"))
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(f"{_M}numFmt")}
    formats = [codes.get(one.get("numFmtId"), "") for one in styles.findall(f"{_M}cellXfs/{_M}xf")]
    rows: Cells = []
    for row in sheet.iter(f"{_M}row"):
        found: dict[int, str] = {}
        for one in row:
            value = one.find(f"{_M}v")
            if value is not None and value.text is not None:
                found[_column(one.get("r", ""))] = _shown(one.get("t", "n"), value.text, texts,
                                                          formats[int(one.get("s", 0))])
        rows.append([found.get(at, "") for at in range(max(found, default=-1) + 1)])
    return rows, len(list(sheet.iter(f"{_M}f")))


def _column(reference: str) -> int:
    at = 0
    for letter in filter(str.isalpha, reference):
        at = at * 26 + ord(letter) - 64
    return at - 1


def _shown(kind: str, value: str, texts: list[str], style: str) -> str:
    if kind == "s":
        return texts[int(value)]
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind == "n" and "Y" in style.upper():
        return (_EPOCH + dt.timedelta(days=int(float(value)))).isoformat()
    return value
