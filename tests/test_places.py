"""Places: names found in sentences, resolved by their surroundings, with the role that the sentence gives them."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.article import Article
from etl.coding.gazetteer import gazetteer, key
from etl.coding.parse import Parsed, parse
from etl.coding.places import PlaceMention, find_places, locate
from etl.coding.whereabouts import whereabouts
from etl.reference import FOLDER, read_table


def read(body: str, title: str = "Report", published: str = "2025-06-01") -> tuple[Parsed, list[PlaceMention]]:
    parsed = parse(Article("t", dt.date.fromisoformat(published), title, body))
    return parsed, find_places(parsed)


def located(body: str, title: str = "Report", published: str = "2025-06-01"):
    _, mentions = read(body, title, published)
    return locate([m for m in mentions if m.role == "location"])


def role(body: str, name: str, title: str = "Report") -> str:
    parsed, mentions = read(body, title)
    roles = [m.role for m in mentions if parsed.doc.text[m.start:m.end] == name]
    assert roles, f"{name} was not found"
    return roles[0]


@pytest.mark.parametrize(("sentence", "name", "district", "province", "country", "precision"), [
    ("A patrol was ambushed in the Spinwam area of Mir Ali tehsil, North Waziristan, on Monday.",
     "Spinwam", "North Waziristan", "Khyber Pakhtunkhwa", "PK", "place"),
    ("Shells fell near the Torkham crossing on Monday.", "Torkham", "Khyber", "Khyber Pakhtunkhwa", "PK", "place"),
    ("A mine went off in the Wanda Shin Gul area of Lakki Marwat district.",
     "Wanda Shin Gul", "Lakki Marwat", "Khyber Pakhtunkhwa", "PK", "place"),
    ("Two houses burned in Zarkoti village of Bajaur district.",
     "Zarkoti", "Bajaur", "Khyber Pakhtunkhwa", "PK", "place"),
    ("Gunmen fired on a post in Kurrum agency.", "Kurram", "Kurram", "Khyber Pakhtunkhwa", "PK", "district"),
    ("The raid took place in Tank district.", "Tank", "Tank", "Khyber Pakhtunkhwa", "PK", "district"),
    ("Drones hit a house in Khost province.", "Khost", None, "Khost", "AF", "province"),
    ("Jets bombed Kunar and Khost before dawn.", "Kunar", None, "Kunar", "AF", "province"),
    ("Fighting broke out in Spinboldak.", "Spin Boldak", "Spin Boldak", "Kandahar", "AF", "place"),
    ("A convoy was attacked in D.I. Khan.",
     "Dera Ismail Khan", "Dera Ismail Khan", "Khyber Pakhtunkhwa", "PK", "place"),
    ("A bomb exploded in Turbat.", "Turbat", "Kech", "Balochistan", "PK", "place"),
    ("The delegations sat down in Doha on Saturday.", "Doha", None, None, "QA", "place"),
    ("The envoys met in Urumqi.", "Urumqi", None, None, "CN", "place"),
    ("Militants were killed in KP on Sunday.", "Khyber Pakhtunkhwa", None, "Khyber Pakhtunkhwa", "PK", "province"),
    ("Attacks were reported in Afghanistan on Sunday.", "Afghanistan", None, None, "AF", "country"),
])
def test_chain_resolves_to_its_most_specific_place(sentence, name, district, province, country, precision):
    place = located(sentence)
    assert (place.name, place.district, place.province, place.country, place.geo_precision) == (
        name, district, province, country, precision)


def test_unknown_local_name_keeps_its_spelling_and_gets_no_position():
    place = located("A roadside bomb killed two men in the Torzangi area of Zhob district.")
    assert (place.name, place.place_id, place.latitude, place.km_to_border) == ("Torzangi", None, None, None)


def test_position_is_given_for_places_only():
    town, district = located("A blast shook Wana."), located("The operation began in Mohmand district.")
    assert town.latitude == pytest.approx(32.3, abs=0.2)
    assert town.km_to_border < 60
    assert (district.latitude, district.longitude, district.km_to_border) == (None, None, None)


@pytest.mark.parametrize("sentence", [
    "Troops exchanged fire along the Pak-Afghan border overnight.",
    "Posts were attacked along the Durand Line.",
    "Guards of the two countries shot at each other on the border.",
])
def test_the_border_alone_has_no_place_or_country(sentence):
    place = located(sentence)
    assert (place.geo_precision, place.district, place.province, place.country) == ("border", None, None, None)


def test_border_guards_are_not_a_place():
    _, mentions = read("Afghan border guards said they had been shot at.")
    assert mentions == []


def test_chaman_belongs_to_killa_abdullah_before_2021():
    assert located("The gate at Chaman was closed.", published="2020-08-01").district == "Killa Abdullah"
    assert located("The gate at Chaman was closed.", published="2024-08-01").district == "Chaman"


def test_homonyms_follow_their_surroundings():
    afghan = located("Two drones struck Barmal district in Afghanistan's Paktika province.")
    pakistani = located("Soldiers searched houses in the Birmal area of South Waziristan.")
    assert (afghan.district, afghan.country) == ("Barmal", "AF")
    assert (pakistani.district, pakistani.country) == ("South Waziristan", "PK")


def test_same_village_name_is_placed_by_its_chain_and_stays_there():
    parsed, mentions = read("Guns were found in the Hassan Khel area of Peshawar district. "
                            "The search in Hassan Khel village went on till dusk.")
    assert [m.place.district for m in mentions if m.place.name == "Hassan Khel"] == ["Peshawar", "Peshawar"]


def test_two_halves_of_a_district_share_its_name():
    _, mentions = read("Four men were killed in North and South Waziristan.")
    assert [m.place.name for m in mentions] == ["North Waziristan", "South Waziristan"]


@pytest.mark.parametrize("body", [
    "Gul Khan and Ali Sher met Malik Mumtaz.",
    "Nawab Bugti and Ghulam Khan Wazir addressed the gathering.",
    "Ahmad Wardak praised Zafar Mohmand.",
    "Ms Hina Rabbani Khar spoke first.",
])
def test_persons_are_not_places(body):
    assert read(body)[1] == []


def test_rivers_and_projects_are_not_places():
    _, mentions = read("Water rose in River Jhelum. Cameras of the Safe City scheme failed.")
    assert mentions == []


@pytest.mark.parametrize(("body", "name", "expected"), [
    ("PESHAWAR: Police found a body.", "PESHAWAR", "dateline"),
    ("LAHORE, Jan 04 (APP):Officials met.", "LAHORE", "dateline"),
    ("Kabul said it had not been told.", "Kabul", "government"),
    ("Trade between Islamabad and Kabul has stopped.", "Islamabad", "government"),
    ("A bomb went off in Kabul.", "Kabul", "location"),
    ("The victim was a resident of Karak.", "Karak", "origin"),
    ("The driver, from Hangu, was unhurt.", "Hangu", "origin"),
    ("The wounded were shifted to Peshawar.", "Peshawar", "other"),
    ("The Quetta police chief spoke to reporters.", "Quetta", "organisation"),
    ("The Peshawar High Court heard the plea.", "Peshawar", "organisation"),
    ("Lorries queued on the Quetta-Karachi highway.", "Quetta", "other"),
    ("Torkham remained closed.", "Torkham", "location"),
])
def test_role_of_a_place_in_its_sentence(body, name, expected):
    assert role(body, name) == expected


def test_misspelled_name_after_a_cue_is_recognised_in_its_district():
    place = located("An explosive was defused in Parachenar in Kurram district.")
    assert (place.name, place.district) == ("Parachinar", "Kurram")


def test_landmark_gives_way_to_its_town():
    assert located("A van was hit near Gulab Ground in Bajaur's Khar tehsil.").name == "Khar"


def test_offsets_are_those_of_the_cleaned_text():
    parsed, mentions = read("Rockets landed near Miranshah, North Waziristan.")
    assert [parsed.doc.text[m.start:m.end] for m in mentions] == ["Miranshah", "North Waziristan"]
    assert {m.sentence for m in mentions} == {1}


def test_whereabouts_of_a_sentence_without_a_place_are_those_told_before():
    body = "Gunmen attacked a check post in Wana.\nThree policemen were killed. They died in Peshawar."
    parsed, mentions = read(body, "Three policemen killed in attack")
    start = parsed.doc.text.index("Three policemen were")
    assert whereabouts(parsed, mentions, start, start + 10).name == "Wana"


def test_whereabouts_turn_a_district_into_the_place_told_next():
    body = "Two men were shot dead in Karak district on Friday.\nIt happened in the Tora Wanda area, police said."
    parsed, mentions = read(body)
    start = parsed.doc.text.index("Two men")
    place = whereabouts(parsed, mentions, start, start + 40)
    assert (place.name, place.district) == ("Tora Wanda", "Karak")


def test_nothing_named_nothing_located():
    parsed, mentions = read("Nothing happened.")
    assert (mentions, locate(mentions), whereabouts(parsed, mentions, 0, 3)) == ([], None, None)


def test_aliases_and_changes_fit_the_gazetteer():
    ids = {row["place_id"] for row in read_table("gazetteer").rows}
    features = json.loads((FOLDER / "admin2.geojson").read_text(encoding="utf-8"))["features"]
    districts = {feature["properties"]["name"] for feature in features}
    for row in read_table("place_aliases").rows:
        assert not row["place_id"] or row["place_id"] in ids, row
        assert row["use"] in ("only", "also"), row
        assert not row["district"] or row["district"] in districts, row
    assert {row["district"] for row in read_table("district_changes").rows} <= districts


def test_every_pakistani_district_of_the_map_is_in_the_gazetteer():
    features = json.loads((FOLDER / "admin2.geojson").read_text(encoding="utf-8"))["features"]
    names = [f["properties"]["name"] for f in features if f["properties"]["country"] == "PK"]
    assert len(names) == 156
    assert [name for name in names if not any(e.country == "PK" for e in gazetteer().names.get(key(name), ()))] == []


def test_time_grows_with_the_length_of_the_article_not_with_its_square():
    def seconds(times: int) -> float:
        parsed, _ = read("Shells hit Zagai village in the Mamond area of Bajaur, and later Khar and Chaman. " * times)
        start = time.process_time()
        assert len(find_places(parsed)) >= 4 * times
        return time.process_time() - start

    seconds(20)
    assert seconds(400) < 4 * max(seconds(200), 0.05)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.lists(st.sampled_from([
    "Kabul", "in", "the", "District", "Khan", ",", ".", "'s", "border", "Torkham", "PESHAWAR:", "\n", "of", "Ali",
    "D.", "I.", "area", "1,200", "-", "(", "Mela", "Road", "Pak-Afghan", "along", "River", "ء", "\u200b"]),
    max_size=40))
def test_no_text_makes_it_fail(noise, words):
    parsed, mentions = read(noise + " " + " ".join(words), title=noise[:40])
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(parsed.doc.text)
        assert 0 <= mention.sentence < len(parsed.sentences)
    locate(mentions)
    whereabouts(parsed, mentions, 0, 1)
