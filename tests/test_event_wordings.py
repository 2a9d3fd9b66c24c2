"""Wordings of single deeds, the whole way: which event they become, and whose losses are told."""

import pytest

from tests.test_events import events, losses, types


@pytest.mark.parametrize("text, expected", [
    ("Afghan Taliban forces fired on Pakistani posts in Bajaur on Thursday and the army responded, the military said.",
     ["border_clash"]),
    ("Security officials of Pakistan and Afghanistan failed to reach an agreement at Torkham on Thursday.",
     ["talks_failure"]),
    ("Peace talks between Islamabad and Kabul ended without a breakthrough on Thursday.", ["talks_failure"]),
    ("Ishaq Dar spoke by telephone with Afghan Foreign Minister Amir Khan Muttaqi on Thursday.", ["talks"]),
    ("Pakistan and Afghanistan signed a trade agreement in Islamabad on Thursday.", ["agreement"]),
    ("Pakistani artillery pounded villages in Kunar on Thursday, residents said.", ["shelling"]),
    ("Kabul blamed Pakistan on Thursday for the fire at Torkham. Pakistan would bear the consequences, the Taliban's "
     "defence ministry said.", ["threat"]),
    ("A drone bombed a house in Bannu on Thursday, killing two people; the explosion was heard far away.",
     ["air_strike"]),
    ("The interior minister on Thursday blamed Afghanistan for the attacks in Pakistan.", ["accusation"]),
    ("Pakistan carried out air strikes in Afghanistan on Thursday, the Taliban government said.", ["air_strike"]),
    ("Doctors went on strike in Lahore on Thursday over their pay.", []),
    ("The truck broke down near Torkham on Thursday.", []),
    ("The cabinet agreed to open a new university in Bannu on Thursday.", []),
])
def test_wordings_and_their_types(text, expected):
    assert types(events("A report", text)) == expected


@pytest.mark.parametrize("text, lost", [
    ("TANK: Troops raided a hideout of militants near Tank on Thursday, killing six of them.", "MILITANTS"),
    ("TANK: Gunmen ambushed policemen in Tank on Thursday, killing six of them.", "PAK.POL"),
    ("TANK: Policemen were on patrol when gunmen attacked them on Thursday and killed six of them.", "PAK.POL"),
], ids=["hideout", "ambush", "patrol"])
def test_six_of_them_are_not_those_who_killed(text, lost):
    [row] = events("Fighting in Tank", text)
    assert losses(row) == {(lost, "killed", 6, 6, None)}


def test_the_dead_of_an_attack_are_not_those_of_the_protest_that_it_triggers():
    rows = events("Attack", "KURRAM: Two people were killed on Thursday when gunmen attacked a convoy in Bagan in "
                  "Kurram, triggering protests in Parachinar.")
    assert [losses(row) for row in rows if row["event_type"] == "protest"] == [set()]
