"""The pattern language of the reference tables."""

import pytest

from etl.coding.patterns import Finder, compile_pattern, stems
from etl.reference import read_table


@pytest.mark.parametrize("pattern, text, expected", [
    ("blast*", "Two blasts were heard", "blasts"),
    ("blast", "Two blasts were heard", None),
    ("blast", "A BLAST was heard", "BLAST"),
    ("IED", "an IED went off", "IED"),
    ("IED", "he died", None),
    ("IED", "an ied went off", None),
    ("(car|roadside) bomb*", "a roadside bomb", "roadside bomb"),
    ("(car|roadside) bomb*", "a car-bombing", "car-bombing"),
    ("(car|roadside) bomb*", "a letter bomb", None),
    ("opened ... fire", "gunmen opened heavy and sudden fire", "opened heavy and sudden fire"),
    ("opened ... fire", "they opened a gate by the old road that leads to fire", None),
    ("opened .... fire", "they opened a gate by the old road that leads to fire",
     "opened a gate by the old road that leads to fire"),
    ("opened ... fire", "They opened. Fire broke out", None),
    ("sit-in", "a sit in was held", "sit in"),
    ("war", "an award", None),
])
def test_what_a_pattern_matches(pattern, text, expected):
    found = compile_pattern(pattern).search(text)
    assert (found.group() if found else None) == expected


@pytest.mark.parametrize("pattern", ["(a|b", "a)", "((a) b"])
def test_brackets_must_pair(pattern):
    with pytest.raises(ValueError, match="do not pair"):
        compile_pattern(pattern)


def test_every_trigger_of_the_table_compiles_and_matches_no_empty_text():
    for row in read_table("triggers").rows:
        assert not compile_pattern(row["pattern"]).search(""), f"triggers.csv line {row['_line']}"


@pytest.mark.parametrize("pattern, expected", [
    ("suicide (bomb*|blast*)", {"suicide"}),
    ("(exchang*|trad*) ... (fire|gunfire|shots)", {"exchang", "trad"}),
    ("(|heavy) IED", {"ied"}),
    ("hold * talks", {"talks"}),
    ("sit-in", {"sit"}),
    ("at it", set()),
])
def test_the_piece_that_every_match_holds(pattern, expected):
    assert stems(pattern) == expected


def test_the_finder_leaves_out_no_pattern_that_matches():
    patterns = ["suicide bomb*", "sit-in", "at it", "(fire|firing) from ... (post*|hill)", "IED"]
    finder = Finder(patterns)
    text = "İzmir: a Suicide bomber, a sit-in; fire came from the hill. They kept at it; an IED went off."
    found = {number for _, numbers in finder.find(text) for number in numbers} | set(finder.anywhere)
    assert {i for i, pattern in enumerate(patterns) if compile_pattern(pattern).search(text)} <= found
    assert all(text[start:start + 3].lower() in {"sui", "sit", "fir", "ied"} for start, _ in finder.find(text))
    assert Finder(patterns).find("Nothing of the kind.") == []
