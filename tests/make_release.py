"""Makes the release of the shipped digests from their labels: what the dashboard is developed and tested on.

``python -m tests.make_release [OUT]`` writes it into ``data/releases`` or into OUT.
"""

from __future__ import annotations

import sys
from pathlib import Path

from etl.pipeline import Outcome, run
from etl.progress import Progress
from etl.reference import DATA
from tests.labels import code_from_labels


def make_release(out: Path) -> Outcome:
    """The release of `data/articles`, coded from the labels, in `out`."""
    return run([DATA / "articles"], out, code=code_from_labels, progress=Progress(quiet=True))


if __name__ == "__main__":
    print(make_release(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "releases").summary())
