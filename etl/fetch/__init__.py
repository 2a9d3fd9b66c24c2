"""Fetching from addresses that nobody vouches for: public hosts only, within limits of time and size."""

from __future__ import annotations

from etl.fetch.client import Answer, Fetcher, Limits
from etl.fetch.refusal import Refused

__all__ = ["Answer", "Fetcher", "Limits", "Refused"]
