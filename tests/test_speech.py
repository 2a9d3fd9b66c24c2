"""Who speaks in each sentence, who owns up and who denies."""

import datetime as dt

import pytest

from etl.article import Article
from etl.coding.actors import find_actors
from etl.coding.parse import parse
from etl.coding.speech import Speech, claims_and_denials

DAY = dt.date(2025, 3, 1)


def speakers(text: str, title: str = "A report") -> list[str | None]:
    parsed = parse(Article("a", DAY, title, text))
    return Speech(parsed, find_actors(parsed)).speakers[1:]


def stances(text: str) -> set[tuple[str, str]]:
    parsed = parse(Article("a", DAY, "A report", text))
    found = claims_and_denials(Speech(parsed, find_actors(parsed)))
    assert all(parsed.doc.text[s.start:s.end] == parsed.sentences[s.sentence].text for s in found)
    return {(s.actor, s.stance) for s in found}


@pytest.mark.parametrize("text, expected", [
    ("Police said two men fled.", ["PAK.POL"]),
    ("Foreign minister Ishaq Dar said the talks had failed.", ["PAK.GOV"]),
    ("Zabihullah Mujahid told AFP that houses were hit.", ["AFG.GOV"]),
    ("Residents said houses were hit.", [None]),
    ("Officials said houses were hit.", [None]),
    ("Afghan officials said houses were hit.", ["AFG.GOV"]),
    ("Houses were hit, according to the military.", ["PAK.MIL"]),
    ("Houses were hit.", [None]),
])
def test_the_speaker_of_a_sentence(text, expected):
    assert speakers(text) == expected


def test_a_source_holds_for_the_next_sentence_and_no_longer():
    assert speakers("Police said a bomb went off. Two men fled. The road was closed.") == ["PAK.POL", "PAK.POL", None]


def test_a_pronoun_keeps_the_speaker():
    text = "The ISPR said troops were attacked. It added that the area was searched."
    assert speakers(text) == ["PAK.MIL", "PAK.MIL"]


def test_another_report_ends_the_speech():
    assert speakers("Police said a bomb went off. Separately, two men fled in Tank.") == ["PAK.POL", None]


def test_two_sources_in_one_sentence():
    parsed = parse(Article("a", DAY, "A report", "Pakistan says 23 soldiers died; the Taliban say 58 soldiers died."))
    speech = Speech(parsed, find_actors(parsed))
    first, second = (token.i for token in parsed.doc if token.text == "died")
    assert speech.at(first) == "PAK"
    assert speech.at(second) == "AFG"


@pytest.mark.parametrize("text, expected", [
    ("The TTP claimed responsibility for the attack.", {("TTP", "claimed")}),
    ("The attack was claimed by the BLA.", {("BLA", "claimed")}),
    ("The TTP said it had carried out the attack.", {("TTP", "claimed")}),
    ("No group has claimed responsibility for the attack.", set()),
    ("Nobody claimed the attack.", set()),
    ("The BLA has not claimed the attack.", set()),
    ("The Foreign Office rejected reports of air strikes.", {("PAK.GOV", "denied")}),
    ("The TTP denied involvement in the bombing.", {("TTP", "denied")}),
    ("Kabul denies it.", set()),
])
def test_claims_and_denials(text, expected):
    assert stances(text) == expected


@pytest.mark.parametrize("text, expected", [
    # a source is heard again after a sentence of another voice, but not after many
    ("Army spokesman Arshad Khan said posts were hit. Troops shot back. Three soldiers died, he said.",
     ["PAK.MIL", "PAK.MIL", "PAK.MIL"]),
    # who speaks at the end of a quotation speaks all of it
    ("In Tank, \"troops raided a hideout. Five men were killed there\", said an ISPR statement.",
     ["PAK.MIL", "PAK.MIL"]),
    # to respond, continue or hold a post is not to speak
    ("Five men died as security forces responded to an attack.", [None]),
    ("Two army posts were stormed at night.", [None]),
    ("Police said two men fled.\n\nIn Tank, a shop was hit.", ["PAK.POL", None]),
    ("Police said two men fled.\n\nOn Monday, a shop was hit.", ["PAK.POL", None]),
])
def test_how_far_a_source_is_heard(text, expected):
    assert speakers(text) == expected


def test_what_someone_spoke_after_is_not_his():
    parsed = parse(Article("a", DAY, "A report", "The ministry announced an inquiry after nine people were killed."))
    killed = next(token.i for token in parsed.doc if token.text == "killed")
    assert Speech(parsed, find_actors(parsed)).at(killed) is None
