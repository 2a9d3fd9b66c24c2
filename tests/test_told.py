"""What one or two sentences tell, and what they do not: reactions, tribes, tolls, unknown places, other conflicts."""

import datetime as dt

import pytest

from tests.test_events import FRIDAY, THURSDAY, events, types

# Title, text; type, side b and district of the one event, or None where the text tells no event.
TOLD = [
    ("Statement", "Pakistan accused the Afghan Taliban on Thursday of sheltering TTP militants on Afghan soil.",
     ("accusation", ["AFG"], None)),
    ("Harnai", "Gunmen on motorcycles killed a Levies soldier in Harnai on Wednesday night, officials said.",
     ("armed_attack", ["PAK.POL"], "Harnai")),
    ("Funeral", "Funeral prayers were offered on Thursday for three soldiers killed in a bombing in Bannu on "
     "Wednesday.",
     ("bombing", ["PAK.MIL"], "Bannu")),
    ("Kurram", "At least six people were killed when two tribes clashed in Kurram on Thursday, police said.",
     ("armed_clash", ["TRIBE"], "Kurram")),
    ("Toll rises", "The death toll of Wednesday's suicide attack in Bannu rose to five soldiers.",
     ("bombing", ["PAK.MIL"], "Bannu")),
    ("Abducted", "BLA militants abducted 11 passengers from a bus near Kalat on Wednesday night, levies said.",
     ("abduction", ["CIV.PAK"], "Kalat")),
    ("Attack", "PESHAWAR: Militants attacked a police post in Gulzarkot on Thursday, killing two policemen.",
     ("armed_attack", ["PAK.POL"], None)),
    ("Chaman", "Residents demanded on Thursday that the Chaman border crossing be reopened.", None),
    ("Karachi", "No one was killed and no bomb exploded in Karachi on Thursday, police said.", None),
    ("Statement", "Pakistan has not let the United States attack Afghanistan from its territory.", None),
    ("Missiles", "Indian missile strikes across the Line of Control killed two people in Kotli on Thursday.", None),
]


@pytest.mark.parametrize(("title", "text", "expected"), TOLD, ids=[text[:40] for _, text, _ in TOLD])
def test_what_is_told_and_what_is_not(title, text, expected):
    rows = [(row["event_type"], row["actors_b"], row["district"]) for row in events(title, text)
            if row["salience"] == "main"]
    assert rows == ([expected] if expected else [])


def test_headline_and_lead_of_a_clash_are_one_event_and_remaining_closed_is_no_closing():
    rows = events("Pakistan and Afghan forces trade fire at Spin Boldak; two soldiers dead",
                  "CHAMAN: Pakistani and Afghan Taliban forces exchanged fire near the Chaman-Spin Boldak crossing on "
                  "Thursday, killing two Frontier Corps soldiers, officials said.")
    assert types(rows) == ["border_clash"]
    rows = events("Torkham reopens", "LANDI KOTAL: The Torkham border crossing between Pakistan and Afghanistan "
                  "reopened on Thursday for trade after remaining closed for three days, officials said.")
    assert types(rows) == ["border_reopening"]


def test_the_day_of_a_condemnation_is_not_the_day_of_the_attack():
    [row] = events("Premier condemns attack", "The prime minister on Thursday strongly condemned the terrorist attack "
                   "on a police post in Bannu.")
    assert (row["date_start"], row["date_end"], row["date_precision"]) == ("2024-05-08", THURSDAY, "week")


def test_the_military_of_a_text_that_names_a_foreign_regime_is_that_of_the_place():
    [row] = events("Border clash", "CHAMAN: Pakistani and Afghan Taliban forces exchanged heavy fire near the Chaman "
                   "border crossing on Thursday night, officials said.\n\nThe military said three soldiers were "
                   "killed. A spokesman for the Afghan Taliban said nine Taliban fighters were wounded.")
    assert [(c["side"], c["killed"], c["by"]) for c in row["casualties"] if c["killed"]] == [
        ("PAK.MIL", [3, 3], "PAK.MIL")]


def test_the_day_an_attack_came_after_is_no_second_attack():
    rows = events(
        "Soldier killed in Kalat suicide bombing",
        "QUETTA: A soldier was killed and three others were injured in a suicide attack on a convoy near Kalat on "
        "Wednesday, officials said.\n\nThe attack came a day after the chief minister had voiced concern over law and "
        "order.\n\nOfficials said the suicide blast took place when the convoy was passing through the bazaar.",
        dt.date.fromisoformat(THURSDAY),
    )
    assert types(rows) == ["bombing"]


def test_a_child_who_came_home_is_no_deportation():
    rows = events(
        "Seminary teacher held for beating pupils near Quetta",
        "On Tuesday, two of the pupils returned home from the seminary in Quetta with bruises, police said.",
        dt.date.fromisoformat(THURSDAY),
    )
    assert "deportation" not in types(rows)


def test_shelling_in_azad_kashmir_is_another_conflicts():
    rows = events(
        "Adviser visits families of shelling victims",
        "MUZAFFARABAD: Two civilians were killed in shelling in Muzaffarabad on Tuesday, the adviser said, blaming the "
        "terrorists' backers.",
        dt.date.fromisoformat(THURSDAY),
    )
    assert types(rows) == []


def test_a_heading_inside_the_article_is_no_event_of_its_own():
    rows = events(
        "Policeman shot dead in Tank",
        "TANK: Gunmen shot dead a policeman in Tank on Wednesday, officials said.\n\nThe gunmen fled.\n\n"
        "Two soldiers killed in Bannu\n\nMeanwhile, two soldiers were killed on Thursday when militants attacked their "
        "checkpost in the Domel area of Bannu.",
        dt.date.fromisoformat(THURSDAY),
    )
    assert [row["district"] for row in rows] == ["Tank", "Bannu"]


@pytest.mark.parametrize("told", [
    "Every time the Torkham border crossing was closed by Pakistan we lost a season, a trader said on Thursday.",
    "Families will be housed there in case the Torkham border crossing is closed, officials said on Thursday.",
])
def test_a_closing_feared_or_repeated_is_none(told):
    assert "border_closure" not in types(events("Traders", told, dt.date.fromisoformat(THURSDAY)))


@pytest.mark.parametrize(("opening", "salience"), [
    ("THE attack on a police post in Bannu on Wednesday, which killed two policemen, shows how little was done.",
     "background"),
    ("AT THE BORDER: The attack on a police post in Bannu on Wednesday killed two policemen.", "main"),
    ("The attack on a police post in Bannu on Wednesday killed two policemen.", "main"),
])
def test_what_an_editorial_looks_back_on_is_background(opening, salience):
    rows = events("Bannu attack", opening, dt.date.fromisoformat(THURSDAY))
    assert [row["salience"] for row in rows] == [salience]


def test_a_number_of_people_expelled_from_abroad_far_below_is_background_talk():
    rows = events(
        "Kabul marks anniversary",
        "Afghan authorities marked an anniversary on Thursday.\n\nFlags hung in Kabul.\n\nShops were closed.\n\n"
        "The country faces steep challenges, with two million Afghans expelled by Pakistan and Iran.",
        dt.date.fromisoformat(THURSDAY),
    )
    assert "deportation" not in types(rows)


def test_talks_of_several_days_failed_on_the_last_of_them():
    rows = events("Talks between Kabul and Islamabad collapse", "ISTANBUL: Talks between Pakistan and the Afghan "
                  "Taliban from Sunday to Wednesday collapsed in Istanbul, the Foreign Office said.")
    assert [(row["event_type"], row["date_start"], row["date_end"]) for row in rows] == [
        ("talks_failure", (FRIDAY - dt.timedelta(2)).isoformat(), (FRIDAY - dt.timedelta(2)).isoformat())]
