"""What the timings are taken on, and how they are mixed; the timings themselves are told by ``make bench``."""

from __future__ import annotations

import pytest

from etl.bench import _mixed, _Timed
from etl.bench_made import made_articles, write_warc
from etl.cache import Cache
from etl.crew import Crew
from etl.read import find
from etl.screen import off_topic
from etl.sift import sift_all


def test_made_up_news_is_always_alike_long_enough_and_hardly_ever_of_the_matter():
    made = made_articles(60)
    assert made == made_articles(60) and len({article.text for article in made}) == 60
    assert 300 < sum(len(article.text.split()) for article in made) / 60 < 700
    assert sum(off_topic(article) is None for article in made) <= 6
    reasons = {off_topic(article) for article in made}
    assert any(reason and "something else" in reason for reason in reasons), "screening has work to do"


def test_pages_of_the_made_archive_are_read_whole(tmp_path):
    made = made_articles(5)
    assert write_warc(tmp_path / "a.warc.gz", made) > 5 * 20_000
    with Cache(None) as kept:
        rows = list(sift_all(find([tmp_path / "a.warc.gz"]), Crew(), kept))
    assert len(rows) == 5 and all(row.off_topic and not row.problem for row in rows)


def test_a_mixture_takes_the_mean_of_either_sort():
    timed = [_Timed(0.02, 0.1, True, True), _Timed(0.04, 0.1, True, True), _Timed(0.001, 0.2, False, False)]
    ratio, rate = _mixed(timed, 0.5)
    assert ratio == pytest.approx((0.05 + 0.1) / (0.015 + 0.0005)) and rate == pytest.approx(1 / 0.0155)
    assert _mixed(timed, 0.0)[0] == pytest.approx(200)
