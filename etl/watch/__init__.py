"""Watching news feeds: a dataset of articles that is kept up to date, politely and without losing anything."""

from __future__ import annotations

from etl.watch.manners import agent
from etl.watch.watching import Watch, watch

__all__ = ["Watch", "agent", "watch"]
