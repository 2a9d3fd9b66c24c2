"""Makes hostile inputs out of sound ones: mutations of bytes, of words and of tables, the same for the same seed."""

from __future__ import annotations

import random

TOKENS = (
    b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x1a",
    b"\x1b[2J",
    b"\r", b"\n\n\n", b'"', b"\\u0000", b"\\ud800", b"\\", b"{",
    b"[",
    b"}",
    b"]",
    b"<", b">", b"&", b"&amp;lt;", b"&#x0;", b"&#1114112;", b"<!--", b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<script>", b"</",
    b"<!DOCTYPE x [",
    b"<?xml", b"1e999", b"-1", b"99999999999999999999", b"0", b",", b"..", b"/../", b"%00", b"NaN", b"null",
    b"Content-Length: 99\r\n",
)
SIGNS = (
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200d", "\u200e", "\ufeff", "\u00ad", "\u2028", "\u2029",
    "\x85", "\u0301" * 40, "\ud800", "\udfff", "\U0010ffff", "\U0001f468\u200d\U0001f469", "ﷺ", "ﬁ", "İ", "ß", "٣",
    "²", "½", "Ⅷ", "１２", "طورخم", "\x07", "\x1b", "\v", "\f", "\t", "\u3000", "\u00a0", "“", "”", "’", "«", "—", "…",
    "<b>", "&lt;", "**", "$x$",
    "](javascript:a)",
)
NUMBERS = (
    "0", "-0", "00", "999999999999999999999999", "1,2,3,4", "1e308", "9" * 400, "1.5", "3/4", "12-", "-7", "10-5",
    "5,00,000", "two hundred and", "dozens of hundreds of", "a dozen or so", "no", "half a million", "31 February",
    "0 October", "October 99", "99/99/9999", "2025-02-30", "1 January 0000", "October 12, 99999",
)
VALUES = (
    None, True, 0, -1, 1e300, 10**400, 1.5, "", " ", "\0", "\u202e", "\ud800", [], {}, [[]], {"a": {"b": 1}},
    "x" * 3000, "2025-13-01", "2025-10-19T99", "0001-01-01", "9999-12-31", "2025-10-19 ",
    "https://[::1",
    "javascript:alert(1)", "https://news.example:99999999/", "//", "http://\u202e/", "\n", "../../etc/passwd",
    "=cmd|' /C calc'!A0",
)


def of_bytes(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, repeated, moved or put in."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at, size = rng.randrange(len(made) + 1), rng.choice((1, 2, 8, 64, 512))
        match rng.randrange(7):
            case 0:
                made[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del made[at : at + size]
            case 2:
                made[at:at] = rng.choice(TOKENS)
            case 3:
                made[at:at] = made[at : at + size] * rng.choice((1, 3, 50))
            case 4:
                other = rng.randrange(len(made) + 1)
                made[at:at] = made[other : other + size]
            case 5:
                made[at : at + len(token)] = (token := rng.choice(TOKENS))
            case _:
                if rng.randrange(4) == 0:
                    del made[at:]
                else:
                    made[at:at] = rng.choice(TOKENS) * rng.choice((2, 30, 300))
    return bytes(made)


def of_words(text: str, rng: random.Random) -> str:
    """Words, signs and numbers changed: still a text that could be an article's."""
    for _ in range(rng.choice((1, 2, 3, 6))):
        words = text.split(" ")
        at = rng.randrange(len(words))
        match rng.randrange(13):
            case 0:
                words[at] = (
                    rng.choice(SIGNS).join(words[at]) if rng.randrange(3) else rng.choice(SIGNS) * rng.choice((1, 99))
                )
            case 1:
                words.insert(at, rng.choice(NUMBERS))
            case 2:
                words = [rng.choice(NUMBERS) if any(c.isdigit() for c in word) else word for word in words]
            case 3:
                words[at:at] = words[at : at + rng.choice((1, 3, 12))] * rng.choice((2, 5, 40))
            case 4:
                rng.shuffle(words)
            case 5:
                del words[at : at + rng.choice((1, 4, 30))]
            case 6:
                words = [rng.choice((str.upper, str.lower, str.title, str.swapcase))(word) for word in words]
            case 7:
                words = [rng.choice(SIGNS).join(words)] if rng.randrange(3) == 0 else words[at:] + words[:at]
            case 8:
                words.insert(
                    at,
                    rng.choice(("(", ")", '"', "'s", ",", ";", ":", "-", ".", "\n", "\n\n", "and", "or", "%"))
                    * rng.choice((1, 2, 200)),
                )
            case 9:
                words.insert(at, ", ".join([rng.choice(words)] * rng.choice((5, 60))))
            case 10:
                words[at] = words[at] * rng.choice((2, 500))
            case 11:
                words = [word for word in words if rng.randrange(4)]
            case _:
                words = [c for word in words for c in (word, rng.choice(("", "", "", "\n")))]
        text = " ".join(words)[:12_000] or "."
    return text


def table(content: bytes, seed: str) -> bytes:
    """A reference table with faulty cells, lines or bytes."""
    rng = random.Random(f"table {seed}")
    if rng.randrange(3) == 0:
        return of_bytes(content, rng)
    made = content.decode().split("\n")
    for _ in range(rng.choice((1, 2, 5))):
        at = rng.randrange(len(made))
        cells = made[at].split(",")
        which = rng.randrange(len(cells))
        match rng.randrange(5):
            case 0:
                cells[which] = rng.choice(
                    [
                        "", " ",
                        "(",
                        "[a-",
                        "(a+)+$", "*", "\\", '"', "nan", "1e999", "-1", "9" * 30, "x" * 200_000, "\0", "\u202e", "٣",
                        "2025-02-30", *SIGNS[:8],
                    ]
                )
            case 1:
                cells.insert(which, "x")
            case 2:
                del cells[which]
            case 3:
                cells = made[rng.randrange(len(made))].split(",")
            case _:
                rng.shuffle(cells)
        made[at] = ",".join(cells)
    return "\n".join(made).encode("utf-8", "surrogatepass")
