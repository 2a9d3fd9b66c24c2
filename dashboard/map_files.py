"""What every map shares, at addresses of its own: boundaries and signs, which the browser asks for once and keeps.

So a step through time, or another filter, sends what changed alone. Each address carries a word made from the content:
what is kept is never out of date.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import geometry, map_symbols
from dashboard.charts import rows_of
from dashboard.geometry import HOME, polygons_of
from dashboard.palette import THEMES

PLACE = "/mapfiles/"
KEPT = "public, max-age=31536000, immutable"
LINES = ("district_lines", "province_lines", "country_lines", "durand_line")
LANDS = ("land", "land_neighbour")


@dataclass(frozen=True)
class File:
    """One file: its bytes as they are and compressed, its media type, and the word that stands for its content."""

    body: bytes
    packed: bytes
    media: str
    word: str


@cache
def files() -> dict[str, File]:
    """The files by name: ``land.json`` and its like (records of deck.gl's layers), ``signs-light.png``."""
    shapes = geometry.boundaries()
    found: dict[str, tuple[bytes, str]] = {}
    for name in LANDS:
        records = [{"polygon": polygon} for row in rows_of(shapes.countries)
                   if (row.country in HOME) == (name == "land") for polygon in polygons_of(row.geometry)]
        found[f"{name}.json"] = (_json(records), "application/json")
    for name in LINES:
        found[f"{name}.json"] = (_json([{"path": line} for line in getattr(shapes, name)]), "application/json")
    for theme in THEMES:
        found[f"signs-{theme}.png"] = (map_symbols.atlas(theme)[0], "image/png")
    return {name: File(body, gzip.compress(body, 6, mtime=0), media, hashlib.sha256(body).hexdigest()[:16])
            for name, (body, media) in found.items()}


def _json(records: list) -> bytes:
    return json.dumps(records, separators=(",", ":")).encode()


def address(name: str) -> str:
    """The address of a file on this server, for the browser."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}{PLACE}{name}?v={files()[name].word}"


async def answer(request: Request) -> Response:
    """The file that is asked for, kept for good where the address names its content."""
    file = files().get(request.path_params["name"])
    if file is None:
        return Response("There is no such file of the map.\n", 404, media_type="text/plain")
    headers = {"ETag": f'"{file.word}"', "Vary": "Accept-Encoding",
               "Cache-Control": KEPT if request.query_params.get("v") == file.word else "no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", "") and file.media == "application/json":
        return Response(file.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.media)
    return Response(file.body, headers=headers, media_type=file.media)


def routes(base: str = "") -> list[Route]:
    """The route of these files, below the path `base`."""
    place = f"/{base.strip('/')}".rstrip("/")
    return [Route(f"{place}{PLACE}{{name}}", answer, methods=["GET"])]
