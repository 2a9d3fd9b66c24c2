"""The check of the reference tables: the shipped ones pass, and each kind of fault is named with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.check_cells import FORMS, alternatives
from etl.check_reference import check_reference
from etl.reference import FOLDER


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("tables") / "reference"))


@pytest.fixture()
def folder(sound: Path, tmp_path: Path) -> Path:
    """A folder of its own whose files are those of `sound`, so that a test may replace one."""
    made = tmp_path / "reference"
    made.mkdir()
    for path in sound.iterdir():
        (made / path.name).symlink_to(path)
    return made


def spoil(folder: Path, file: str, text: bytes) -> None:
    (folder / file).unlink()
    (folder / file).write_bytes(text)


def faults(folder: Path) -> list[tuple[str, int, str, str]]:
    return [(fault.file, fault.line, fault.column, str(fault)) for fault in check_reference(folder)[0]]


def test_the_shipped_tables_pass(capsys):
    assert [str(fault) for fault in check_reference()[0]] == []
    assert main(["check-reference"]) == 0
    assert "tables checked: no faults" in capsys.readouterr().out


def test_every_table_has_a_form():
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(FORMS)


# table, a new row (% and @ stand for a letter of its own, small and big), the column named, words of the complaint
ADDED = [
    ("actors", "PAK.NAVY@,Navy,,military,A navy,,,,,", "parent", "rolls up into PAK"),
    ("actors", "PAK.NAVY@,Navy,PKA,military,A navy,,,,,", "parent", "did you mean 'PAK'"),
    ("actors", "PAK.NAVY@,Navy,PAK,fleet,A navy,,,,,", "kind", "take one of"),
    ("actors", "XYZ@,Y,,state,A state,2021-08-15,2020-01-01,PAK,,", "until", "is before"),
    ("actors", "XYZ@,Y,,state,A state,15.8.2021,,PAK,,", "from", "write it as"),
    ("actors", "XYZ@,Y,,state,A state,,,,Kabool,", "seat", "is no name in gazetteer.csv"),
    ("actors", "TTP,Again,,armed group,Twice,,,,,", "actor_id", "already stands in line"),
    ("actor_aliases", "grey wolves %,GRW,armed group,,,,", "actor_id", "is not in actors.csv"),
    ("actor_aliases", "grey wolves %,TTP,armed group,2021-01-01,2020-01-01,,", "to", "is before"),
    ("actor_aliases", "grey wolves %,TTP,armed group,,,exactly,", "case", "take one of"),
    ("actor_aliases", "Pakistani Taliban,BLA,armed group,,,,", "alias", "stands for BLA (armed group), and for TTP"),
    ("actor_aliases", "pakistani-taliban,TTP,armed group,,,,", "alias", "has the same words for the same actor"),
    ("actor_aliases", "Taliban,AFG.REP,armed group,2021-01-01,,exact,", "alias", "tell them apart by from and to"),
    ("actor_aliases", "grey (wolves %,TTP,armed group,,,,", "alias", "do not pair"),
    ("actor_aliases", "Gulshahr%,TTP,place,,,,", "actor_id", "a place tells a country"),
    ("actor_aliases", "؟,TTP,armed group,,,,", "alias", "can never match"),
    ("address_words", "Fbclid%,parameter,", "word", "write small letters"),
    ("address_words", "x%,path,", "kind", "take one of"),
    ("boilerplate", "Read (more,text,", "pattern", "is no regular expression"),
    ("boilerplate", "(?:Read more)?,text,", "pattern", "matches where nothing stands"),
    ("boilerplate", "Read more,body,", "where", "take one of: title, text"),
    ("casualty_words", "(slain,dated,,", "word", "is no regular expression"),
    ("casualty_words", "Slay down,transitive,killed,", "word", "can never match"),
    ("casualty_words", "smite%,transitive,dead,", "measure", "take one of"),
    ("casualty_words", "smite%,hitting,killed,", "role", "is not known here"),
    ("column_sources", "Fatalities best,the claims", "column", "write it as tables do"),
    ("confidence_weights", "new,0.1.2,0.3", "found", "is not a number"),
    ("confidence_weights", "type war,0.1,0.3", "feature", "is no event type"),
    ("country_names", "Pk,Pakistan", "country", "two letters"),
    ("discourse_words", "Lo and behold,another,", "phrase", "can never match"),
    ("discourse_words", "lo and behold,next,", "meaning", "take one of"),
    ("crossings", "gate%,Gate,Gate,Gate,,trade,34.1,71.09,Khyber,Khyber Pakhtunkhwa,,,x,0.1,,,x,",
     "lat", "belong together"),
    ("crossings", "gate%,Gate,Gate,Gate,,trade,31.5,71.09,Khyber,Khyber Pakhtunkhwa,,,x,0.1,34.1224,71.0942,x,",
     "lat, lon", "km outside Khyber"),
    ("crossings", "gate%,Gate,Gate,Gate,,trade,34.1,71.09,Khyber,Khyber Pakhtunkhwa,,,x,0.1,34.5,71.5,x,",
     "lat_line, lon_line", "from the Durand Line"),
    ("crossings", "gate%,Gate,Gate,Gate,,trade,,,Khybar,Khyber Pakhtunkhwa,,,x,,,,x,", "district_pk", "no district of"),
    ("crossings", "torkham,Gate,Gate,Gate,,trade,,,,,,,x,,,,x,", "crossing_id", "already stands"),
    ("date_words", "eve % before last,offset,two,2,day,", "first", "is not a whole number"),
    ("date_words", "eve % before last,offset,-1,-2,day,", "last", "is before"),
    ("date_words", "eve % before last,offset,-2,-2,,", "first", "fill first, last and precision"),
    ("date_words", "Eve % before last,offset,-2,-2,day,", "phrase", "can never match"),
    ("date_words", "great flood,named,2010-07-xx,2010-08-01,day,", "first", "is not a date"),
    ("default_sides", "bombing,IR,MILITANTS,CIV.PAK,", "country", "is not asked for"),
    ("default_sides", "bombin,PK,MILITANTS,CIV.PAK,", "event_type", "did you mean 'bombing'"),
    ("default_sides", "bombing,AF,MILITANT,CIV.AFG,", "actors_a", "did you mean 'MILITANTS'"),
    ("district_changes", "Chamman,2021-01-01,Killa Abdullah,", "district", "is no district in admin2.geojson"),
    ("district_changes", "Khyber,2021-13-01,Peshawar,", "since", "is no date"),
    ("event_types", "curfew%,people,Curfew,A curfew%,,,", "event_type", "has no colour"),
    ("event_types", "curfew%,people,Curfew,A curfew%,,,", "event_type", "no sides for AF"),
    ("event_types", "curfew%,peoples,Curfew,A curfew%,,,", "group", "take one of"),
    ("gazetteer", "t:%,Testabad,,town,34.0,71.5,Quetta,Balochistan,PK,,test,42.0", "lat, lon", "in Peshawar"),
    ("gazetteer", "t:%,Testabad,,town,71.5,34.0,Peshawar,Khyber Pakhtunkhwa,PK,,test,42.0", "lat, lon", "km outside"),
    ("gazetteer", "t:%,Testabad,,town,34.0,71.5,Peshavar,Khyber Pakhtunkhwa,PK,,test,42.0",
     "district", "lies in Peshawar"),
    ("gazetteer", "t:%,Testabad,,town,34.0,71.5,,Sindh,PK,,test,42.0", "lat, lon", "km outside Sindh"),
    ("gazetteer", "t:%,Testabad,,city,34.0,71.5,,,IR,,test,", "lat, lon", "km outside IR"),
    ("gazetteer", "t:%,Testabad,,town,34.0,,Peshawar,Khyber Pakhtunkhwa,PK,,test,", "lat", "coordinates is missing"),
    ("gazetteer", "t:%,Testabad,,town,\"34,0\",71.5,Peshawar,Khyber Pakhtunkhwa,PK,,test,", "lat", "is not a number"),
    ("gazetteer", "t:%,Testabad,,town,34.0,71.5,Peshawar,Khyber Pakhtunkhwa,PK,,test,400",
     "km_to_durand", "the Durand Line"),
    ("gazetteer", "t:%,Testabad,,hamlet,,,Peshawar,Khyber Pakhtunkhwa,PK,,test,", "kind", "take one of"),
    ("gazetteer", "t:%,Testabad,,town,,,Peshawar,,PK,,test,", "province", "without province"),
    ("link_types", "armed_clash,armed_attack,0.8,,", "other_type", "the pair already stands"),
    ("link_types", "talks,bombing,8,,", "likeness", "is not between 0 and 1"),
    ("modality_words", "abandon hope,hopeless,", "modality", "take one of"),
    ("number_words", "eleventy%,teens,11,,", "low", "the same number twice"),
    ("number_words", "a baker%'s dozen,vague,14,13,", "high", "is less than"),
    ("number_words", "a baker%'s dozen,vague,1e3,,", "low", "is not a whole number"),
    ("page_words", "Subscribe%,paywall,", "phrase", "can never match"),
    ("page_words", "x%,advert,", "kind", "take one of"),
    ("palette", "event_type,siege%,#5F6320,#CFCF74,square,CU", "key", "is no event type"),
    ("palette", "chart,new,#5F632,#CFCF74,,", "light", "write a colour as"),
    ("palette", "actor_kind,nobody,#5F6320,#CFCF74,,ST", "code", "is already the sign of"),
    ("place_aliases", "Testabad%,t:1,,,,,,only,", "place_id", "is not in gazetteer.csv"),
    ("place_aliases", "Testabad%,,Testabad,village,Tankk,Khyber Pakhtunkhwa,PK,only,", "district", "is no district of"),
    ("place_aliases", "Testabad%,x:torkham,Testabad,village,Tank,Khyber Pakhtunkhwa,PK,only,",
     "place_id", "km outside Tank"),
    ("place_aliases", "Testabad%,,Testabad,village,,,,only,", "country", "tells nothing"),
    ("place_aliases", "Testabad%,,Testabad,,Tank,Khyber Pakhtunkhwa,PK,only,", "kind", "needs a kind"),
    ("place_aliases", "پشاور,,Testabad,village,Tank,Khyber Pakhtunkhwa,PK,only,", "alias", "can never match"),
    ("place_aliases", "MIR ALI,,Mir Ali,town,Tank,Khyber Pakhtunkhwa,PK,only,", "use", "only wipes that meaning out"),
    ("place_cues", "Up % in the,before,location,,", "cue", "can never match before a name"),
    ("place_cues", "up % in the,before,,,", "role", "every other cue has one"),
    ("place_cues", "up % in the,beside,location,,", "side", "take one of"),
    ("place_heads", "hollow%,hamlet,yes,", "level", "take one of"),
    ("place_stopwords", "Gulistan,word,", "word", "can never match"),
    ("published_totals", "2031-13,Counters,1,2,,,,,A paper", "month", "write it as 2025-01"),
    ("published_totals", "2025-01,PICSS,1,2,,,,,A paper", "month, publisher", "already stands"),
    ("scope_words", "border,border,", "word, meaning", "already stands in line"),
    ("published_totals", "2025-01,%,74,many,,,,,a newspaper", "killed", "is not a number"),
    ("screen_weights", "title word:new,much", "weight", "is not a number"),
    ("speech_words", "opine%,speak,", "kind", "take one of"),
    ("target_words", "kiosk%,CIV.PK,CIV.AFG,", "side_pk", "did you mean"),
    ("triggers", "bushwhack%*,ambush,strong,,", "event_type", "is not in event_types.csv"),
    ("triggers", "(bushwhack%*|waylay%,armed_attack,strong,,", "pattern", "do not pair"),
    ("triggers", "bushwhack%* +,armed_attack,strong,,", "pattern", "can never match"),
    ("triggers", "bushwhack%*,armed_attack,sure,,", "strength", "take one of"),
    ("triggers", "bushwhack%*,armed_attack,strong,cattle,", "needs", "take one of"),
    ("triggers", "(bushwhack%*|suicide bomb*),armed_attack,strong,,", "pattern", "and bombing in line"),
    ("triggers", "suicide bomb*,bombing,strong,,", "pattern", "all of it stands in line"),
    ("triggers", "bushwhack%* ,armed_attack,strong,,", "pattern", "ends with a blank"),
    ("triggers", "bushwhack%*,armed_attack,strong", "", "3 cells under 5 columns"),
    ("triggers", "bushwhack%*\u00a0of,armed_attack,strong,,", "pattern", "no-break space"),
]


@pytest.fixture(scope="module")
def told(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[int], list[tuple[str, int, str, str]]]:
    """The line that each added row stands in, and all faults of the tables with all of them."""
    folder = Path(shutil.copytree(sound, tmp_path_factory.mktemp("spoilt") / "reference"))
    lines, count = [], dict.fromkeys(FORMS, 0)
    for table, row, *_ in ADDED:
        path = folder / f"{table}.csv"
        whole = path.read_bytes()
        assert whole.endswith(b"\n")
        letter = count[table]
        count[table] += 1
        path.write_bytes(whole + row.replace("%", chr(97 + letter)).replace("@", chr(65 + letter)).encode() + b"\n")
        lines.append(whole.count(b"\n") + 1)
    assert all(count.values()), "each table has a row that fails"
    return lines, faults(folder)


@pytest.mark.parametrize("number", range(len(ADDED)), ids=[f"{t} {c} {w}" for t, _, c, w in ADDED])
def test_a_faulty_row_is_named(told, number: int):
    table, row, column, words = ADDED[number]
    here = [fault for fault in told[1] if fault[:2] == (f"{table}.csv", told[0][number])]
    assert any(fault[2] == column and words in fault[3] for fault in here), (row, here)


def test_nothing_else_becomes_faulty_by_them(told):
    added = {(f"{one[0]}.csv", line) for one, line in zip(ADDED, told[0], strict=True)}
    assert [fault for fault in told[1] if fault[:2] not in added] == []


@pytest.mark.parametrize(("spoilt", "line", "words"), [
    (lambda raw: b"\xef\xbb\xbf" + raw, 1, "byte order mark"),
    (lambda raw: raw.replace(b"happened, whatever", b"happened \xe9 whatever", 1), None, "is not UTF-8"),
    (lambda raw: raw.replace(b"word,modality,note", b"word,mode,note", 1), 1, "the column is missing"),
    (lambda raw: raw.replace(b"word,modality,note", b"word,modality", 1), 1, "the column is missing"),
    (lambda raw: raw.replace(b"word,modality,note", b"modality,word,note", 1), 1, "in another order"),
    (lambda raw: raw + b"\0", None, "zero byte"),
])
def test_a_table_of_another_form_is_named(folder: Path, spoilt, line: int | None, words: str):
    whole = (FOLDER / "modality_words.csv").read_bytes()
    if words == "is not UTF-8":
        whole += b"zap,real,\"happened, whatever\"\n"
        line = whole.count(b"\n")
    if words == "zero byte":
        line = whole.count(b"\n") + 1
    spoil(folder, "modality_words.csv", spoilt(whole))
    told = faults(folder)
    assert any(place[:2] == ("modality_words.csv", line) and words in place[3] for place in told), told


def test_missing_and_unknown_files_are_named(folder: Path):
    (folder / "speech_words.csv").unlink()
    (folder / "speach_words.csv").write_text("word,kind,note\n", encoding="utf-8")
    told = faults(folder)
    assert {(file, line) for file, line, *_ in told} == {("speech_words.csv", 1), ("speach_words.csv", 1)}


def test_boundaries_that_cannot_be_read_are_named(folder: Path):
    spoil(folder, "admin2.geojson", b"{")
    assert any("cannot be read" in told for *_, told in faults(folder))


def test_a_row_that_declares_why_it_lies_outside_passes_and_is_told(folder: Path):
    whole = (FOLDER / "place_aliases.csv").read_bytes()
    row = "Testabad,x:torkham,Testabad,village,Tank,Khyber Pakhtunkhwa,PK,only,outside: invented"
    spoil(folder, "place_aliases.csv", whole + row.encode() + b"\n")
    found, remarks, _ = check_reference(folder)
    assert not found and any("Testabad lies" in remark for remark in remarks)


def test_the_line_is_that_of_the_row_after_a_cell_of_two_lines(folder: Path):
    whole = (FOLDER / "target_words.csv").read_bytes()
    spoil(folder, "target_words.csv", whole + b'kiosk,PAK,AFG,"one\ntwo"\nstall,PAKK,AFG,\n')
    assert [place[1] for place in faults(folder)] == [whole.count(b"\n") + 3]


def test_the_command_ends_with_1_and_tells_every_fault(folder: Path, capsys):
    spoil(folder, "triggers.csv", (FOLDER / "triggers.csv").read_bytes() + b"rob*,ambush,strong,,\nwaylay*,x,y,,\n")
    assert main(["check-reference", "--folder", str(folder)]) == 1
    told = capsys.readouterr().err
    assert told.count("data/reference/triggers.csv line") == 3 and "3 faults" in told
    assert main(["check-reference", "--folder", str(folder / "none")]) == 1


def test_alternatives_of_a_pattern():
    assert alternatives("(a|b c) d (e|)") == ["a d e", "a d ", "b c d e", "b c d "]
    assert alternatives("plain") == ["plain"]
