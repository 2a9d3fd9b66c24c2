"""Casualty figures: what each source says, and from it the low, best and high toll of an event.

Method, after UCDP's low, best and high estimates:

- An *account* is what one article tells: the losses of each side, summed over the sides, at least the total it gives.
  Figures of rival sources on one side are never summed; within the article the most reliable one counts as best.
- Most reliable is the article's own voice, a neutral party, or a party about its own losses; then a party about
  civilians or third parties; least of all a party about its enemy's losses.
- *best* is the latest account among the articles written to report the event (among all, where there is none); a mere
  lower bound ("dozens") gives way to the latest exact account that it allows. An account of other sides' losses that
  the best one does not speak of is added. *low* is the lowest account that is not older than the best one and speaks of
  the same sides: a toll that has risen since is not credible any more, and a lower bound is no rival. *high* is the
  highest of all.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from etl.actors import are_apart, is_civilian, root, side_class

Bounds = tuple[int | None, int | None]


@dataclass(frozen=True)
class Claim:
    """One figure: whose losses, killed or injured, by whom, in which article; `main` where that is its news."""

    side: str | None
    measure: str
    low: int | None
    high: int | None
    claimant: str | None
    article_id: str
    published: dt.date
    main: bool = True

    @property
    def floor(self) -> int:
        """The least that the figure says (an upper bound alone says nothing less than itself)."""
        return self.low if self.low is not None else self.high or 0

    @property
    def ceiling(self) -> int:
        """The most that the figure says (a lower bound alone says nothing more than itself)."""
        return max(self.floor, self.high or 0)


@dataclass(frozen=True)
class Account:
    """What one article tells of one measure: low, best and high, and the classes of sides it speaks of.

    `is_total` where it gives a total that it does not split; `is_bound` where a figure of it has no upper bound.
    """

    low: int
    best: int
    high: int
    sides: frozenset[str]
    is_total: bool
    is_bound: bool
    published: dt.date
    main: bool
    article_id: str


@dataclass(frozen=True)
class Toll:
    """Low, best and high of one measure in persons; None where no source gives a figure."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


def toll(claims: Iterable[Claim], measure: str) -> Toll:
    """The toll of an event in `measure` (killed or injured) from all claims about it."""
    by_article: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.measure == measure:
            by_article[claim.article_id].append(claim)
    accounts = sorted((account(rows) for rows in by_article.values()),
                      key=lambda a: (a.main, a.published, len(a.sides), a.best, a.article_id), reverse=True)
    if not accounts:
        return Toll()
    first = _exact(accounts)
    low, best, high, covered = first.low, first.best, first.high, first.sides
    for other in accounts:
        apart = all(are_apart(one, two) for one in covered for two in other.sides)
        same_dead = other.best == first.best and civilians_alone(other) != civilians_alone(first)
        if apart and same_dead and not first.is_total and not other.is_total:
            high, covered = high + other.high, covered | other.sides  # "two killed" here, "two policemen" there
        elif apart and not first.is_total and not other.is_total:
            low, best, high, covered = low + other.low, best + other.best, high + other.high, covered | other.sides
    for other in accounts:
        current = other.main == first.main and other.published >= first.published
        rival = not other.is_bound or other.best > best
        if current and rival and (other.is_total or other.sides >= covered):
            low = min(low, other.low)
        high = max(high, other.high)
    return Toll(low, best, high)


def civilians_alone(account: Account) -> bool:
    """Whether an account only speaks of civilians, which is also what coding makes of people of no known side."""
    return bool(account.sides) and all(is_civilian(side) for side in account.sides)


def _exact(accounts: list[Account]) -> Account:
    """The first account, or where that is a mere lower bound the first exact one that it allows."""
    first = accounts[0]
    if not first.is_bound:
        return first
    return next((other for other in accounts if not other.is_bound and other.main == first.main
                 and other.best >= first.best and (other.is_total or other.sides >= first.sides)), first)


def account(claims: list[Claim]) -> Account:
    """The account of one article from its claims of one measure: sides are summed, rivals on one side are not."""
    by_side: dict[str | None, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_side[claim.side].append(claim)
    total = by_side.pop(None, [])
    low = best = high = 0
    for rows in by_side.values():
        low += min(claim.floor for claim in rows)
        best += min(rows, key=reliability).floor
        high += max(claim.ceiling for claim in rows)
    if total:
        low, best, high = (max(low, min(claim.floor for claim in total)), max(best, min(total, key=reliability).floor),
                           max(high, max(claim.ceiling for claim in total)))
    first = claims[0]
    return Account(min(low, best), best, max(high, best), frozenset(side_class(side) for side in by_side if side),
                   bool(total), any(claim.high is None for claim in claims), first.published, first.main,
                   first.article_id)


def reliability(claim: Claim) -> int:
    """Rank of a claim: 0 own voice, neutral or about one's own losses; 1 about civilians; 2 about an enemy's losses."""
    if claim.claimant is None or claim.side is None:
        return 0
    if root(claim.claimant) == root(claim.side):
        return 0
    if is_civilian(claim.claimant):
        return 0
    return 1 if is_civilian(claim.side) else 2


def contested(claims: Iterable[Claim]) -> bool:
    """Whether sources contradict each other on the losses of one side.

    Two claimants in one article, or two parties each by its latest figure, whose ranges have no number in common. A
    toll that one source raises over time is no contradiction.
    """
    by_side: dict[tuple[str | None, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        by_side[claim.side, claim.measure].append(claim)
    for rows in by_side.values():
        latest: dict[str, Claim] = {}
        for claim in sorted(rows, key=lambda c: (c.published, c.article_id)):
            if claim.claimant:
                latest[root(claim.claimant)] = claim
        if any(_apart(one, other) for one, other in combinations(latest.values(), 2)):
            return True
        if any(one.article_id == other.article_id and one.claimant != other.claimant and _apart(one, other)
               for one, other in combinations(rows, 2)):
            return True
    return False


def _apart(one: Claim, other: Claim) -> bool:
    return _range(one)[1] < _range(other)[0] or _range(other)[1] < _range(one)[0]


def _range(claim: Claim) -> tuple[float, float]:
    return claim.low if claim.low is not None else 0, claim.high if claim.high is not None else float("inf")
