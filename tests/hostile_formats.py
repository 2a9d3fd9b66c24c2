"""Makes hostile inputs by what each format is built of: fields, elements, entries, lengths, packings.

Every case follows from its kind and a seed alone, so that a found one can be made again.
"""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Callable

from backports import zstd

from tests.hostile_mutations import VALUES, of_bytes, of_words
from tests.hostile_seeds import FACTS, HTML, PARAGRAPHS, SEEDS, TEXT, capture, text_file

Case = tuple[str, bytes]  # file name, bytes


def _article(rng: random.Random) -> dict[str, object]:
    """The fields of an article with something wrong about them."""
    fields: dict[str, object] = {**FACTS, "text": TEXT}
    for _ in range(rng.choice((1, 1, 2, 3))):
        name = rng.choice(list(fields) or ["text"])
        match rng.randrange(4):
            case 0:
                fields.pop(name, None)
            case 1:
                fields[rng.choice((name, name, "extra", "\ud800", ""))] = rng.choice(VALUES)
            case _:
                fields["text"] = of_words(TEXT, rng)
                fields["title"] = of_words(FACTS["title"], rng)[: rng.choice((200, 2000))]
    return fields


def nested(rng: random.Random, deepest: int) -> str:
    """JSON that nests deep, closed or not."""
    depth = rng.choice((50, 900, 5000, deepest))
    opened, closed = rng.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    return opened * depth + "1" + (closed * depth if rng.randrange(3) else "")


def json_lines(rng: random.Random) -> Case:
    """A line of JSON, or several."""
    made = []
    for _ in range(rng.choice((1, 2, 5))):
        line = json.dumps(_article(rng), ensure_ascii=rng.random() < 0.6)
        if rng.randrange(12) == 0:
            line = line[:-1] + ', "x": ' + nested(rng, 50_000) + "}"
        if rng.randrange(12) == 0:
            line = line[:-1] + ", " + line[1:]
        made.append(line)
    data = rng.choice(("\n", "\n", "\r\n", "\r", " ")).join(made).encode("utf-8", "surrogatepass")
    if rng.randrange(10) == 0:
        data = data.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-32", "cp1252", "cp1256", "utf-7")), "replace"
        )
    return "a.jsonl", data


def json_file(rng: random.Random) -> Case:
    """A file of JSON: an object, an array, anything."""
    value = rng.choice(
        (_article(rng), [_article(rng) for _ in range(3)], [rng.choice(VALUES), _article(rng)], rng.choice(VALUES))
    )
    text = nested(rng, 100_000) if rng.randrange(15) == 0 else json.dumps(value, ensure_ascii=rng.random() < 0.6)
    return "a.json", text.encode("utf-8", "surrogatepass")


def text(rng: random.Random) -> Case:
    """A text file."""
    facts = {
        name: of_words(value, rng)[:400] if rng.randrange(4) == 0 else value
        for name, value in FACTS.items()
        if rng.randrange(8)
    }
    return rng.choice(("2025-10-19-a.txt", "a.txt", "2025-99-99.txt")), text_file(facts, of_words(TEXT, rng))


def page(rng: random.Random) -> str:
    """A web page with something odd in its elements, head or description."""
    html = HTML
    for _ in range(rng.choice((1, 2, 3))):
        depth = rng.choice((3, 40, 300, 2000, 20_000))
        tag = rng.choice(
            (
                "div", "b", "a", "i", "p", "table><tr><td", "ul><li", "span", "svg", "form", "blockquote",
                "select><option", "template", "h1", "button", "math", "iframe", "noscript", "dl><dt", "font",
                "article", "section", "custom-x",
            )
        )
        close = "".join(f"</{name}>" for name in reversed(tag.replace("<", "").split(">")))
        match rng.randrange(9):
            case 0:
                html = html.replace("<article>", f"<{tag}>" * depth + "<article>", 1)
            case 1:
                html = html.replace("<p>", f"<{tag}>" * depth + "<p>", 1).replace("</p>", "</p>" + close * depth, 1)
            case 2:
                html = html.replace("</article>", f"<{tag}>x{close}" * depth + "</article>", 1)
            case 3:
                html = html.replace(
                    rng.choice(
                        (
                            "2025-10-19T08:00:00+05:00", FACTS["title"], "NewsArticle", "true", "The Daily Pass",
                            "https://news.example/1?utm_source=x",
                        )
                    ),
                    json.dumps(rng.choice(VALUES)).strip('"'),
                )
            case 4:
                html = html.replace(
                    '{"@context"',
                    rng.choice(('{"@graph": ', "[", "[[[", '{"@graph": [1, "a", null, {')) + '{"@context"',
                )
            case 5:
                html = html.replace(
                    "<article",
                    f"<article {'a=' * depth}" if rng.randrange(2) else "<article x='" + "y" * depth + "'", 1,
                )
            case 6:
                html = html.replace(
                    "<p>",
                    rng.choice(
                        (
                            "<!--" * depth,
                            "<![CDATA[" * depth,
                            "</p>" * depth, "&lt;" * depth, "<" * depth, "&" * depth, "<script>", "<style>",
                            "<plaintext>", "<textarea>", "<title>",
                        )
                    ),
                    1,
                )
            case 7:
                html = html.replace(
                    "charset=utf-8", f"charset={rng.choice(('utf-16', 'utf-7', 'x-none', '', 'cp1252', 'iso-2022-jp'))}"
                )
            case _:
                html = html.replace(TEXT.split("\n")[rng.randrange(5)], of_words(PARAGRAPHS[0], rng))
    return html


def web_page(rng: random.Random) -> Case:
    """A saved page."""
    return rng.choice(SEEDS["html"])[0], page(rng).encode("utf-8", "surrogatepass")


def feed(rng: random.Random) -> Case:
    """A feed with odd entries, entities or nesting."""
    name, data = rng.choice(SEEDS["feed"])
    xml, depth = data.decode(), rng.choice((3, 300, 3000, 30_000))
    for _ in range(rng.choice((1, 2))):
        match rng.randrange(7):
            case 0:
                lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(9))
                xml = xml.replace("?>", f"?><!DOCTYPE x [{lol}]>", 1).replace("The Daily Pass", "&l8;")
            case 1:
                xml = xml.replace("?>", '?><!DOCTYPE x [<!entity % a SYSTEM "file:///etc/passwd">%a;]>', 1)
            case 2:
                xml = xml.replace(
                    "<title>",
                    rng.choice(("<a>", "<title>", "<item>", "<entry>", "<content>", "<x:y>")) * depth + "<title>", 1,
                )
            case 3:
                xml = xml.replace("2025", rng.choice(("0000", "99999", "-1", "٢٠٢٥", "")))
            case 4:
                xml = xml.replace("https://news.example/1", rng.choice([str(value) for value in VALUES]))
            case 5:
                xml = xml.replace(
                    "UTF-8",
                    rng.choice(
                        ("UTF-16", "utf-7", "x-none", "cp1252", "idna", "rot13", "zlib_codec", "unicode_escape")
                    ),
                )
            case _:
                xml = xml.replace(PARAGRAPHS[0], of_words(PARAGRAPHS[0], rng)).replace(
                    "<p>", rng.choice(("<", "<b>", "&lt;")) * depth
                )
    return name, xml.encode("utf-8", "surrogatepass")


def warc(rng: random.Random) -> Case:
    """An archive with wrong lengths, odd headers and packed answers that are none."""
    body, made = page(rng).encode("utf-8", "surrogatepass")[:400_000], b""
    for _ in range(rng.choice((1, 2))):
        http, length = "", None
        match rng.randrange(7):
            case 0:
                length = rng.choice((0, 1, -1, 99, 10**6, 10**9, 2**31, 2**63, 2**64, 10**30))
            case 1:
                body = gzip.compress(body, mtime=0)
                http = f"Content-Encoding: {rng.choice(('gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'x'))}\r\n"
            case 2:
                http = "Transfer-Encoding: chunked\r\n"
                body = (
                    rng.choice((b"", b"5\r\nab", b"ffffffffffffffffff\r\n", b"-1\r\n", b"zz\r\n", b"10;a=b\r\n")) + body
                )
            case 3:
                http = "".join(f"X-{i}: {'y' * rng.choice((1, 9000))}\r\n" for i in range(rng.choice((5, 400))))
            case 4:
                kinds = ("text/html; charset=" + "x" * 500, "image/png", "", "text/html;;;;", "a/b/c")
                http = f"Content-Type: {rng.choice(kinds)}\r\n"
            case 5:
                http = f"Content-Length: {rng.choice((0, -1, 10**20, 'x'))}\r\n"
            case _:
                pass
        made += capture(body, http, length)
    if rng.randrange(3) == 0:
        made = of_bytes(made[:1500], rng) + made[1500:]
    return ("a.warc.gz", gzip.compress(made, 1, mtime=0)) if rng.randrange(4) == 0 else ("a.warc", made)


def packed(rng: random.Random) -> Case:
    """Packed lines: damaged, cut, of another packing than the name says, joined."""
    inner = json_lines(rng)[1]
    data = rng.choice((gzip.compress(inner, 1, mtime=0), zstd.compress(inner)))
    match rng.randrange(5):
        case 0:
            data = of_bytes(data, rng)
        case 1:
            data = data[: rng.randrange(len(data))]
        case 2:
            data += rng.choice((b"\0" * 100, data, zstd.compress(inner), b"junk", gzip.compress(inner)))
        case 3:
            data = gzip.compress(data)
        case _:
            pass
    return rng.choice(("a.jsonl.gz", "a.jsonl.zst", "a.jsonl")), data


def huge(rng: random.Random) -> Case:
    """What is large, or unpacks into something large."""
    size = rng.choice((33_000_000, 50_000_000))
    match rng.randrange(8):
        case 0:
            return "a.jsonl", b'{"id": "' + b"x" * size
        case 1:
            return "a.jsonl.gz", _bomb(lambda out: gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1), 40)
        case 2:
            return "a.jsonl.zst", _bomb(lambda out: zstd.ZstdFile(out, "wb"), 80)
        case 3:
            return "a.html", b"<p>" + rng.choice((b"a ", b"<b>", b"<div>", b"<p>word ", b"&amp;")) * 3_000_000
        case 4:
            return "a.txt", rng.choice((b"word ", b"\n", b"\xe9\xe8", b"\xf0\x9f\x98\x80", b"title: x\n")) * (size // 5)
        case 5:
            return "a.xml", b"<rss><channel>" + rng.choice(
                (b"<item>", b"<item><title>a</title></item>", b"<a>", b"x", b"&amp;")
            ) * 200_000
        case 6:
            return "a.warc", capture(gzip.compress(b"<p>word" * 8_000_000, 1), "Content-Encoding: gzip\r\n")
        case _:
            return "a.json", rng.choice((b"[", b'{"a":', b'"', b"1", b"[[],")) * 3_000_000


def _bomb(opened: Callable[[io.BytesIO], io.IOBase], megabytes: int) -> bytes:
    out = io.BytesIO()
    with opened(out) as file:
        for _ in range(megabytes):
            file.write(b"a" * 2**20)
    return out.getvalue()


MAKERS: dict[str, Callable[[random.Random], Case]] = {
    "jsonl": json_lines, "json": json_file, "text": text, "html": web_page, "feed": feed, "warc": warc,
    "packed": packed,
}


def case(kind: str, seed: str) -> Case:
    """The hostile input of `kind` that follows from `seed`: half of them by the format's own structure."""
    rng = random.Random(f"{kind} {seed}")
    if kind == "huge":
        return huge(rng)
    if rng.randrange(2):
        name, data = MAKERS[kind](rng)
        return name, of_bytes(data, rng) if rng.randrange(6) == 0 and len(data) < 100_000 else data
    name, data = rng.choice(SEEDS[kind])
    return name, of_bytes(data, rng)
