"""Low, best and high toll of an event, of each side and in total, from the claims about it.

Method, after UCDP's low, best and high estimates:

- An *account* is what one article tells of one side: its parts (soldiers, policemen) are summed; a name for the whole
  (the state, unnamed militants) is not added to its parts; of rival sources the most reliable counts (`etl.claims`).
- *best* of a side is the latest account among those of articles written to report the event (of all, where there are
  none), one that rests on an enemy's claim only where there is no other; of one day the larger. A mere lower bound
  ("dozens") gives way to the latest exact account that it allows. *low* is the lowest account that is not older than
  the best one (a toll that has risen since is not credible any more, and a lower bound is no rival); *high* is the
  highest.
- The total is the sum over the sides, or the total that an article gives where that is more. Not summed: civilians told
  twice under two names; another armed group than the one that takes part; the same dead told as fighters by one party
  and as civilians by the other, of which the more reliable count.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from etl.actors import CIVILIANS, UNNAMED_GROUP, is_armed_group, is_civilian, root, side_class
from etl.claims import Claim, Parties, reliability, rival_sides

ENEMY = 2  # `reliability` of a party about its enemy's losses


@dataclass(frozen=True)
class Account:
    """What one article tells of one side in one measure; `basis` is the claim that best rests on, if it is one."""

    low: int
    best: int
    high: int
    rank: int
    is_bound: bool
    published: dt.date
    main: bool
    article_id: str
    basis: Claim | None


@dataclass(frozen=True)
class Toll:
    """Low, best and high of one measure in persons; None where no source gives a figure."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Estimate:
    """The toll of one side, or with `side` None of all together."""

    side: str | None
    toll: Toll
    claims: tuple[Claim, ...]
    basis: Claim | None
    history: tuple[tuple[dt.date, int], ...]


def toll(claims: Iterable[Claim], measure: str, parties: Parties | None = None) -> Toll:
    """The toll of an event in `measure` (killed or injured) from all claims about it."""
    rows = [claim for claim in claims if claim.measure == measure]
    return _total(rows, parties)[0] if rows else Toll()


def estimates(claims: Iterable[Claim], measure: str, parties: Parties | None = None) -> list[Estimate]:
    """The total first, then each side that a claim tells of; none where there is no claim."""
    rows = [claim for claim in claims if claim.measure == measure]
    if not rows:
        return []
    total, basis = _total(rows, parties)
    found = [Estimate(None, total, tuple(rows), basis,
                      _grown(rows, lambda until: _total(until, parties)[0].best or 0))]
    for side_rows in _by_class(rows).values():
        accounts = _accounts(side_rows, parties)
        best = _best(accounts)
        found.append(Estimate(_label(side_rows, best), _side_toll(accounts), tuple(side_rows), best.basis,
                              _grown(side_rows, lambda until: _best(_accounts(until, parties)).best)))
    return sorted(found, key=lambda estimate: (estimate.side is not None, estimate.side or ""))


def _grown(rows: Sequence[Claim], best_of: Callable[[list[Claim]], int]) -> tuple[tuple[dt.date, int], ...]:
    """How best grew from one day of publication to the next, among the articles that are news."""
    news = [claim for claim in rows if claim.main] or list(rows)
    steps: list[tuple[dt.date, int]] = []
    for day in sorted({claim.published for claim in news}):
        best = best_of([claim for claim in news if claim.published <= day])
        if not steps or steps[-1][1] != best:
            steps.append((day, best))
    return tuple(steps)


def _total(rows: Sequence[Claim], parties: Parties | None) -> tuple[Toll, Claim | None]:
    by_class = {name: _accounts(side_rows, parties) for name, side_rows in _by_class(rows).items()
                if _is_party(side_rows, parties)}
    rivals = {_class(claim) for claim in rival_sides(rows, parties)} & set(by_class)
    parts = [_part([by_class.pop(name) for name in sorted(rivals)], add_high=False)] if len(rivals) > 1 else []
    parts += [_part(same, add_high=True) for same in _same_dead(by_class)]
    wholes = _accounts([claim for claim in rows if claim.side is None], parties)
    if not parts and not wholes:  # every side is an outsider's: better theirs than none
        parts = [_part([_accounts(side_rows, parties)], add_high=False) for side_rows in _by_class(rows).values()]
    low, best = sum(part[0] for part in parts), sum(part[1] for part in parts)
    high = sum(part[2] for part in parts)
    basis = parts[0][3] if len(parts) == 1 else None
    if wholes:
        whole, chosen = _side_toll(wholes), _best(wholes)
        together = any(claim.side is not None and claim.article_id == chosen.article_id for claim in rows)
        is_news = chosen.main or not any(claim.main for claim in rows)
        low = max(low, whole.low or 0) if together or not parts else min(low, whole.low or 0)
        high = max(high, whole.high or 0)
        if is_news and chosen.best >= best:
            best, basis = chosen.best, chosen.basis
    return Toll(min(low, best), best, max(high, best)), basis


def _part(sides: Sequence[Sequence[Account]], *, add_high: bool) -> tuple[int, int, int, Claim | None]:
    """Low, best and high of sides that are the same dead: the most reliable of them counts."""
    tolls = [(_best(accounts), _side_toll(accounts)) for accounts in sides]
    chosen, figures = min(tolls, key=lambda pair: (pair[0].rank, -pair[0].best))
    highs = [side.high or 0 for _, side in tolls]
    low = figures.low if add_high else min(side.low or 0 for _, side in tolls)
    return low or 0, chosen.best, sum(highs) if add_high else max(highs), chosen.basis


def _same_dead(by_class: dict[str, list[Account]]) -> list[list[list[Account]]]:
    """The sides, those together that may be the same people.

    "Two killed" in one article is told as civilians where it says no more; "two policemen" in another may be the same.
    """
    left = dict(sorted(by_class.items()))
    groups = []
    for name in [name for name in left if is_civilian(name) or name == CIVILIANS]:
        accounts = left.pop(name)
        twin = next((other for other, theirs in left.items() if _best(theirs).best == _best(accounts).best
                     and _best(theirs).article_id != _best(accounts).article_id), None)
        groups.append([accounts, left.pop(twin)] if twin and not is_civilian(twin) and twin != CIVILIANS
                      else [accounts])
    return groups + [[accounts] for accounts in left.values()]


def _is_party(rows: Sequence[Claim], parties: Parties | None) -> bool:
    """Whether dead of this side belong to the event: not those of another armed group than the one that takes part."""
    sides = {root(claim.side) for claim in rows if claim.side}
    groups = {actor for actor in (parties.roots if parties else ()) if is_armed_group(actor)}
    if not groups or UNNAMED_GROUP in groups | sides or sides & groups:
        return True
    return not all(is_armed_group(side) for side in sides)


def _class(claim: Claim) -> str:
    return side_class(claim.side or "")


def _by_class(rows: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Claims with a side by its class; civilians of no told country go with the only country that is told."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in _told_once(rows):
        if claim.side:
            found[_class(claim)].append(claim)
    known = [name for name in found if is_civilian(name) and name != CIVILIANS]
    if CIVILIANS in found and len(known) == 1:
        found[known[0]] += found.pop(CIVILIANS)
    return dict(sorted(found.items()))


def _told_once(rows: Sequence[Claim]) -> list[Claim]:
    """Claims without those that repeat, under another name for civilians, a figure of their own article."""
    kept: dict[tuple[object, ...], Claim] = {}
    others = []
    for claim in sorted(rows, key=lambda c: (c.side or "", c.claim_id)):
        if claim.side and is_civilian(claim.side) and claim.floor > 1:
            kept.setdefault((claim.article_id, claim.measure, claim.low, claim.high), claim)
        else:
            others.append(claim)
    return [*kept.values(), *others]


def _accounts(rows: Sequence[Claim], parties: Parties | None) -> list[Account]:
    """The account of each article, from its claims about one side or about the total."""
    by_article: dict[str, list[Claim]] = defaultdict(list)
    for claim in rows:
        by_article[claim.article_id].append(claim)
    return [_account(own, parties) for _, own in sorted(by_article.items())]


def _account(claims: Sequence[Claim], parties: Parties | None) -> Account:
    by_side: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_side[claim.side or ""].append(claim)
    told = {side: (min(c.floor for c in rows), min(rows, key=lambda c: (reliability(c, parties), -c.floor, c.claim_id)),
                   max(c.ceiling for c in rows)) for side, rows in sorted(by_side.items())}
    wholes = [side for side in told if side == UNNAMED_GROUP or any(other.startswith(f"{side}.") for other in told)]
    parts = [side for side in told if side not in wholes] or wholes
    whole = max(wholes, key=lambda side: told[side][1].floor, default=None)
    if whole is not None and told[whole][1].floor >= sum(told[side][1].floor for side in parts):
        parts = [whole]
    low, high = sum(told[side][0] for side in parts), sum(told[side][2] for side in parts)
    chosen = [told[side][1] for side in parts]
    best = sum(claim.floor for claim in chosen)
    high = max(high, *(told[side][2] for side in wholes), best) if wholes else max(high, best)
    return Account(min(low, best), best, high, max(reliability(claim, parties) for claim in chosen),
                   any(claim.high is None for claim in chosen), claims[0].published, claims[0].main,
                   claims[0].article_id, chosen[0] if len(chosen) == 1 else None)


def _best(accounts: Sequence[Account]) -> Account:
    """The latest reliable account; where it is a mere lower bound, the latest exact one that it allows."""
    ordered = sorted(accounts, key=lambda a: (a.main, a.rank < ENEMY, a.published, -a.rank, a.best, a.article_id),
                     reverse=True)
    first = ordered[0]
    if not first.is_bound:
        return first
    return next((other for other in ordered if not other.is_bound and other.main == first.main
                 and other.rank <= first.rank and other.best >= first.best), first)


def _side_toll(accounts: Sequence[Account]) -> Toll:
    chosen = _best(accounts)
    low = min((other.low for other in accounts if other.main == chosen.main and other.published >= chosen.published
               and (not other.is_bound or other.best > chosen.best)), default=chosen.low)
    return Toll(min(low, chosen.low), chosen.best, max(account.high for account in accounts))


def _label(rows: Sequence[Claim], best: Account) -> str:
    """The identifier that stands for a class of sides: the one that best rests on, else the one told most often."""
    if best.basis and best.basis.side:
        return best.basis.side
    sides = sorted(claim.side for claim in rows if claim.side)
    common = {side.rsplit(".", 1)[0] for side in sides}
    return common.pop() if len(common) == 1 and len(set(sides)) > 1 else max(sides, key=lambda s: (sides.count(s), s))
