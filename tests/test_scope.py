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
    ("Party protests", "PESHAWAR: PTI workers staged a protest in Peshawar on Wednesday against the arrest of their "
     "leaders.\n\nMilitants attacked a police van in Bannu on Wednesday, killing two policemen.", "protest"),
    ("Party leaders held", "PESHAWAR: PTI workers staged a protest in Peshawar on Wednesday against the arrest of "
     "their leaders.\n\nMilitants attacked a police van in Bannu on Wednesday, killing two policemen.", "arrest"),
    ("Councillors hurt", "CHARSADDA: Several councillors were injured in shelling and a baton-charge by police in "
     "Peshawar on Wednesday.", "shelling"),
    ("Two brothers killed", "BANNU: Two brothers were ambushed and shot dead by armed motorcyclists near Bannu city "
     "on Wednesday. Police said the motive behind the double murder was not known.", "armed_attack"),
    ("Children abducted", "KARACHI: Two children were abducted by a couple on a motorcycle in Karachi on Wednesday.\n\n"
     "The minister has asked the police about the kidnapping of the children.", "abduction"),
    ("Minister mourns general", "ISLAMABAD: The minister expressed sorrow over the martyrdom of the chief of staff of "
     "the Iranian armed forces on Wednesday.", "armed_attack"),
    ("Visit delayed", "KABUL: The Afghan foreign ministry on Wednesday blamed technical issues for the delay of a "
     "visit of Pakistan's foreign minister.", "accusation"),
    ("Court issues warrants", "ISLAMABAD: An anti-terrorism court on Wednesday issued arrest warrants for two "
     "leaders of the PTI.", "arrest"),
    ("Airline", "ISLAMABAD: The government on Wednesday took another shot at the sale of the airline and its aircraft.",
     "armed_attack"),
    ("Attackers flee", "HUB: Armed assailants killed a policeman in Hub on Wednesday and fled.", "displacement"),
    ("Arrest sought", "HANGU: Gunmen killed a policeman in Hangu on Wednesday. A search operation was launched for "
     "their arrest.", "arrest"),
    ("Bribe", "JHANG: Militants attacked a police van in Jhang on Wednesday, killing a policeman.\n\nThe "
     "anti-corruption department arrested a constable on Wednesday for taking a bribe.", "arrest"),
    ("Father held", "LAKKI MARWAT: Militants attacked a police van in Tank on Wednesday, killing a policeman.\n\n"
     "Policemen freed a boy and arrested his father on Wednesday.", "arrest"),
    ("Body moved", "GWADAR: Militants killed a policeman in Gwadar on Wednesday. The family shifted the body to a "
     "protest camp.", "displacement"),
]
KEPT = [
    ("Post fired at", "TURBAT: Gunmen attacked a police post in Turbat on Wednesday night.", "armed_attack"),
    ("Suspects held", "LAKKI MARWAT: Militants attacked a police van in Tank on Wednesday, killing a policeman. Police "
     "arrested two suspected militants.", "arrest"),
    ("Sit-in for peace", "BAJAUR: Thousands of people and leaders of political parties staged a sit-in in Khar on "
     "Wednesday demanding peace in the district.", "protest"),
    ("Chaman traders", "CHAMAN: Traders and opposition parties staged a sit-in in Chaman on Wednesday against the "
     "closure of the border.", "protest"),
    ("Kabul blames Islamabad", "KABUL: The Afghan government on Wednesday blamed Pakistan for an attack in Khost.",
     "accusation"),
    ("Families move", "TANK: Hundreds of families moved to safer places from Tank on Wednesday because of an "
     "operation against militants.", "displacement"),
    ("Post attacked", "TURBAT: Armed men tried to attack a Frontier Corps check post in Turbat on Wednesday night, "
     "police said. Forces killed two of the attackers.", "armed_attack"),
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
