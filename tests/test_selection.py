"""Selections: what GDELT's lists name is kept, all else has its row in the ledger."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.__main__ import main
from etl.faults import InputFault
from etl.pipeline import run
from etl.read.lists import addresses_of
from etl.read.record import Unreadable
from etl.reference import DATA
from etl.selection import load_selection
from tests.labels import code_from_labels
from tests.test_read_pages import captured, page

ONE, TWO = "https://pass.example/news/1?utm_source=x", "http://www.hills.example/2/"


def row(width: int, column: int, address: str) -> str:
    return "\t".join(address if i == column else f"c{i}" for i in range(width))


def zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


FORMS = {
    "events.export.CSV": "\n".join(row(61, 60, one) for one in (ONE, TWO)),
    "events-1.export.CSV": "\n".join(row(58, 57, one) for one in (ONE, TWO)),
    "mentions.CSV": "\n".join(row(16, 5, one) for one in (ONE, TWO, "BBC Monitoring/Pajhwok")),
    "gkg.csv": "\n".join(row(27, 4, one) for one in (ONE, TWO)),
    "gkg-1.csv": "DATE\tNUMARTS\tCOUNTS\tSOURCES\tSOURCEURLS\n" + f"20250101\t2\t\tpass.example\t{ONE}<UDIV>{TWO}\n",
    "query.csv": f'Date,"DocumentIdentifier",Title\n2025,{ONE},"Torkham, closed"\n2025,{TWO},x\n',
    "search.csv": f"\ufeffURL,MobileURL,Date,Title\n{ONE},,20250101,a\n{TWO},,20250101,b\n",
    "search.json": json.dumps({"articles": [{"url": ONE, "url_mobile": "", "title": "a"}, {"url": TWO}]}, indent=1),
    "list.gal.json": "\n".join(json.dumps({"date": "2025", "url": one, "title": "a"}) for one in (ONE, TWO)),
    "array.json": json.dumps([ONE, {"url": TWO}]),
    "list.txt": f"# ours\n\n{ONE}\n  {TWO}\n",
}


@pytest.mark.parametrize("packing", ["", ".gz", ".zip"])
@pytest.mark.parametrize("name", FORMS)
def test_the_addresses_of_every_form(tmp_path, name, packing):
    data = FORMS[name].encode()
    path = tmp_path / (name + packing)
    path.write_bytes({"": data, ".gz": gzip.compress(data), ".zip": zipped(name, data)}[packing])
    found = load_selection([path])
    assert len(found) == 2 and ONE in found and TWO in found
    assert "https://m.pass.example/news/1/amp" in found and "https://pass.example/news/2" not in found
    assert found.n_unusable == (name == "mentions.CSV") and len(found.met) == 2
    assert [address for address in addresses_of(path) if "://" in address] == [ONE, TWO]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.builds(lambda data, at, new: data[:at] + new + data[at:], st.sampled_from(
    [*(form.encode() for form in FORMS.values()), zipped("a", ONE.encode()), gzip.compress(ONE.encode())]),
    st.integers(0, 900), st.binary(max_size=9)))
def test_whatever_the_bytes_a_list_is_read_or_refused_with_a_cure(tmp_path, data):
    path = tmp_path / "list"
    path.write_bytes(data)
    try:
        assert len(load_selection([path])) > 0
    except InputFault as error:
        assert "; " in str(error)


@pytest.mark.parametrize(("data", "told"), [
    (b"", "names no address"), (b"a\tb\tc\n", "3 columns"), (b"{broken\n{", "no sound JSON"),
    (b'{"title": "a"}\n', "names no address"), (row(57, 0, "x").encode(), "57 columns"),
    (gzip.compress(ONE.encode())[:-9], "damaged"), (b"\0\1\2\3" * 99, "NUL"),
    (b"no address at all\n", "names no address"),
    (zipped("a", b"x")[:40], ""), (b'url,title\n"https://pass.example/1', ""),
])
def test_what_is_no_list_is_told(tmp_path, data, told):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    if told or not data.startswith(b"url"):
        with pytest.raises(InputFault) as caught:
            load_selection([path])
        assert told in str(caught.value) and "; " in str(caught.value)
    else:
        assert "https://pass.example/1" in load_selection([path])
    with pytest.raises(InputFault, match="check the path"):
        load_selection([tmp_path / "none.csv"])


def test_a_list_that_unpacks_into_a_huge_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.read.lists.MOST", 1_000_000)
    path = tmp_path / "list.zip"
    path.write_bytes(zipped("a.txt", b"https://pass.example/1\n" * 100_000))
    with pytest.raises(InputFault, match="unpacks to more than"):
        load_selection([path])
    with pytest.raises(Unreadable):
        list(addresses_of(path))


def test_only_the_selection_is_coded_and_the_rest_is_accounted_for(tmp_path):
    archive = [json.loads(line) for line in (DATA / "articles" / "digests.jsonl").read_text("utf-8").splitlines()[:12]]
    for i, one in enumerate(archive):
        one["url"] = f"https://pass.example/{i}" if i != 11 else ""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text("\n".join([*map(json.dumps, archive), "broken"]))
    rows = [row(61, 60, f"http://m.pass.example/{i}?fbclid=1") for i in (1, 3, 99)]
    (tmp_path / "gdelt.csv").write_text("\n".join(rows))
    made = run([folder], tmp_path / "out", code=code_from_labels, select=[tmp_path / "gdelt.csv"])
    ledger = pd.read_csv(made.release / "ledger.csv")
    by_record = ledger.set_index("record")["status"]
    assert len(ledger) == 13 and (by_record == "not_selected").sum() == 10 and by_record[13] == "rejected"
    assert {by_record[2], by_record[4]} <= {"coded", "no_event", "off_topic"}
    assert "no address" in ledger.set_index("record")["reason"][12] and "not selected 10" in made.summary()
    manifest = json.loads((made.release / "release.json").read_text())
    assert [one["name"] for one in manifest["selection"]] == ["gdelt.csv"]
    whole = run([folder], tmp_path / "whole", code=code_from_labels)
    assert whole.release.name != made.release.name and "selection" not in json.loads(
        (whole.release / "release.json").read_text())


def test_pages_of_an_archive_are_chosen_by_where_they_were_captured_and_others_are_not_read(tmp_path, monkeypatch):
    from etl.read import warc

    read = []
    real = warc.page_record
    monkeypatch.setattr(warc, "page_record", lambda *a, **k: read.append(k["url"]) or real(*a, **k))
    head = '<link rel="canonical" href="https://pass.example/story/other-words">'
    parts = [captured(page(head=head).encode(), 1, url="https://pass.example/?p=1"),
             captured(page().encode(), 2, url="https://pass.example/2")]
    (tmp_path / "a.warc").write_bytes(b"".join(parts))
    (tmp_path / "list.txt").write_text("http://www.pass.example/?p=1&utm_id=7\n")
    made = run([tmp_path / "a.warc"], tmp_path / "out", select=[tmp_path / "list.txt"])
    ledger = pd.read_csv(made.release / "ledger.csv")
    assert list(ledger["status"]) == ["coded", "not_selected"] or ledger["status"][0] in ("no_event", "off_topic")
    assert ledger["status"][1] == "not_selected" and read == ["https://pass.example/?p=1"]


def test_a_selection_that_fits_nothing_makes_no_release(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("https://elsewhere.example/1\n")
    call = ["run", "--articles", str(DATA / "articles"), "--out", str(tmp_path / "out"), "--no-cache", "--quiet"]
    assert main([*call, "--select", str(tmp_path / "list.txt"), "--workers", "1"]) == 1
    assert "is in the selection" in capsys.readouterr().err and not (tmp_path / "out" / "latest").exists()
