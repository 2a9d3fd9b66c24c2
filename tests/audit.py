"""Known weaknesses of the requirements, as far as an index answers: ``python -m tests.audit``.

Asks pip-audit about every pinned requirement. Ends with 1 where it knows of a weakness; what nobody could be asked
about is told and ends nothing, so that a machine without a way out can run it (``make audit`` is strict).
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

ASK = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-r", "requirements.txt", "--format",
       "json", "--progress-spinner", "off", "--desc", "off", "--timeout", "5")
WAITED = 120  # seconds for all of it


def judged(told: dict[str, Any]) -> tuple[list[str], int, int]:
    """Weaknesses as ``name version: identifiers``, requirements that were looked up, and those that were not."""
    weak, known, unknown = [], 0, 0
    for one in told.get("dependencies", []):
        if "skip_reason" in one:
            unknown += 1
            continue
        known += 1
        if one.get("vulns"):
            weak.append(f"{one['name']} {one['version']}: {', '.join(each['id'] for each in one['vulns'])}")
    return weak, known, unknown


def main() -> int:
    """The command; see the module."""
    try:
        asked = subprocess.run(ASK, capture_output=True, text=True, check=False, timeout=WAITED)
    except subprocess.TimeoutExpired:
        print("The requirements were not audited: the index did not answer in time.")
        return 0
    try:
        weak, known, unknown = judged(json.loads(asked.stdout))
    except ValueError:
        print(f"The requirements were not audited: {(asked.stderr.strip().splitlines() or ['no answer'])[-1][:200]}")
        return 0
    print(f"Requirements audited: {known}; not known to the index that answered: {unknown}; weak: {len(weak)}.")
    print("\n".join(weak))
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
