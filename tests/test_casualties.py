"""How many, on whose side, according to whom."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.article import Article
from etl.coding.actors import find_actors
from etl.coding.casualties import Figure, find_figures
from etl.coding.parse import parse
from etl.coding.speech import Speech

DAY = dt.date(2025, 3, 1)


def figures(text: str, title: str = "A report", day: dt.date = DAY) -> list[Figure]:
    parsed = parse(Article("a", day, title, text))
    actors = find_actors(parsed)
    found = find_figures(parsed, actors, Speech(parsed, actors))
    for figure in found:
        assert 0 <= figure.start < figure.end <= len(parsed.doc.text)
        assert parsed.sentence_of[figure.anchor] == figure.sentence
    return found


def rows(text: str, title: str = "A report", day: dt.date = DAY) -> set[tuple]:
    return {(f.measure, f.low, f.high, f.side) for f in figures(text, title, day) if not f.aggregate}


@pytest.mark.parametrize("text, expected", [
    ("Gunmen killed 12 labourers in Kech.", {("killed", 12, 12, "CIV.PAK")}),
    ("Two policemen were martyred and three others were injured in Bannu.",
     {("killed", 2, 2, "PAK.POL"), ("injured", 3, 3, "PAK.POL")}),
    ("The blast in Quetta left four soldiers dead.", {("killed", 4, 4, "PAK.MIL")}),
    ("At least nine civilians lost their lives in Khost.", {("killed", 9, None, "CIV.AFG")}),
    ("The attack claimed the lives of ten miners in Harnai.", {("killed", 10, 10, "CIV.PAK")}),
    ("Five soldiers embraced martyrdom in Bannu.", {("killed", 5, 5, "PAK.MIL")}),
    ("Six khwarij were sent to hell in Tank.", {("killed", 6, 6, "TTP")}),
    ("A policeman and a soldier were injured in Tank.",
     {("injured", 1, 1, "PAK.POL"), ("injured", 1, 1, "PAK.MIL")}),
    ("Four women and a man were killed in Peshawar.", {("killed", 5, 5, "CIV.PAK")}),
    ("Police returned fire in Kulachi, killing one assailant and injuring two others.",
     {("killed", 1, 1, "MILITANTS"), ("injured", 2, 2, "MILITANTS")}),
    ("The raid resulted in the deaths of 23 terrorists in Kalat.", {("killed", 23, 23, "MILITANTS")}),
    ("Three militants of the banned Baloch Liberation Army were killed in Barkhan.", {("killed", 3, 3, "BLA")}),
    ("Four villagers were killed and as many injured by a bomb in Kurram.",
     {("killed", 4, 4, "CIV.PAK"), ("injured", 4, 4, "CIV.PAK")}),
    ("Twenty-six hostages, including 18 soldiers, were killed in Bolan.",
     {("killed", 18, 18, "PAK.MIL"), ("killed", 8, 8, "CIV.PAK")}),
    ("Three personnel, including a police inspector, were martyred in Quetta.", {("killed", 3, 3, "PAK.POL")}),
    ("Ten civilians, two of them children, were killed in Paktika.", {("killed", 10, 10, "CIV.AFG")}),
])
def test_figures_and_sides(text, expected):
    assert rows(text) == expected


@pytest.mark.parametrize("text", [
    "No soldier was killed in the attack in Bannu.",
    "There were no casualties, police said.",
    "The bomb could have killed 40 people in Quetta.",
    "Nobody was killed or injured in the blast.",
    "Two horses were killed in the explosion in Kurram.",
    "Troops were sent to eliminate four terrorists in Tank.",
    "Ten or more people were killed or injured.",
])
def test_what_did_not_happen_or_counts_no_person(text):
    assert rows(text) == set()


def test_headlines_leave_articles_out():
    assert ("killed", 1, 1, "CIV.PAK") in rows("It happened in Wana.", "Girl killed as mortar shell hits house in Wana")


def test_before_august_2021_afghan_troops_are_the_republics():
    found = rows("Two Afghan soldiers were killed at Torkham.", day=dt.date(2016, 6, 14))
    assert found == {("killed", 2, 2, "AFG.REP")}


def test_totals_over_longer_times_are_marked():
    found = figures("This year, 2,500 people were killed in attacks across Pakistan. On Monday, a bomb killed two "
                    "policemen in Tank.")
    assert [(f.low, f.aggregate) for f in found] == [(2500, True), (2, False)]


def test_a_counting_body_is_reported_on_until_a_dated_sentence():
    found = figures("According to PICSS, attacks rose. In all, 55 civilians were killed. On Friday, gunmen killed a "
                    "soldier in Tank.")
    assert [(f.low, f.aggregate) for f in found] == [(55, True), (1, False)]


def test_the_total_that_others_split_is_marked():
    found = figures("Security forces killed 10 khwarij in separate operations, the military said. Four khwarij were "
                    "killed in Tank. Six khwarij were killed in Mir Ali.")
    assert [(f.low, f.part_of_total) for f in found] == [(10, True), (4, False), (6, False)]


@pytest.mark.parametrize("text, claimant", [
    ("Three soldiers were killed in Tank, police said.", "PAK.POL"),
    ("Three soldiers were killed in Tank, the military's media wing said on Saturday.", "PAK.MIL"),
    ("Three soldiers were killed in Tank, the deputy commissioner told AFP.", "PAK.GOV"),
    ("Three soldiers were killed in Tank, officials said.", None),
    ("Three soldiers were killed in Tank, sources said.", None),
    ("Three soldiers were killed in Tank.", None),
    ("According to the ISPR, three soldiers were killed in Tank.", "PAK.MIL"),
])
def test_according_to_whom(text, claimant):
    assert [f.by for f in figures(text)] == [claimant]


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="0123456789 akilledwound,.:;\"'-\n", max_size=200))
def test_any_text_is_survived(text):
    figures(text, text[:30].replace("\n", " "))


@pytest.mark.parametrize("text, expected", [
    # persons joined to the first ones keep their own side
    ("A roadside bomb in Bannu killed a policeman and his driver on Monday.",
     {("killed", 1, 1, "PAK.POL"), ("killed", 1, 1, "CIV.PAK")}),
    ("Gunmen in Bannu shot dead two policemen, their cook, a driver and his son.",
     {("killed", 2, 2, "PAK.POL"), ("killed", 3, 3, "CIV.PAK")}),
    ("An attack in Bannu left dozens dead and over 100 injured.",
     {("killed", 24, None, "CIV.PAK"), ("injured", 100, None, "CIV.PAK")}),
    # the wounded who died are no longer among the wounded
    ("A grenade attack in Quetta wounded seven passers-by, two of whom died later.",
     {("injured", 5, 5, "CIV.PAK"), ("killed", 2, 2, "CIV.PAK")}),
    ("A grenade attack in Quetta wounded seven passers-by. Two of them were moved to Karachi.",
     {("injured", 7, 7, "CIV.PAK")}),
    # whom "them", "the men", "its members" mean
    ("A bomb tore through a van carrying policemen in Bajaur. Around five of them were killed.",
     {("killed", 5, 5, "PAK.POL")}),
    ("A group of militants was surrounded in Tank, and thirty of its members were killed.",
     {("killed", 30, 30, "MILITANTS")}),
    ("Five attackers stormed a school in Tank on Monday. Two were shot dead.", {("killed", 2, 2, "MILITANTS")}),
    ("Gunmen killed Gul Khan, who headed a wing of the TTP, in Kunar.", {("killed", 1, 1, "TTP")}),
    # the counted noun before "including", and a side that its part makes known
    ("In the operation, nine khwarij including HVT, kharji ring leader Gul were sent to hell.",
     {("killed", 9, 9, "TTP")}),
    ("Three personnel, including a police inspector, were martyred and another injured in Quetta.",
     {("killed", 3, 3, "PAK.POL"), ("injured", 1, 1, "PAK.POL")}),
    ("As a result of the attack, constables Iftikhar and Mujahid were martyred in Mardan.",
     {("killed", 2, 2, "PAK.POL")}),
    ("Deputy Commissioner Khalid Iqbal, Tehsildar Abdul Hamid, two policemen and a shopkeeper were killed in Khar.",
     {("killed", 2, 2, "PAK.GOV"), ("killed", 2, 2, "PAK.POL"), ("killed", 1, 1, "CIV.PAK")}),
    ("Gul Jan, head of a peace committee, was on his way. A bomb in Tank killed him along with four others.",
     {("killed", 5, 5, "TRIBE")}),
    ("Police in Tank arrested a man involved in the killing of a cadet.", set()),
])
def test_persons_whose_side_the_sentence_leaves_to_others(text, expected):
    assert rows(text) == expected
