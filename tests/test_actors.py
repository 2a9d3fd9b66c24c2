"""Who is named: longest names, eras, and roles that context fills with a country."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.article import Article
from etl.coding.actors import find_actors, role
from etl.coding.aliases import expand, lexicon
from etl.coding.parse import parse

LATE = dt.date(2025, 3, 1)
EARLY = dt.date(2017, 3, 1)


def actors(text: str, day: dt.date = LATE, title: str = "Report") -> list[tuple[str, str]]:
    parsed = parse(Article("a", day, title, text))
    found = find_actors(parsed)
    for mention in found:
        assert parsed.sentence_of[mention.head] == mention.sentence
    return [(parsed.doc.text[m.start:m.end], m.actor) for m in found]


@pytest.mark.parametrize("text, expected", [
    ("The Tehreek-i-Taliban Pakistan claimed the attack.", "TTP"),
    ("The Tehrik-e-Taliban Pakistan claimed the attack.", "TTP"),
    ("Troops killed six khwarij in the valley.", "TTP"),
    ("Fitna-al-Khawarij was behind the raid.", "TTP"),
    ("The Hafiz Gul Bahadur group said it had done so.", "HGB"),
    ("Lashkar-i-Islam fired a rocket.", "LEI"),
    ("Jamaatul Ahrar took the blame.", "TTP.JUA"),
    ("Daesh struck the hospital.", "ISKP"),
    ("Unknown gunmen fled on a motorcycle.", "MILITANTS"),
    ("Khawaja Asif rejected the claim.", "PAK.GOV"),
    ("The deputy commissioner confirmed the deaths.", "PAK.GOV"),
    ("The district police officer confirmed the deaths.", "PAK.POL"),
    ("The military's media wing confirmed the deaths.", "PAK.MIL"),
    ("Afghanistan's foreign ministry protested.", "AFG.GOV"),
    ("Afghan border forces opened fire.", "AFG.MIL"),
    ("Zabihullah Mujahid denied this.", "AFG.GOV"),
])
def test_the_first_actor_of_a_sentence(text, expected):
    assert expected in [actor for _, actor in actors(text)]


def test_before_august_2021_the_afghan_state_is_the_republic():
    text = "Afghan forces fired first, the foreign ministry in Islamabad said."
    assert actors(text, EARLY)[0][1] == "AFG.REP"
    assert actors(text, LATE)[0][1] == "AFG.MIL"
    assert ("Taliban fighters", "MILITANTS") in actors("Taliban fighters attacked the convoy.", EARLY)


def test_a_coordination_shares_its_noun():
    assert [actor for _, actor in actors("Afghan and Pakistani troops traded fire.")] == ["AFG.MIL", "PAK.MIL"]


def test_police_belong_to_the_country_of_the_place():
    assert ("police", "AFG.MIL") in actors("A bomb went off in Kandahar, police said.", title="Blast in Kandahar")
    assert ("police", "PAK.POL") in actors("A bomb went off in Peshawar, police said.")


def test_a_capital_is_a_party_only_when_it_acts():
    assert actors("The men were born in Kabul.") == []
    assert ("Kabul", "AFG") in actors("Kabul rejected the accusation.")
    assert {actor for _, actor in actors("Talks between Islamabad and Kabul went on.")} == {"PAK", "AFG"}
    assert "PAK" not in [actor for _, actor in actors("ISLAMABAD, Pakistan - Rain fell on Monday.")]


def test_a_spokesman_takes_the_side_he_speaks_for():
    assert {actor for _, actor in actors("A spokesman for the Pakistani Taliban said so.")} == {"TTP"}


def test_outlets_are_no_parties():
    assert ("AFP", "") in actors("An elder told AFP that houses were hit.")


def test_roles():
    assert role("*.MIL", "AF", EARLY) == "AFG.REP"
    assert role("CIV.*", "AF", LATE) == "CIV.AFG"
    assert role("*.GOV", "IRN", LATE) == "IRN"
    assert role("*.MIL", "USA", LATE) == "USA.MIL"


def test_every_alias_can_be_read():
    assert expand("Lashkar-(e|i)-Islam") == ["Lashkar-e-Islam", "Lashkar-i-Islam"]
    assert len(lexicon()) > 500


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_survived(text):
    parsed = parse(Article("a", LATE, text[:40].replace("\n", " "), text))
    spans = [(m.start, m.end) for m in find_actors(parsed)]
    assert all(start < end for start, end in spans)
    assert spans == sorted(spans)
