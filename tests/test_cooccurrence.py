"""Co-mentions: counts over a small release that can be counted by hand, and the sentences behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import charts_comentions, queries, releases
from dashboard.cooccurrence import associate, by_month, months, namings, passages
from dashboard.releases import Release
from dashboard.view import View
from tests import small_release


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)
    return releases.load(where=folder)


def view(release: Release, **changes: Any) -> View:
    return View.default(release.facts).with_changes(release.facts, **changes)


@pytest.mark.parametrize(("level", "total", "pak"), [("sentence", 6, 5), ("article", 4, 4)])
def test_texts_that_name_an_actor_without_near_copies(release: Release, level: Any, total: int, pak: int) -> None:
    counts, texts = namings(view(release), release, level)
    assert texts == total
    assert counts.set_index("actor")["n"]["PAK"] == pak


def test_counts_agree_with_the_pairs_that_name_both(release: Release) -> None:
    for level in ("sentence", "paragraph", "article"):
        for detail in ("root", "actor"):
            pairs = queries.comentions(view(release), release, level, detail)
            counts, total = namings(view(release), release, level, detail)
            table = associate(pairs, counts, total, "jaccard")
            assert (table["n"] <= table[["n_1", "n_2"]].min(axis=1)).all()
            assert table["value"].between(0, 1).all() and (table["value"] > 0).all()


def test_filters_narrow_the_texts(release: Release) -> None:
    counts, texts = namings(view(release, types=("bombing",)), release, "sentence", "actor")
    assert (sorted(counts["actor"]), texts) == (["PAK.POL", "TTP"], 1)
    assert namings(view(release, types=()), release, "sentence")[1] == 0


def test_sentences_behind_a_cell(release: Release) -> None:
    found = passages(view(release), release, "AFG", "PAK", "sentence")
    assert list(found["article_id"]) == ["n5", "n2", "n1", "n1"]  # newest first, the copy n3 left out
    assert found["excerpt"].iloc[0] == "Pakistan and the Afghan Taliban agreed on a truce in Doha"
    assert pd.api.types.is_integer_dtype(found["sentence"])


def test_sentences_behind_a_cell_of_articles_name_either(release: Release) -> None:
    assert passages(view(release), release, "PAK", "QAT", "sentence").empty
    found = passages(view(release), release, "PAK", "QAT", "article")
    assert [(row.article_id, row.sentence) for row in found.itertuples()] == [("n5", 1), ("n5", 2)]


def test_a_release_without_texts_still_names_its_sentences(release: Release, tmp_path: Path) -> None:
    path = small_release.write(tmp_path)
    (path / "texts.parquet").unlink()
    bare = releases.load(where=tmp_path)
    found = passages(view(bare), bare, "AFG", "PAK", "sentence")
    assert len(found) == 4 and found["excerpt"].isna().all()


def test_a_root_opens_into_its_branches_and_others_stay_whole(release: Release) -> None:
    pairs = queries.comentions(view(release), release, "sentence", opened=("PAK",))
    found = {(row.actor_1, row.actor_2): row.n for row in pairs.itertuples()}
    assert found == {("AFG", "PAK.MIL"): 3, ("AFG", "PAK"): 1, ("PAK.POL", "TTP"): 1}
    assert sum(found.values()) == queries.comentions(view(release), release, "sentence")["n"].sum()
    counts, _ = namings(view(release), release, "sentence", opened=("PAK", "AFG"))
    assert {"PAK.MIL", "AFG.MIL", "AFG", "PAK", "TTP"} <= set(counts["actor"])
    assert len(passages(view(release), release, "AFG", "PAK.MIL", "sentence", opened=("PAK",))) == 3
    sides = queries.against(view(release), release, opened=("PAK",))
    assert {"PAK.MIL", "PAK.POL", "AFG"} <= set(sides["actor_a"]) | set(sides["actor_b"])
    assert "AFG.MIL" not in set(sides["actor_a"]) | set(sides["actor_b"])


def test_months_add_up_to_the_whole(release: Release) -> None:
    for level in ("sentence", "article"):
        table = by_month(view(release), release, level, "count")
        sums = table.groupby(["actor_1", "actor_2"])["n"].sum().to_dict()
        whole = queries.comentions(view(release), release, level)
        assert sums == {(row.actor_1, row.actor_2): row.n for row in whole.itertuples()}
        assert (table["n"] <= table[["n_1", "n_2"]].min(axis=1)).all() and (table["n_texts"] >= table["n_1"]).all()
    jaccard = by_month(view(release), release, "sentence", "jaccard")
    assert jaccard["value"].between(0, 1).all()
    assert [f"{month:%Y-%m}" for month in months(view(release), release)] == ["2025-09", "2025-10"]
    assert months(view(release, types=()), release).empty


def test_a_pair_has_a_bar_in_every_month_and_a_scale_of_its_own(release: Release) -> None:
    table, span = by_month(view(release), release, "sentence", "count"), months(view(release), release)
    pairs = charts_comentions.leading(table)
    assert pairs[0] == ("AFG", "PAK")
    figure = charts_comentions.by_month(table, pairs, span, level="sentence")
    assert len(figure.data) == len(pairs) and list(figure.data[0].y) == [0, 4]
    assert list(figure.layout.yaxis.tickvals) == [0, 4] and list(figure.layout.yaxis2.tickvals) == [0, 1]
    assert "4 sentences, most in October 2025 (4)" in charts_comentions.summary(table, pairs, "sentence")
    npmi = charts_comentions.series(by_month(view(release), release, "sentence", "npmi"), ("AFG", "PAK"), span, "npmi")
    assert npmi["value"].isna().tolist() == [True, False]  # not named together: not known
    assert "never" in charts_comentions.summary(table, [("AFG", "QAT")], "sentence")
