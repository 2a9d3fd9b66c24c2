"""Colours: enough contrast in both themes, told apart without full colour vision, and never the only sign."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from dashboard.palette import THEMES, Theme, actor_kinds, event_groups, sign, signs
from etl.names import type_labels
from etl.reference import ReferenceFault

CONFIG = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
TEXT, GRAPHICS = 4.5, 3.0  # WCAG 2.1, 1.4.3 and 1.4.11, level AA
VISION = {  # severity 1.0: Machado, Oliveira and Fernandes 2009; full colour vision changes nothing
    "full": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                  [0.0883024619, 0.2817188376, 0.6299787005]])
OPPONENT = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.8086757660]])


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, vision: str) -> np.ndarray:
    """Lightness and two opponent colours in which equal distances look equal (Oklab, Ottosson 2020)."""
    return OPPONENT @ np.cbrt(np.clip(CONES @ (np.array(VISION[vision]) @ linear(colour)), 0, None))


def grounds(theme: str) -> dict[str, str]:
    """What text and fields stand on."""
    look = CONFIG["theme"][theme]
    return {"page": look["backgroundColor"], "field": look["secondaryBackgroundColor"],
            "sidebar": look["sidebar"]["backgroundColor"], "field of the sidebar":
            look["sidebar"]["secondaryBackgroundColor"], "head of a table": look["dataframeHeaderBackgroundColor"]}


@pytest.mark.parametrize("theme", THEMES)
def test_text_links_and_fields_can_be_seen(theme: Theme) -> None:
    look = CONFIG["theme"][theme]
    for where, ground in grounds(theme).items():
        for name in ("textColor", "linkColor", "primaryColor", "codeTextColor"):
            assert contrast(look[name], ground) >= TEXT, f"{name} on {where}"
        assert contrast(look["borderColor"], ground) >= GRAPHICS, f"the edge of a field on {where}"


@pytest.mark.parametrize("theme", THEMES)
def test_signs_stand_out_from_the_page(theme: Theme) -> None:
    ground = grounds(theme)["page"]
    for scope in ("event_type", "event_group", "actor_kind"):
        for look in signs(scope, theme).values():
            assert contrast(look.colour, ground) >= GRAPHICS, f"{scope} {look.key} on {theme}"
    for name in ("fatalities", "matrix_negative", "matrix_high", "edge"):
        assert contrast(sign("chart", name, theme).colour, ground) >= GRAPHICS, name


@pytest.mark.parametrize("theme", THEMES)
def test_the_map_can_be_read(theme: Theme) -> None:
    """The lines of districts are the one exception: a faint help, beside names that say the same."""
    look = signs("map", theme)
    for ground in ("land", "land_neighbour"):
        for name in ("label", "province_label", "area_label"):
            assert contrast(look[name].colour, look[ground].colour) >= TEXT, f"{name} on {ground}"
        for name in ("durand_line", "country_line", "province_line", "area", "crossing"):
            assert contrast(look[name].colour, look[ground].colour) >= GRAPHICS, f"{name} on {ground}"
    for mark in (*signs("event_type", theme).values(), *signs("event_group", theme).values()):
        assert contrast(mark.colour, look["land"].colour) >= GRAPHICS, f"{mark.key} on land"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_stacked_colours_differ_for_every_reader(theme: Theme, vision: str) -> None:
    stacks = [list(signs("event_group", theme).values()),
              [*(signs("event_type", theme)[key] for key, group in event_groups().items() if group == "violence"),
               signs("event_group", theme)["people"], signs("event_group", theme)["statement"]]]
    for stack in stacks:
        for one, other in itertools.combinations(stack, 2):
            gap = float(np.linalg.norm(seen(one.colour, vision) - seen(other.colour, vision)))
            assert gap > 0.06, f"{one.key} and {other.key} look alike ({gap:.3f})"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_open_and_closed_and_the_ends_of_a_scale_differ_for_every_reader(theme: Theme, vision: str) -> None:
    pairs = [(sign("event_type", "border_closure", theme), sign("event_type", "border_reopening", theme)),
             (sign("chart", "matrix_negative", theme), sign("chart", "matrix_high", theme))]
    for one, other in pairs:
        gap = float(np.linalg.norm(seen(one.colour, vision) - seen(other.colour, vision)))
        assert gap > 0.1, f"{one.key} and {other.key} look alike ({gap:.3f})"


@pytest.mark.parametrize("scopes", [("event_type", "event_group"), ("actor_kind",)])
def test_colour_is_never_the_only_sign(scopes: tuple[str, ...]) -> None:
    looks = [look for scope in scopes for look in signs(scope).values()]
    assert len({look.code for look in looks}) == len(looks)
    for group in set(event_groups().values()):
        symbols = [look.symbol for look in looks if event_groups().get(look.key) == group]
        assert len(set(symbols)) == len(symbols)


def test_the_palette_knows_every_type_group_and_kind() -> None:
    assert list(signs("event_type")) == list(type_labels())
    assert set(signs("event_group")) == set(event_groups().values())
    assert set(signs("actor_kind")) == set(actor_kinds().values())
    with pytest.raises(ReferenceFault, match=r"palette\.csv"):
        signs("no such scope")


def test_what_the_palette_lacks_is_seen_under_its_own_name() -> None:
    unknown = sign("event_type", "cyber_attack")
    assert (unknown.label, unknown.code) == ("Cyber attack", "CY")
