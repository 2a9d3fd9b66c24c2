"""Coded articles as JSON and back, exactly: dates, tuples and the dataclasses of `etl.article` keep their types."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, is_dataclass, replace
from typing import Any

from etl.article import Article, Casualty, CodedArticle, CodedEvent, Mention

_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Casualty, CodedArticle, CodedEvent, Mention)}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS.values()}
_NOBODY = Article("", dt.date.min, "", "")  # stands for the article, which is not written


def encode(coded: CodedArticle) -> bytes:
    """The coded article without its article; raises TypeError for a value that would not come back as it was."""
    data = json.dumps(_plain(replace(coded, article=_NOBODY)), separators=(",", ":")).encode()
    if decode(data, coded.article) != coded:
        raise TypeError("a coded article holds a value that JSON cannot keep")
    return data


def decode(data: bytes, article: Article) -> CodedArticle:
    """The coded article as it was; raises ValueError, TypeError or KeyError where `data` is damaged."""
    return replace(_restored(json.loads(data)), article=article)


def _plain(value: Any) -> Any:
    """JSON: whatever is no number, text or truth value becomes a list that begins with its kind."""
    if isinstance(value, Article):
        return ["article"]
    if is_dataclass(value):
        kind = type(value)
        return [kind.__name__, *(_plain(getattr(value, name)) for name in _FIELDS[kind])]
    if isinstance(value, tuple | list):
        return ["tuple" if isinstance(value, tuple) else "list", *map(_plain, value)]
    if isinstance(value, dict):
        return ["dict", *(part for pair in value.items() for part in map(_plain, pair))]
    return ["date", value.isoformat()] if isinstance(value, dt.date) else value


def _restored(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "date":
        return dt.date.fromisoformat(rest[0])
    parts = [_restored(part) if isinstance(part, list) else part for part in rest]
    if kind == "tuple":
        return tuple(parts)
    if kind == "list":
        return parts
    if kind == "dict":
        return dict(zip(parts[::2], parts[1::2], strict=True))
    return _NOBODY if kind == "article" else _KINDS[kind](*parts)
