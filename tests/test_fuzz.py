"""Coverage-guided inputs: a few seconds of them, and that one which ends as none may is told with its bytes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from etl.read import Record, formats
from etl.reference import FOLDER
from tests import fuzz

pytest.importorskip("atheris", reason="Atheris is not here")


def test_some_seconds_of_lines_reach_code_and_find_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--kind", "jsonl", "--seconds", "4"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["tried"] > 100 and told["reached"] >= told["reached_at_first"] > 50 and "fault" not in told


@pytest.mark.parametrize("kind", [kind for kind in fuzz.KINDS if kind != "coding"])
def test_the_first_inputs_end_as_they_should(tmp_path: Path, kind: str) -> None:
    corpus, places = tmp_path / "corpus", tmp_path / "places"
    for folder in (corpus, places):
        folder.mkdir()
    fuzz.beginnings(kind, corpus)
    tries = fuzz.trial(kind, places)
    made = sorted(corpus.iterdir())
    assert len(made) > 20 and all(path.stat().st_size <= fuzz.LONGEST.get(kind, 20_000) for path in made)
    for path in made[:25]:
        tries(path.read_bytes())


def test_an_error_that_no_reader_foresaw_is_found_and_can_be_tried_again(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Record:
        raise TypeError("odd")

    monkeypatch.setitem(formats.READERS, "txt", fails)
    with pytest.raises(fuzz.Found, match="please report it"):
        fuzz.trial("text", tmp_path)(b"a")
    with pytest.raises(fuzz.Found, match="please report it"):
        fuzz.main(["--kind", "text", "--input", base64.b64encode(b"a").decode()])


def test_a_faulty_table_is_judged_and_a_sound_one_passes(tmp_path: Path) -> None:
    tries = fuzz.trial("table", tmp_path)
    for table in sorted(FOLDER.glob("*.csv"))[:3]:
        tries(b"\0" + table.read_bytes())
    tries(b"\1\xff\0")
    tries(b"")


def test_the_words_are_a_dictionary_that_the_fuzzer_reads(tmp_path: Path) -> None:
    lines = fuzz.words(tmp_path).read_text("ascii").splitlines()
    assert len(lines) > 80 and all(line.startswith('"\\x') and line.endswith('"') for line in lines)
