"""The two sides of a happening, end to end and by the table of default sides."""

import datetime as dt

import pytest

from etl.article import Article
from etl.coding import code_article
from etl.coding.kinds import default_sides, home_countries, home_states, is_force, is_group, of_its_time, state_of
from etl.reference import vocabulary


def sides(title: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    [event] = code_article(Article("a", dt.date(2024, 5, 10), title, text)).events
    return event.actors_a, event.actors_b


@pytest.mark.parametrize("title, text, expected", [
    ("Polio worker shot dead in Bajaur", 
     "KHAR: Unknown gunmen shot dead a polio worker in Bajaur on Thursday, police said.",
     (("MILITANTS",), ("CIV.PAK",))),
    ("Drone kills four militants", 
     "MIRAMSHAH: A US drone strike killed four militants near Miramshah on Thursday.",
     (("USA.MIL",), ("MILITANTS",))),
    ("Kabul blames Pakistan", 
     "KABUL: The Taliban government on Thursday accused Pakistan of violating Afghan airspace.",
     (("AFG",), ("PAK",))),
    ("Army raids hideout in Tank", 
     "TANK: Soldiers raided a militant hideout in Tank on Thursday and killed six militants.",
     (("PAK.MIL",), ("MILITANTS",))),
])
def test_who_did_it_and_to_whom(title, text, expected):
    assert sides(title, text) == expected


def test_every_event_type_has_default_sides_of_known_actors():
    actors = set(vocabulary("actors"))
    for event_type in vocabulary("event_types"):
        for country in ("PK", "AF", None):
            side_a, side_b = default_sides(event_type, country)
            assert {*side_a, *side_b} <= actors and (side_a or side_b), event_type


def test_the_border_states_come_from_the_tables():
    assert home_states() == {"PAK", "AFG"} and home_countries() == {"PK", "AF"}
    assert (state_of("PK"), state_of("AF"), state_of(None)) == ("PAK", "AFG", None)
    assert is_force("PAK.MIL") and is_force("PAK.POL") and not is_force("PAK.GOV")
    assert is_group("TTP") and is_group("MILITANTS") and not is_group("PAK.MIL")


@pytest.mark.parametrize("day, expected", [("2021-08-14", "AFG.REP"), ("2021-08-15", "AFG.MIL")])
def test_an_identifier_of_its_time(day, expected):
    assert of_its_time("AFG.MIL", dt.date.fromisoformat(day)) == expected


@pytest.mark.parametrize("told, attacker", [
    ("Police blamed the Tehreek-i-Taliban Pakistan for the blast.", "TTP"),
    ("Officials attributed the attack to the Hafiz Gul Bahadur group.", "HGB"),
    ("The Baloch Liberation Army said the men had been its target.", "BLA"),
    ("Such attacks are often blamed on the TTP.", "MILITANTS"),
    ("No group claimed responsibility for it.", "MILITANTS"),
])
def test_a_group_that_another_sentence_makes_answerable(told, attacker):
    text = f"BANNU: A roadside bomb killed two policemen in Bannu on Thursday.\n\n{told}"
    events = code_article(Article("a", dt.date(2024, 5, 10), "Bomb in Bannu", text)).events
    [bombing] = [e for e in events if e.event_type == "bombing"]
    assert (bombing.actors_a, bombing.actors_b) == ((attacker,), ("PAK.POL",))


def test_a_group_whose_man_was_shot_is_no_attacker():
    text = "KABUL: Unknown gunmen shot dead a TTP commander in Kunar on Thursday."
    assert sides("Commander shot", text) == (("MILITANTS",), ("TTP",))


def test_the_group_of_fallen_attackers_attacked():
    text = ("TANK: Terrorists attacked a police post in Tank on Thursday. Three terrorists of the TTP and a policeman "
            "were killed in the attack.")
    assert sides("Attack", text) == (("TTP",), ("PAK.POL",))


@pytest.mark.parametrize("text, expected", [
    ("ISLAMABAD: Foreign Minister Ishaq Dar held talks with his Chinese and Afghan counterparts in Kabul on Wednesday.",
     {"PAK.GOV", "CHN", "AFG.GOV"}),
    ("ISTANBUL: Pakistan and Afghanistan held talks in Istanbul on Wednesday, mediated by Qatar and Turkiye.",
     {"PAK", "AFG"}),
])
def test_third_states_at_the_table_are_parties_and_mediators_are_not(text, expected):
    side_a, side_b = sides("Talks", text)
    assert {*side_a, *side_b} == expected


def test_a_strike_hits_all_who_lost_people():
    text = "KHOST: Pakistani jets struck camps in Khost on Saturday, killing ten TTP militants and three civilians."
    assert sides("Strike", text) == (("PAK.MIL",), ("TTP", "CIV.AFG"))


def test_rival_factions_are_tribes_on_both_sides():
    text = "KURRAM: Police said two people died in a clash between rival factions in Kurram on Saturday."
    assert sides("Clash", text) == (("TRIBE",), ("TRIBE",))


@pytest.mark.parametrize("text, hit", [
    ("LAKKI MARWAT: A hand grenade was thrown at a policeman's house in Lakki Marwat on Sunday. Nobody was hurt.",
     "PAK.POL"),
    ("LAKKI MARWAT: A hand grenade was thrown at a house in Lakki Marwat on Sunday, police said. Nobody was hurt.",
     "CIV.PAK"),
])
def test_whose_house_was_hit(text, hit):
    assert sides("Grenade", text) == (("MILITANTS",), (hit,))


@pytest.mark.parametrize("text, expected", [
    ("BANNU: Three policemen were injured when a quadcopter dropped explosives on a police post near Bannu on "
     "Thursday, police said.", ("air_strike", ("MILITANTS",), ("PAK.POL",))),
    ("BAJAUR: A police station came under attack from a quadcopter in Khar on Thursday, injuring two policemen.",
     ("air_strike", ("MILITANTS",), ("PAK.POL",))),
    ("WANA: Two children were killed when a suspected drone struck a house in Wana on Thursday, police said.",
     ("air_strike", ("MILITANTS",), ("CIV.PAK",))),
    ("MIRAMSHAH: Fighter jets of the air force struck three hideouts in Datta Khel on Thursday, killing ten militants.",
     ("air_strike", ("PAK.MIL",), ("MILITANTS",))),
    ("KABUL: Drones hit two homes in Khost on Thursday, killing three people, Taliban officials said.",
     ("air_strike", ("PAK.MIL",), ("CIV.AFG",))),
], ids=["on police", "on a station", "on children", "jets", "over Khost"])
def test_who_flew(text, expected):
    """Who is hit or tells of it did not fly; a machine that anybody may fly is nobody's until somebody is named."""
    [event] = code_article(Article("a", dt.date(2024, 5, 10), "Strike", text)).events
    assert (event.event_type, event.actors_a, event.actors_b) == expected


@pytest.mark.parametrize("text, expected", [
    ("LAKKI MARWAT: Police repelled a terrorist attack on the Ghazni Khel police station late on Thursday.",
     ("armed_attack", ("MILITANTS",), ("PAK.POL",))),
    ("QUETTA: Two soldiers and four terrorists were killed as troops foiled an attack on a camp in Panjgur on "
     "Thursday.",
     ("armed_attack", ("MILITANTS",), ("PAK.MIL",))),
    ("PESHAWAR: Security forces foiled an infiltration attempt in Mohmand on Thursday, killing six khawarij.",
     ("security_operation", ("PAK.MIL",), ("TTP",))),
    ("PESHAWAR: Police foiled a terror bid by defusing a bomb planted along a road in Bara on Thursday.",
     ("security_operation", ("PAK.POL",), ("MILITANTS",))),
], ids=["repelled", "foiled", "infiltration", "bomb defused"])
def test_an_attack_that_was_beaten_off_was_made(text, expected):
    [event] = code_article(Article("a", dt.date(2024, 5, 10), "News", text)).events
    assert (event.event_type, event.actors_a, event.actors_b) == expected


def test_a_short_name_means_what_the_article_says():
    assert sides("Two FC personnel hurt", "HANGU: Two Federal Constabulary (FC) personnel were injured in an attack on "
                 "an FC fort in Hangu on Thursday.\n\nFC personnel fired back.") == (("MILITANTS",), ("PAK.POL",))


def test_the_two_men_are_those_counted_before():
    assert sides("Elders shot", "KALAT: Gunmen killed two tribal elders in Kalat on Thursday, police said. The two men "
                 "suffered bullet injuries and died on the spot.") == (("MILITANTS",), ("TRIBE",))


def test_what_an_article_recalls_does_not_date_its_news():
    rows = code_article(Article("a", dt.date(2024, 5, 10), "Operation", "TANK: Security forces killed three terrorists "
                                "in an intelligence-based operation in Tank, the ISPR said.\n\nLast week, two soldiers "
                                "were killed in an operation in Khyber Pakhtunkhwa.")).events
    assert [(row.date_start.day, row.actors_b) for row in rows if row.salience == "main"] == [(9, ("MILITANTS",))]
