"""What `etl evaluate` and `etl train` print: accuracy on labelled articles, floors, faults, reliability."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl.codebook import event_row
from etl.evaluate import Fault, Score, evaluate, fingerprint, read_labels, reliability
from etl.faults import InputFault
from etl.measure import Event
from etl.progress import Progress
from etl.read.record import check
from etl.reference import DATA

GOLD = DATA / "gold" / "digests.jsonl"
FLOORS = DATA / "gold" / "floors.json"
ACCURACY = DATA / "gold" / "accuracy.json"
FLOORED = ("found_f1", "row_right_f1", "quiet_kept_empty", "who_says")


def code_label(label: dict[str, Any]) -> list[Event]:
    """Code one labelled article as the product would, events in the codebook's fields with their confidence."""
    from etl.coding import code_article

    article = check(label).article
    if article is None:
        raise InputFault(f"labelled article {label.get('id')!r}: {check(label).problem}")
    return [event_row(event, article) | {"confidence": event.confidence} for event in code_article(article).events]


def scores_of(path: Path, progress: Progress) -> dict[str, Score]:
    """Scores of the coder on a labelled file: all of it, the part that rules were tuned on, the part kept aside."""
    try:
        labels = read_labels(path)
    except (OSError, ValueError, KeyError) as error:
        raise InputFault(f"{path}: {error}; give a JSON Lines file of labelled articles") from None
    known = {label["id"]: label for label in labels}
    coded = {
        name: code_label(label) for name, label in progress.track(known.items(), len(known), "code", "article")
    }
    return evaluate(list(known.values()), lambda label: coded[label["id"]])


def table(scores: dict[str, Score]) -> str:
    """The scores as text, one line a measure, one column a part."""
    names = list(scores)
    lines = [f"{'':28}" + "".join(f"{name:>26}" for name in names)]

    def line(title: str, cell) -> None:
        lines.append(f"{title:28}" + "".join(f"{cell(scores[name]):>26}" for name in names))

    line("articles", lambda s: f"{s.articles}")
    line("main events: labelled, coded", lambda s: f"{s.labelled}, {s.coded}")
    line("found F1 (90 % interval)", lambda s: f"{s.found[2]:.3f} ({s.found[3]:.3f}–{s.found[4]:.3f})")
    line("row right F1 (90 %)", lambda s: f"{s.right[2]:.3f} ({s.right[3]:.3f}–{s.right[4]:.3f})")
    line("quiet articles kept empty", lambda s: "–" if s.quiet is None else f"{s.quiet:.3f}")
    for field in next(iter(scores.values())).fields:
        line(f"  {field} right", lambda s, field=field: f"{s.fields.get(field, float('nan')):.3f}")
    return "\n".join(lines)


def reliability_table(score: Score, title: str) -> str:
    """Stated confidence of main rows against the share of them that is right, in bins and on the whole."""
    lines = [f"confidence of main rows, {title}", "confidence     rows   stated   right"]
    for row in [*reliability(score.rows), *reliability(score.rows, (0, 1.01))]:
        lines.append(
            f"{row['from']:.1f} to {row['to']:.1f}  {row['rows']:>6}   {row['mean_confidence']:.2f}     "
            f"{row['share_right']:.2f}"
        )
    return "\n".join(lines)


def fault_text(fault: Fault) -> str:
    """One fault with both rows, empty cells left out."""

    def show(event: Event | None) -> str:
        kept = {k: v for k, v in (event or {}).items() if v not in (None, [], "") and not k.startswith("_")}
        return json.dumps(kept, ensure_ascii=False) if event else "–"

    return f"{fault.article_id}: {fault.what}\n  labelled {show(fault.label)}\n  coded    {show(fault.coded)}"


def summary_of(scores: dict[str, Score], path: Path) -> dict[str, Any]:
    """The figures that the dashboard shows and the floors are held against, with the hash of the labels."""
    parts = {name: score.summary() for name, score in scores.items()}
    return {
        "gold": path.name,
        "sha256": fingerprint(path),
        "parts": parts,
        "reliability_tuned": reliability(scores["tuned"].rows),
        "reliability_aside": reliability(scores["aside"].rows),
    }


def figure(summary: dict[str, Any], name: str) -> float:
    """One floored figure of a part's summary."""
    value = summary["fields"]["who says"] if name == "who_says" else summary[name]
    return float(value)


def undercut(measured: dict[str, Any], floors: dict[str, Any]) -> list[str]:
    """The floors that the measured figures undercut, each in a sentence; other labels than the floors' own are one."""
    if measured["sha256"] != floors["sha256"]:
        return [
            f"the labels of {measured['gold']} are not those that the floors were written for "
            f"({measured['sha256'][:12]} and {floors['sha256'][:12]}); measure again and write new floors"
        ]
    found = []
    for part, wanted in floors["parts"].items():
        for name, floor in wanted.items():
            value = figure(measured["parts"][part], name)
            if value < floor:
                found.append(f"{name} on {part} is {value:.3f}, below its floor of {floor:.3f}")
    return found


def raise_floors(measured: dict[str, Any], floors: dict[str, Any] | None, slack: float = 0.01) -> dict[str, Any]:
    """Floors a little below what was measured, never below the old ones."""
    made: dict[str, Any] = {"gold": measured["gold"], "sha256": measured["sha256"], "parts": {}}
    for part in ("all", "aside"):
        old = (
            (floors or {}).get("parts", {}).get(part, {}) if (floors or {}).get("sha256") == measured["sha256"] else {}
        )
        made["parts"][part] = {
            name: max(old.get(name, 0.0), round(figure(measured["parts"][part], name) - slack, 3)) for name in FLOORED
        }
    return made


def gate(measured: dict[str, Any], *, write: bool, shipped: bool) -> str:
    """The last line of an evaluation: whether the floors hold; with `write`, the shipped figures are stored.

    Raises `InputFault` where a floor is undercut, so that the command ends with an error.
    """
    if not shipped:
        return "no floors are written for these labels"
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else None
    if write:
        ACCURACY.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        FLOORS.write_text(json.dumps(raise_floors(measured, floors), indent=1) + "\n", encoding="utf-8")
        return f"wrote {ACCURACY.name} and {FLOORS.name}"
    faults = undercut(measured, floors) if floors else []
    if faults:
        raise InputFault("; ".join(faults))
    return "every floor of data/gold/floors.json holds" if floors else "no floors are written yet"
