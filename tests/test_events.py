"""From an article to its events, the whole way: types, sides, days, places, figures, and what is kept out."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.article import Article
from etl.codebook import event_row, fault_in
from etl.coding import code_article
from etl.measure import sides_agree
from etl.reference import vocabulary
from etl.schema import EVIDENCE_LIMIT

FRIDAY = dt.date(2024, 5, 10)
THURSDAY = "2024-05-09"


def events(title: str, text: str, day: dt.date = FRIDAY) -> list[dict[str, Any]]:
    """The events of an article in the codebook's fields; every excerpt is held against the article."""
    article = Article("a", day, title, text)
    coded = code_article(article)
    assert fault_in(coded) is None
    rows = [event_row(event, article) for event in coded.events]
    for event, row in zip(coded.events, rows, strict=True):
        assert 0 < event.evidence_end - event.evidence_start <= EVIDENCE_LIMIT
        assert row["evidence"] == article.full_text[event.evidence_start:event.evidence_end]
    return rows


def types(rows: list[dict[str, Any]], salience: str = "main") -> list[str]:
    return [row["event_type"] for row in rows if row["salience"] == salience]


def losses(row: dict[str, Any]) -> set[tuple]:
    return {(c["side"], measure, *c[measure], c["by"]) for c in row["casualties"] for measure in ("killed", "injured")
            if c[measure]}


EVERY_TYPE = [
    ("border_clash", "Pakistani, Afghan forces clash at Torkham",
     "TORKHAM: Pakistani and Afghan border forces clashed at Torkham on Thursday, killing two Pakistani soldiers and "
     "three Taliban fighters, officials said.", ["PAK.MIL"], ["AFG.MIL"], "Torkham",
     {("PAK.MIL", "killed", 2, 2, None), ("AFG.MIL", "killed", 3, 3, None)}),
    ("armed_clash", "Taliban forces fight Islamic State in Kunar",
     "ASADABAD: Taliban forces clashed with Islamic State fighters in Kunar on Thursday, leaving three Islamic State "
     "fighters dead.", ["AFG.MIL"], ["ISKP"], None, {("ISKP", "killed", 3, 3, None)}),
    ("armed_attack", "Gunmen kill two policemen in Bannu",
     "BANNU: Gunmen opened fire on a police van in Bannu on Thursday, killing two policemen and wounding three others, "
     "police said.", ["MILITANTS"], ["PAK.POL"], "Bannu",
     {("PAK.POL", "killed", 2, 2, "PAK.POL"), ("PAK.POL", "injured", 3, 3, "PAK.POL")}),
    ("bombing", "Suicide bomber kills nine at Quetta mosque",
     "QUETTA: A suicide bomber blew himself up inside a mosque in Quetta on Thursday, killing nine worshippers and "
     "injuring 20 others, police said.", ["MILITANTS"], ["CIV.PAK"], "Quetta",
     {("CIV.PAK", "killed", 9, 9, "PAK.POL"), ("CIV.PAK", "injured", 20, 20, "PAK.POL")}),
    ("air_strike", "Pakistani jets bomb villages in Paktika",
     "KABUL: Pakistani jets bombed villages in the Barmal district of Paktika province on Thursday night, killing 46 "
     "people, the Taliban government said.", ["PAK.MIL"], ["CIV.AFG"], "Barmal",
     {("CIV.AFG", "killed", 46, 46, "AFG.GOV")}),
    ("shelling", "Rockets fired at army camp in Miramshah",
     "MIRAMSHAH: Militants fired rockets at an army camp in Miramshah on Thursday night, injuring two soldiers, "
     "security officials said.", ["MILITANTS"], ["PAK.MIL"], "Miramshah",
     {("PAK.MIL", "injured", 2, 2, "PAK.MIL")}),
    ("security_operation", "Security forces kill eight khawarij in Tank",
     "RAWALPINDI: Security forces killed eight khawarij in an intelligence-based operation in Tank district on "
     "Thursday, the Inter-Services Public Relations said.", ["PAK.MIL"], ["TTP"], "Tank",
     {("TTP", "killed", 8, 8, "PAK.MIL")}),
    ("abduction", "Five labourers kidnapped in Kech",
     "TURBAT: Armed men kidnapped five labourers from a construction site in Kech on Thursday, police said.",
     ["MILITANTS"], ["CIV.PAK"], "Kech", set()),
    ("border_closure", "Pakistan closes Torkham border",
     "TORKHAM: Pakistan closed the Torkham border crossing on Thursday after a dispute over documents, customs "
     "officials said.", ["PAK"], ["AFG"], "Torkham", set()),
    ("border_reopening", "Torkham border reopens after nine days",
     "TORKHAM: The Torkham border crossing reopened for trade on Thursday after nine days, customs officials said.",
     ["PAK"], ["AFG"], "Torkham", set()),
    ("deportation", "Pakistan deports 800 Afghans through Chaman",
     "CHAMAN: Pakistan deported 800 Afghan refugees through the Chaman border crossing on Thursday, officials said.",
     ["PAK.GOV"], ["REF"], "Chaman", set()),
    ("displacement", "Hundreds of families flee Tirah",
     "PESHAWAR: Hundreds of families fled their homes in Tirah valley on Thursday as troops prepared an operation, "
     "residents said.", [], ["CIV.PAK"], "Tirah", set()),
    ("arrest", "Police arrest four TTP suspects in Karachi",
     "KARACHI: The Counter-Terrorism Department arrested four TTP militants in Karachi on Thursday, police said.",
     ["PAK.POL"], ["TTP"], "Karachi", set()),
    ("protest", "Traders stage sit-in in Chaman",
     "CHAMAN: Traders staged a sit-in in Chaman on Thursday against new passport rules at the border.",
     ["CIV.PAK"], ["PAK.GOV"], "Chaman", set()),
    ("talks", "Pakistan and Afghanistan hold talks in Doha",
     "DOHA: Delegations of Pakistan and the Afghan Taliban held talks in Doha on Thursday with Qatar and Turkey as "
     "mediators.", ["PAK"], ["AFG"], "Doha", set()),
    ("agreement", "Pakistan and Afghanistan agree to ceasefire",
     "DOHA: Pakistan and Afghanistan agreed to an immediate ceasefire in Doha on Thursday, Qatar's foreign ministry "
     "said.", ["PAK"], ["AFG"], "Doha", set()),
    ("talks_failure", "Talks between Pakistan and Afghanistan collapse in Istanbul",
     "ISTANBUL: Talks between Pakistan and the Afghan Taliban in Istanbul ended without agreement on Thursday, the "
     "Pakistani information minister said.", ["PAK"], ["AFG"], "Istanbul", set()),
    ("diplomatic_protest", "Islamabad summons Afghan envoy",
     "ISLAMABAD: The Foreign Office summoned the Afghan charge d'affaires on Thursday and handed him a strong protest.",
     ["PAK.GOV"], ["AFG.GOV"], "Islamabad", set()),
    ("accusation", "Pakistan accuses Kabul of harbouring militants",
     "ISLAMABAD: Pakistan on Thursday accused Kabul of harbouring militants who cross the border.",
     ["PAK"], ["AFG"], "Islamabad", set()),
    ("threat", "Khawaja Asif threatens Kabul with war",
     "ISLAMABAD: Defence Minister Khawaja Asif on Thursday threatened Afghanistan with open war if attacks from its "
     "soil went on.", ["PAK.GOV"], ["AFG"], "Islamabad", set()),
]


def test_the_table_holds_every_event_type():
    assert {row[0] for row in EVERY_TYPE} == set(vocabulary("event_types"))


@pytest.mark.parametrize("event_type, title, text, side_a, side_b, place, toll", EVERY_TYPE,
                         ids=[row[0] for row in EVERY_TYPE])
def test_every_event_type(event_type, title, text, side_a, side_b, place, toll):
    [row] = events(title, text)
    assert (row["event_type"], row["salience"], row["place"]) == (event_type, "main", place)
    assert (row["date_start"], row["date_end"], row["date_precision"]) == (THURSDAY, THURSDAY, "day")
    assert sides_agree({"event_type": event_type, "actors_a": side_a, "actors_b": side_b}, row)
    assert losses(row) == toll


def test_all_fields_of_the_place():
    [row] = events("Gunmen kill two policemen in Miramshah",
                   "MIRAMSHAH: Gunmen shot dead two policemen in Miramshah on Thursday, police said.")
    where = {name: row[name] for name in ("place", "district", "province", "country", "geo_precision", "other_places")}
    assert where == {"place": "Miramshah", "district": "North Waziristan", "province": "Khyber Pakhtunkhwa",
                     "country": "PK", "geo_precision": "place", "other_places": []}


def test_along_the_border_is_no_place():
    [row] = events("Firing along the border", "ISLAMABAD: Pakistani and Afghan forces exchanged fire along the border "
                                              "on Thursday, officials said.")
    assert (row["geo_precision"], row["place"], row["province"], row["country"]) == ("border", None, None, None)


def test_a_host_who_mediates_is_a_mediator_only():
    [row] = events("Pakistan and Afghanistan hold talks in Doha", "DOHA: Delegations of Pakistan and the Afghan "
        "Taliban "
                   "held talks in Doha on Thursday with Qatar and Turkey as mediators.")
    assert set(row["mediators"]) == {"QAT", "TUR"} and "QAT" not in row["actors_a"] + row["actors_b"]


@pytest.mark.parametrize("tail, claimed, denied", [
    ("The Tehrik-i-Taliban Pakistan claimed responsibility for the attack.", ["TTP"], []),
    ("No group claimed responsibility for the attack.", [], []),
    ("The TTP denied involvement in the attack.", [], ["TTP"]),
])
def test_claimed_and_denied(tail, claimed, denied):
    [row] = events("Roadside bomb hits police van in Lakki Marwat", "LAKKI MARWAT: A roadside bomb hit a police van in "
                   f"Lakki Marwat on Thursday, killing a policeman, police said.\n\n{tail}")
    assert (row["claimed_by"], row["denied_by"]) == (claimed, denied)
    assert row["actors_a"] == (claimed or ["MILITANTS"])


def test_a_deed_that_is_denied_is_coded_with_who_denies_it():
    [row] = events("Air strikes hit Khost", "KHOST: Air strikes by Pakistani jets killed at least 10 civilians "
        "in Khost "
                   "on Thursday, the Taliban spokesman Zabihullah Mujahid said.\n\nPakistan's military denied "
                   "that it had "
                   "carried out any strike.")
    assert (row["event_type"], row["actors_a"], row["denied_by"]) == ("air_strike", ["PAK.MIL"], ["PAK.MIL"])
    assert losses(row) == {("CIV.AFG", "killed", 10, None, "AFG.GOV")}


def test_two_accounts_of_one_loss_are_two_rows():
    [row] = events("Militants attack post in Bajaur", "KHAR: Militants attacked a security post in Bajaur on Wednesday "
                   "night, killing at least two soldiers, the ISPR said. A hospital official said three "
                   "soldiers had died.")
    assert losses(row) == {("PAK.MIL", "killed", 2, None, "PAK.MIL"), ("PAK.MIL", "killed", 3, 3, "PAK.GOV")}


def test_a_roundup_is_many_events():
    rows = events("Four killed in attacks in Khyber Pakhtunkhwa",
                  "PESHAWAR: Gunmen shot dead two policemen in Bannu on Thursday, police said.\n\n"
                  "In Tank, a roadside bomb killed a soldier on Wednesday, the military said.\n\n"
                  "Separately, an elder was shot dead by unknown gunmen in Wana on Thursday evening.")
    assert [(r["event_type"], r["place"], r["date_start"]) for r in rows] == [
        ("armed_attack", "Bannu", THURSDAY), ("bombing", "Tank", "2024-05-08"), ("armed_attack", "Wana", THURSDAY)]
    assert [c["killed"] for r in rows for c in r["casualties"]] == [[2, 2], [1, 1], [1, 1]]


def test_one_happening_told_three_times_is_one_event():
    [row] = events("Bomb kills three policemen in Quetta",
                   "QUETTA: A bomb killed three policemen in Quetta on Thursday, police said.\n\nThe blast took "
                   "place when "
                   "a police van was passing through Sariab Road. Two other policemen were injured in the "
                   "explosion.\n\n"
                   "The bomb had been planted on a motorcycle, a police officer said. The three policemen were "
                   "buried in "
                   "the evening.")
    assert {figure[:4] for figure in losses(row)} == {("PAK.POL", "killed", 3, 3), ("PAK.POL", "injured", 2, 2)}


def test_a_bomb_followed_by_a_gunfight_is_one_bombing():
    rows = events("Suicide bomber hits checkpost in Bannu", "BANNU: A suicide bomber rammed a car into a checkpost in "
                  "Bannu on Thursday, killing four policemen, police said.\n\nAfter the explosion gunmen opened "
                  "fire on "
                  "the policemen. The attack lasted an hour.")
    assert types(rows) == ["bombing"]


@pytest.mark.parametrize("title, text, event_type", [
    ("Pakistan and Afghan Taliban hold talks in Istanbul", "ISTANBUL: Delegations of Pakistan and the Afghan "
     "Taliban held "
     "talks in Istanbul on Thursday.\n\nThe two sides agreed to a ceasefire in Doha on 19 October 2023.", "agreement"),
    ("Bomb kills three in Bannu", "BANNU: A bomb killed three people in Bannu on Thursday, police said.\n\nLast "
     "month, a "
     "suicide bomber killed seven policemen in Peshawar.", "bombing"),
    ("Torkham remains closed", "TORKHAM: The Torkham border crossing remained closed for the fifth day on Thursday, "
     "officials said.", "border_closure"),
])
def test_what_is_only_recalled_is_background(title, text, event_type):
    assert types(events(title, text), "background") == [event_type]


@pytest.mark.parametrize("day, side", [
    (dt.date(2017, 5, 6), "AFG.REP"), (dt.date(2021, 8, 14), "AFG.REP"), (dt.date(2021, 8, 20), "AFG.MIL"),
])
def test_kabuls_forces_before_and_after_15_august_2021(day, side):
    [row] = events("Afghan and Pakistani troops clash near Chaman",
                   "CHAMAN: Afghan and Pakistani troops exchanged fire near Chaman yesterday.", day)
    assert {*row["actors_a"], *row["actors_b"]} == {side, "PAK.MIL"}
    assert row["district"] == ("Killa Abdullah" if day.year < 2021 else "Chaman")


@pytest.mark.parametrize("title, text", [
    ("Pakistan could close border, minister says",
     "ISLAMABAD: Pakistan could close the Torkham border crossing if attacks go on, a minister said on Thursday."),
    ("Delegations to meet on Saturday",
     "ISLAMABAD: Pakistan and the Afghan Taliban will hold talks in Doha on Saturday, the Foreign Office said."),
    ("Army denies strike", "RAWALPINDI: The military said it had not carried out any air strike in Khost."),
    ("Police deny blast in Karachi", "KARACHI: Police said on Thursday that there had been no explosion in Karachi."),
    ("Kabul denies attack", "KABUL: The Taliban did not attack any Pakistani post on Thursday, a spokesman said."),
    ("Attacks rise in Pakistan",
     "ISLAMABAD: Militant attacks killed 2,500 people across Pakistan this year, a think tank said on Thursday."),
    ("Border has seen decades of clashes",
     "PESHAWAR: The border has seen decades of clashes between Pakistani and Afghan forces."),
    ("Police fear more bombings",
     "PESHAWAR: Police fear that militants may bomb markets in Peshawar before the holiday."),
    ("Traders want border open",
     "CHAMAN: Traders called on Pakistan on Thursday to reopen the Chaman border crossing."),
    ("Kabul would respond to any strike, analyst writes",
     "KABUL: If Pakistan attacked Khost again, the Taliban would fire rockets at Miramshah, an analyst wrote."),
])
def test_plans_denials_conditionals_and_totals_are_no_events(title, text):
    assert events(title, text) == []


@pytest.mark.parametrize("title, text", [
    ("Israeli strike kills 20 in Gaza", "GAZA: An Israeli air strike killed 20 Palestinians in Gaza on "
     "Thursday, medics said."),
    ("Russian drones hit Kyiv", "KYIV: Russian drones hit houses in Kyiv on Thursday, killing three people."),
    ("India and China hold talks", "NEW DELHI: India and China held talks on trade in Beijing on Thursday."),
    ("Bus plunges into ravine near Quetta",
     "QUETTA: Twelve people were killed and 20 injured when a bus crashed into a ravine near Quetta on "
     "Thursday, police said."),
    ("Robbers kill shopkeeper in Peshawar",
     "PESHAWAR: Robbers shot dead a shopkeeper in Peshawar on Thursday during a robbery, police said."),
    ("Two brothers killed over enmity in Mardan",
     "MARDAN: Two brothers were shot dead over an old family enmity in Mardan on Thursday, police said."),
    ("Gas cylinder blast kills four in Lahore",
     "LAHORE: Four people were killed when a gas cylinder exploded in a house in Lahore on Thursday, rescue "
     "officials said."),
    ("Flood kills nine in Swat", "MINGORA: A flood killed nine people in Swat on Thursday and destroyed 30 houses."),
    ("Teachers protest over pay in Lahore", "LAHORE: Teachers staged a sit-in in Lahore on Thursday to demand "
     "higher pay."),
    ("Court jails man for fraud", "LAHORE: A court in Lahore sentenced a man to five years in prison for fraud "
     "on Thursday."),
])
def test_out_of_scope(title, text):
    assert events(title, text) == []


@pytest.mark.parametrize("text", [
    "BANNU: A sui\u00adcide bom\u00adber blew himself up at a police post in Bannu on Thursday, killing four "
    "policemen.",
    "BANNU: \u200bA suicide bomber blew himself\u200b up at a police post in Bannu on\u00a0Thursday, killing "
    "four policemen.",
    "BANNU: The “second” man was a suicide bomber who blew himself up at Bannu’s police post on Thursday, killing four "
    "policemen.",
    "BANNU: Nothing of note.\r\n\r\nA suicide bomber blew himself up at a police post in Bannu on Thursday, "
    "killing four "
    "policemen.",
], ids=["soft hyphens", "no width", "curly quotes", "line ends"])
def test_excerpts_are_the_articles_own_characters(text):
    article = Article("a", FRIDAY, "Bomber hits police post", text)
    [event] = code_article(article).events
    assert event.event_type == "bombing"
    excerpt = article.full_text[event.evidence_start:event.evidence_end]
    assert excerpt.endswith("policemen.") and "blew himself" in excerpt
    [toll] = event.casualties
    assert (toll.side, toll.killed) == ("PAK.POL", (4, 4))
    assert "four policemen" in article.full_text[toll.start:toll.end]


def test_a_long_sentence_is_cut_around_its_trigger():
    padding = ", ".join(f"a clerk of office number {n}" for n in range(40))
    [row] = events("Bomber hits police post", f"BANNU: In the presence of {padding}, a suicide bomber blew "
        "himself up at a "
                   f"police post in Bannu on Thursday and killed four policemen, said {padding}.")
    assert "suicide bomber" in row["evidence"] and len(row["evidence"]) <= EVIDENCE_LIMIT


@settings(max_examples=30, deadline=None)
@given(title=st.text(max_size=40), text=st.text(max_size=300))
def test_any_text_is_survived_and_makes_no_unknown_value(title, text):
    events(title, text)


WORDS = ["bomb", "killed", "police", "Pakistan", "Afghanistan", "Taliban", "TTP", "Torkham", "Chaman", "on", "Thursday",
         "closed", "talks", "not", "12", "three", "attacked", "and", "in", "by", "soldiers", "accused", "border", "the",
         ".", ";", ",", "\u00ad", "’", "“", "\n"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_order_of_telling_words_is_survived(text):
    events("Attack at Torkham", text)
