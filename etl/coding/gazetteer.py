"""The gazetteer in memory: every spelling of a place → the entries that it may mean."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from etl.reference import ReferenceFault, read_table

LEVELS = {"country": "country", "province": "province", "district": "district"}
LONGEST = 6  # words of the longest place name that is looked for
_FOLDS = (("aa", "a"), ("ee", "i"), ("oo", "u"), ("ou", "u"), ("ai", "e"), ("ay", "e"), ("ey", "e"), ("ei", "e"),
          ("ie", "e"), ("q", "k"), ("gh", "g"), ("kh", "k"), ("w", "v"), ("ph", "f"), ("y", "e"), ("i", "e"),
          ("o", "u"))


@dataclass(frozen=True)
class Entry:
    """One place that a spelling may mean; `level` is country, province, district or place (town, pass, village …)."""

    place_id: str | None
    name: str
    kind: str
    level: str
    district: str | None
    province: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    km_to_border: float | None
    population: int
    preferred: bool = False

    def __hash__(self) -> int:
        return hash((self.place_id, self.name, self.level, self.district))  # quicker than one of all that is compared


@dataclass(frozen=True)
class Gazetteer:
    """Look-up tables over all entries.

    `names`: spelling (see `key`) → entries. `skeletons`: rough sound (see `skeleton`) → spellings.
    `demonyms`: "afghan" → ISO 3166 alpha-2. `capitals`: spellings that may stand for a government. `borders`: spellings
    of the border itself, `border_openings` their first words. `changes`: district → (date, its parent until then).
    """

    names: dict[str, tuple[Entry, ...]]
    skeletons: dict[str, tuple[str, ...]]
    demonyms: dict[str, str]
    capitals: frozenset[str]
    borders: frozenset[str]
    border_openings: frozenset[str]
    changes: dict[str, tuple[dt.date, str]]


@lru_cache(maxsize=200_000)
def key(name: str) -> str:
    """A name without case, accents, blanks and punctuation: "Dand-e-Patan" → "dandepatan"; "" for other scripts."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "", name.lower())


@lru_cache(maxsize=200_000)
def skeleton(folded: str) -> str:
    """Rough sound of a `key`: vowels and consonants that transliterations of Pashto and Urdu mix up take one form."""
    for old, new in _FOLDS:
        folded = folded.replace(old, new)
    folded = re.sub(r"(.)\1+", r"\1", folded)
    return re.sub(r"(?<=.)h(?=$)|(?<=[bcdgjkpt])h", "", folded)


def unaccented(name: str) -> str:
    """A gazetteer's spelling without macrons and dots: "Spīn Bōldak" → "Spin Boldak"."""
    plain = unicodedata.normalize("NFKD", name.replace("–", "-")).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", plain.replace("`", "'").strip()) or name


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer with our aliases, read once.

    Raises `ReferenceFault` where an alias points to a place_id that the gazetteer does not have.
    """
    entries = _entries()
    names: dict[str, list[Entry]] = defaultdict(list)
    for row in read_table("gazetteer").rows:
        entry = entries[row["place_id"]]
        for spelling in dict.fromkeys((key(row["name"]), *map(key, row["variants"].split("|")))):
            if len(spelling) > 2:
                names[spelling].append(entry)
    demonyms, capitals, borders = _apply_aliases(names, entries)
    skeletons: dict[str, set[str]] = defaultdict(set)
    for spelling, meanings in names.items():
        if len(spelling) > 4 and any(entry.kind != "village" for entry in meanings):
            skeletons[skeleton(spelling)].add(spelling)
    openings = frozenset(key(re.split("[ -]", row["alias"])[0]) for row in read_table("place_aliases").rows
                         if row["kind"] == "border")
    changes = {row["district"]: (dt.date.fromisoformat(row["since"]), row["before"])
               for row in read_table("district_changes").rows}
    return Gazetteer({k: tuple(v) for k, v in names.items()}, {k: tuple(sorted(v)) for k, v in skeletons.items()},
                     demonyms, frozenset(capitals), frozenset(borders), openings, changes)


def _entries() -> dict[str, Entry]:
    seats = {(key(row["name"]), row["province"]): row["name"] for row in read_table("gazetteer").rows
             if row["kind"] == "district"}
    crossings = {f"x:{row['crossing_id']}": row for row in read_table("crossings").rows}
    entries = {}
    for row in read_table("gazetteer").rows:
        district, province, country = row["district"], row["province"], row["country"]
        if row["kind"] in ("city", "town"):  # generalised edges put some towns a little outside the district they head
            district = seats.get((key(row["name"]), province), district)
        crossing = crossings.get(row["place_id"])
        if crossing and crossing["district_pk"]:  # the codebook counts crossings as places of Pakistan
            district, province, country = crossing["district_pk"], crossing["province_pk"], "PK"
        entries[row["place_id"]] = Entry(
            row["place_id"], unaccented(row["name"]), row["kind"], LEVELS.get(row["kind"], "place"), district or None,
            province or None, country or None, _number(row["lat"]), _number(row["lon"]), _number(row["km_to_durand"]),
            int(row["population"] or 0))
    return entries


def _apply_aliases(names: dict[str, list[Entry]], entries: dict[str, Entry]
                   ) -> tuple[dict[str, str], set[str], set[str]]:
    demonyms: dict[str, str] = {}
    capitals: set[str] = set()
    borders: set[str] = set()
    for row in read_table("place_aliases").rows:
        spelling = key(row["alias"])
        if row["kind"] == "demonym":
            demonyms[spelling] = row["country"]
        elif row["kind"] == "border":
            borders.add(spelling)
        else:
            if row["place_id"] and row["place_id"] not in entries:
                raise ReferenceFault(f"data/reference/place_aliases.csv line {row['_line']}: the gazetteer has no "
                                     f"place_id {row['place_id']!r}; take one from gazetteer.csv or leave it empty")
            entry = _alias_entry(row, entries.get(row["place_id"]))
            if row["use"] == "only":
                names[spelling] = []
            names[spelling].append(entry)
            if row["kind"] == "capital":
                capitals.add(spelling)
    return demonyms, capitals, borders


def _alias_entry(row: dict[str, str], entry: Entry | None) -> Entry:
    if entry is None:
        kind = row["kind"] or "village"
        return Entry(None, row["name"] or row["alias"], kind, LEVELS.get(kind, "place"), row["district"] or None,
                     row["province"] or None, row["country"] or None, None, None, None, 0, True)
    return replace(entry, name=row["name"] or entry.name, district=row["district"] or entry.district,
                   province=row["province"] or entry.province, country=row["country"] or entry.country, preferred=True)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
