"""Claims: who says how many of whom died, how far that can be relied on, and where sources contradict each other.

A claim weighs by how its source stands to the losses: its own (a party about its own side or its own country's
civilians), a neutral third, or the article's own voice come first; then a party about other civilians; least of all a
party about its enemy's losses.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from etl.actors import country, is_armed_group, is_civilian, root, side_class

TEXT = "text"  # the source of a figure that the article tells in its own voice
_RANKS = {"own_losses": 0, "neutral": 0, "unattributed": 0, "civilians": 1, "enemy_losses": 2}


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
    claim_id: str = ""

    @property
    def floor(self) -> int:
        """The least that the figure says (an upper bound alone says nothing less than itself)."""
        return self.low if self.low is not None else self.high or 0

    @property
    def ceiling(self) -> int:
        """The most that the figure says (a lower bound alone says nothing more than itself)."""
        return max(self.floor, self.high or 0)

    @property
    def source(self) -> str:
        """Who says so at the root of the tree of actors; the article's own voice is one source."""
        return root(self.claimant) if self.claimant else TEXT

    @property
    def figure(self) -> str:
        """The figure in characters: 9, 9+ for at least 9, ≤9 for at most 9, 6-8."""
        if self.high is None:
            return f"{self.low}+"
        return f"≤{self.high}" if self.low is None else str(self.low) if self.low == self.high else (
            f"{self.low}-{self.high}")


@dataclass(frozen=True)
class Parties:
    """The two sides of an event; `is_mutual` where both fight, as in a clash: then either may have dead of its own."""

    actors_a: tuple[str, ...] = ()
    actors_b: tuple[str, ...] = ()
    is_mutual: bool = True

    @property
    def roots(self) -> set[str]:
        """Both sides at the root of the tree of actors."""
        return {root(actor) for actor in (*self.actors_a, *self.actors_b)}


@dataclass(frozen=True)
class Contest:
    """Sources that contradict each other: on the losses of `side` (None: on a total), or on whose losses they are."""

    measure: str
    side: str | None
    claims: tuple[Claim, ...]
    is_about_whose: bool = False

    def text(self) -> str:
        """The versions side by side: "killed PAK.MIL: AFG.GOV 58, PAK.MIL 23"."""
        told = (f"{claim.claimant or TEXT} {claim.figure}{f' {claim.side}' if self.is_about_whose else ''}"
                for claim in self.claims)
        whose = "" if self.is_about_whose or self.side is None else f" {self.side}"
        return f"{self.measure}{whose}: {', '.join(dict.fromkeys(told))}"


def standing(claim: Claim, parties: Parties | None = None) -> str:
    """How the source of a claim stands to the losses: a value of `schema_claims.STANDINGS`."""
    if claim.claimant is None:
        return "unattributed"
    speaker = root(claim.claimant)
    if claim.side is None or is_civilian(claim.claimant):
        return "neutral"
    if speaker == root(claim.side) or (is_civilian(claim.side) and country(claim.side) == country(speaker) != ""):
        return "own_losses"
    if parties and parties.roots and speaker not in parties.roots and not is_armed_group(speaker):
        return "neutral"
    return "civilians" if is_civilian(claim.side) and not country(claim.side) else "enemy_losses"


def reliability(claim: Claim, parties: Parties | None = None) -> int:
    """Rank of a claim: 0 own losses, neutral or the article's voice; 1 about civilians; 2 about an enemy's losses."""
    return _RANKS[standing(claim, parties)]


def superseded(claim: Claim, others: Iterable[Claim]) -> bool:
    """Whether the same source gives another figure of the same losses later; a recap replaces no news."""
    return any(other.source == claim.source and other.measure == claim.measure and _about(other) == _about(claim)
               and other.published > claim.published and other.main >= claim.main
               and (other.low, other.high) != (claim.low, claim.high) for other in others)


def latest(claims: Iterable[Claim]) -> dict[str, Claim]:
    """The latest figure of each source, news before recaps, of a day the largest."""
    found: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda c: (c.main, c.published, c.floor, c.article_id, c.claim_id)):
        found[claim.source] = claim
    return found


def contests(claims: Sequence[Claim], parties: Parties | None = None) -> Iterator[Contest]:
    """Where sources contradict each other.

    On one side's losses: two parties each by its latest figure, or two sources of one article, whose ranges have no
    number in common (a toll that one source raises over time is no contradiction). On whose losses they are: see
    `rival_sides`.
    """
    by_side: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        by_side[claim.measure, _about(claim)].append(claim)
    for (measure, _), rows in sorted(by_side.items()):
        told = [claim for source, claim in latest(rows).items() if source != TEXT]
        pairs = [(one, other) for one, other in combinations(told, 2) if _apart(one, other)]
        pairs += [(one, other) for one, other in combinations(rows, 2)
                  if one.article_id == other.article_id and one.source != other.source and _apart(one, other)]
        if pairs:
            yield Contest(measure, _name(rows), _distinct(claim for pair in pairs for claim in pair))
    for measure in dict.fromkeys(claim.measure for claim in claims):
        rival = rival_sides([claim for claim in claims if claim.measure == measure], parties)
        if rival:
            yield Contest(measure, None, _distinct(rival), is_about_whose=True)


def contested(claims: Sequence[Claim], parties: Parties | None = None) -> bool:
    """Whether sources contradict each other anywhere."""
    return next(contests(claims, parties), None) is not None


def rival_sides(claims: Sequence[Claim], parties: Parties | None) -> list[Claim]:
    """Claims that tell of the same dead as fighters, by the party that struck, and as civilians, by another party.

    "Nine militants", says one, "14 civilians" the other: the first tells of no civilians, the second of no fighters.
    Of a clash this holds for armed groups alone, as soldiers of both sides may have died beside the civilians.
    """
    if parties is None:
        return []
    by_source: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.side and claim.source != TEXT:
            by_source[claim.source].append(claim)
    for one, fighters in sorted(by_source.items()):
        enemies = [claim for claim in fighters if not is_civilian(claim.side or "") and root(claim.side or "") != one]
        if parties.is_mutual:
            enemies = [claim for claim in enemies if is_armed_group(claim.side or "")]
        struck = one in {root(actor) for actor in parties.actors_a} or parties.is_mutual
        if not enemies or not struck or any(is_civilian(claim.side or "") for claim in fighters):
            continue
        for other, victims in sorted(by_source.items()):
            if other != one and other in parties.roots and all(is_civilian(claim.side or "") for claim in victims):
                return [*latest(enemies).values(), *latest(victims).values()]
    return []


def _about(claim: Claim) -> str:
    return side_class(claim.side) if claim.side else ""


def _name(claims: Sequence[Claim]) -> str | None:
    """The side of claims about one class of sides: the identifier that most of them name."""
    sides = sorted(claim.side for claim in claims if claim.side)
    return max(sides, key=lambda side: (sides.count(side), len(side))) if sides else None


def _distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(dict.fromkeys(claims), key=lambda c: (c.claimant or TEXT, c.published, c.floor, c.claim_id)))


def _apart(one: Claim, other: Claim) -> bool:
    return _range(one)[1] < _range(other)[0] or _range(other)[1] < _range(one)[0]


def _range(claim: Claim) -> tuple[float, float]:
    return claim.low if claim.low is not None else 0, claim.high if claim.high is not None else float("inf")
