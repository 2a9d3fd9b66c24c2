"""What Torkham is built on: every requirement is pinned by hash, and its licence is known and one we may use."""

import csv
import json
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests import audit

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)((?: ;[^\\\n]*)?) \\\n"
                    r"((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
# Of a choice of licences the first that we may use is taken.
FREE = ("MIT", "BSD", "Apache", "PSF", "Python Software Foundation", "ISC", "0BSD", "MPL", "Mozilla Public License")
# Packages whose metadata name no licence; where it stands.
ELSEWHERE = {"atheris": "Apache-2.0, file LICENSE of its repository",
             "axe-playwright-python": "MIT, file LICENSE of its package; it holds axe-core, MPL-2.0"}


def name_of(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, tuple[str, str]]:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return {name_of(m[1]): (m[2], m[3]) for m in PINNED.finditer(text)}


def licences() -> dict[str, str]:
    with (ROOT / "docs" / "licences.csv").open(encoding="utf-8", newline="") as file:
        return {name_of(row["Name"]): row["License"] for row in csv.DictReader(file)}


def test_a_known_weakness_ends_the_audit_and_silence_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}, {"id": "CVE-2"}]},
                             {"name": "b", "version": "2", "vulns": []}, {"name": "c", "skip_reason": "not found"}]}
    assert audit.judged(told) == (["a 1: CVE-1, CVE-2"], 2, 1)
    for out, ended in ((json.dumps(told), 1), (json.dumps({"dependencies": told["dependencies"][1:]}), 0), ("", 0)):
        done = subprocess.CompletedProcess((), 1, out, "no way out")
        monkeypatch.setattr(audit.subprocess, "run", lambda *_, done=done, **__: done)
        assert audit.main() == ended


def test_every_line_of_the_requirements_is_pinned_by_hash() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    named = [line.split("==")[0].strip() for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert len(named) > 100 and {name_of(name) for name in named} == set(pinned())


def test_what_is_installed_is_what_is_pinned() -> None:
    wrong = {}
    for name, (number, marker) in pinned().items():
        try:
            found = version(name)
        except PackageNotFoundError:
            assert marker, f"{name} is pinned for every machine, and not here"
            continue
        if found != number and not marker:
            wrong[name] = found
    assert not wrong


@pytest.mark.parametrize("name", sorted(pinned()))
def test_the_licence_is_known_and_free(name: str) -> None:
    known = licences()
    if name not in known:
        assert pinned()[name][1], "run: make licences"
        return
    assert known[name].startswith(FREE) or known[name] == "3-Clause BSD License" or name in ELSEWHERE
