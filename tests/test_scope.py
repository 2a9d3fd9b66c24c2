"""What is left out: one state's own politics, courts, families, stray shells and measures of other states."""

import datetime as dt

import pytest

from tests.test_events import THURSDAY, events, types

LEFT_OUT = [
    ("Army chief says ties with Afghanistan strained by TTP",
     "The army chief made the remarks about the Afghan Taliban during his meeting with politicians in Peshawar on "
     "Wednesday.", "talks"),
    ("Court adjourns hearing of protest case",
     "ISLAMABAD: An anti-terrorism court on Thursday ordered that copies be given to those accused of the attack on "
     "the police in Islamabad.", "armed_attack"),
    ("Doctor shot dead in Jhang", "JHANG: A woman journalist was shot dead by her brother in Jhang on Wednesday.",
     "armed_attack"),
    ("Three children killed in Tank",
     "TANK: Three children were killed when a mortar shell they were playing with exploded in Tank on Wednesday.",
     "shelling"),
    ("Islamabad announces measures",
     "ISLAMABAD: Pakistan on Wednesday announced the closure of the Wagah border and a halt to trade with India.",
     "border_closure"),
    ("Six Pakistanis killed in Iran's border province",
     "QUETTA: Gunmen killed six Pakistani labourers in Iran on Wednesday.\n\nThe attack took place in a village of "
     "Zarmeshan district, officials said.", "armed_attack"),
]
KEPT = [
    ("Talks", "The Pakistani foreign minister met the Afghan foreign minister and political leaders in Kabul on "
     "Wednesday.", "talks"),
    ("Blast at court kills three", "PESHAWAR: A suicide bomber blew himself up at the gate of a court in Peshawar on "
     "Wednesday, killing three policemen.", "bombing"),
    ("Elder killed", "TANK: Militants shot dead a tribal elder and his brother in Tank on Wednesday.", "armed_attack"),
    ("Girl killed", "TANK: A girl was killed on Wednesday when she stepped on a landmine near Tank.", "bombing"),
    ("Chaman closed", "Pakistan on Wednesday closed the Chaman border crossing with Afghanistan for trade.",
     "border_closure"),
]


@pytest.mark.parametrize(("title", "text", "event_type"), LEFT_OUT, ids=[row[0] for row in LEFT_OUT])
def test_left_out(title, text, event_type):
    assert event_type not in types(events(title, text, dt.date.fromisoformat(THURSDAY)))


@pytest.mark.parametrize(("title", "text", "event_type"), KEPT, ids=[row[0] for row in KEPT])
def test_kept(title, text, event_type):
    assert event_type in types(events(title, text, dt.date.fromisoformat(THURSDAY)))
