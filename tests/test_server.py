"""The server before Streamlit: the start page's address."""

import asyncio

import pytest

from dashboard.app import START_PAGE, Guard


def answer(path: str, query: bytes = b"", base: str = "") -> dict:
    """The first message that the guard sends by itself; {} where it passes the request on."""
    sent: list[dict] = []

    async def passed_on(scope, receive, send):
        sent.append({})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    asyncio.run(Guard(passed_on, base)(scope, None, send))
    return sent[0]


@pytest.mark.parametrize("base", ["", "border"])
def test_the_start_page_by_its_name_leads_to_the_root_with_its_filters(base):
    at = f"/{base}".rstrip("/")
    sent = answer(f"{at}/{START_PAGE}", b"release=r1&types=talks", base=base)
    assert sent["status"] == 307
    assert dict(sent["headers"])[b"location"] == f"{at}/?release=r1&types=talks".encode()
    assert answer(f"{at}/events", b"release=r1", base=base) == {}
