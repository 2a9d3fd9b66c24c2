"""Co-mentions: counts over a small release that can be counted by hand, and the sentences behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import queries, releases
from dashboard.cooccurrence import associate, namings, passages
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
