"""How many pages are worked out at once.

One process runs Python on one processor at a time: a hundred pages at once would all be ready at the end of the last
one. So pages take turns in the order in which they were asked for. A page that was given up meanwhile (the reader went
on, or away) keeps its turn only until its first call of Streamlit, which ends it.
"""

from __future__ import annotations

import threading

AT_ONCE = 4  # so many that a slow query, during which others can work, keeps nobody waiting
TURNS = threading.BoundedSemaphore(AT_ONCE)
