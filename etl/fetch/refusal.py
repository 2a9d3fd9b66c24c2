"""Why something was not fetched: the address, the reason, the cure."""

from __future__ import annotations

from etl.faults import Fault

SHOWN = 200  # characters of an address that are told


class Refused(Fault):
    """An address that is not fetched, or whose answer is not taken.

    `lasting` says that trying again will not help; `after` is how many seconds the site asks to wait, 0 where it does
    not. The message names address, reason and cure.
    """

    def __init__(self, address: str, reason: str, cure: str, *, lasting: bool = False, after: float = 0) -> None:
        super().__init__(f"{shown(address)}: {reason}; {cure}")
        self.address, self.reason, self.cure, self.lasting, self.after = address, reason, cure, lasting, after


def shown(address: str) -> str:
    """An address as one line that can be logged: cut, without control characters or a password."""
    scheme, mark, rest = address.partition("//")
    authority, slash, path = rest.partition("/")
    if mark and "@" in authority:
        address = f"{scheme}//…@{authority.rpartition('@')[2]}{slash}{path}"
    plain = "".join(c if c.isprintable() else "?" for c in address[:SHOWN])
    return plain + "…" if len(address) > SHOWN else plain
