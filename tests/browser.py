"""Opens the dashboard in a real browser: starts the server on a free port and records what the browser complains of."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
LOCAL = ("127.0.0.1", "localhost")
RECORD = """window.refused = [];
document.addEventListener('securitypolicyviolation', e => window.refused.push(
    `${e.effectiveDirective}: ${e.blockedURI} at ${(e.sourceFile || '').split('/').pop()}`));"""
# Nothing is still to come: no place is kept for a part that loads, and for a while no element came or went.
STILL = """() => new Promise(done => {
  let last = performance.now();
  const end = last + 20000, watch = new MutationObserver(() => last = performance.now());
  watch.observe(document.body, {subtree: true, childList: true});
  const look = () => {
    const now = performance.now();
    const kept = document.querySelector('[data-testid="stMain"] [data-testid="stSkeleton"]');
    if (now > end || (now - last > 250 && !kept)) { watch.disconnect(); done(); } else setTimeout(look, 50);
  };
  look();
})"""
_SCHEMES: WeakKeyDictionary[BrowserContext, str] = WeakKeyDictionary()
# Messages of the browser about the software graphics it runs on here; they say nothing about the page.
_GRAPHICS = ("GPU stall due to ReadPixels", "Automatic fallback to software WebGL")


def find_browser() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def launch(playwright: Playwright, executable: str) -> Browser:
    return playwright.chromium.launch(executable_path=executable, args=FLAGS)


@contextmanager
def served(releases: Path, log: Path, secrets: Callable[[str], str] | None = None, **variables: str) -> Iterator[str]:
    """The dashboard over the folder `releases`, as an address; see `running`."""
    with running(releases, log, secrets, **variables) as (address, _):
        yield address


@contextmanager
def running(releases: Path, log: Path, secrets: Callable[[str], str] | None = None,
            **variables: str) -> Iterator[tuple[str, int]]:
    """The dashboard over the folder `releases`, as its address and process; its output goes to the file `log`.

    `secrets` makes the text of secrets.toml from the address; `variables` are set in the server's environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port", str(port),
               "--server.address", "127.0.0.1", "--server.headless", "true"]
    if secrets:
        file = log.with_suffix(".toml")
        file.write_text(secrets(f"http://127.0.0.1:{port}"), encoding="utf-8")
        command += ["--secrets.files", str(file)]
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
                                  env={**os.environ, "TORKHAM_RELEASES": str(releases), **variables})
        try:
            _wait(f"http://127.0.0.1:{port}/health/live", server, log)
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(10)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server stopped: {log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no answer from the server within {seconds:.0f} seconds")


@dataclass
class Watched:
    """A page of the browser with everything it complained of and every host it asked."""

    page: Page
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    @property
    def strangers(self) -> set[str]:
        """Hosts other than our own that something was asked of."""
        return {host for host in self.hosts if host not in LOCAL}

    def open(self, address: str) -> None:
        """Goes to `address` and waits until the page has run."""
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Waits until the script has run and what it drew is there."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
        self.page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')", timeout=60_000)
        self.page.wait_for_selector('[data-testid="stMain"] h1', timeout=60_000)
        self.page.evaluate(STILL)

    def refused(self) -> list[str]:
        """What the browser refused of the page, with the hashes of its style elements, which the policy may lack."""
        found: list[str] = self.page.evaluate("window.refused")
        if not found:
            return []
        styles = self.page.evaluate("Array.from(document.querySelectorAll('style')).map(e => e.textContent)")
        return found + sorted({base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in styles})

    def colours(self, selector: str) -> int:
        """How many colours the picture of the element has; an area where nothing is drawn has a few."""
        one = self.page.locator(selector).first
        one.evaluate("one => one.scrollIntoView({block: 'center'})")
        box, size = one.bounding_box(), self.page.viewport_size
        assert box and size
        left, top = max(box["x"], 0), max(box["y"], 0)
        # Not the picture of the element itself: for that it would have to stand still for two frames, which software
        # graphics on a busy machine need half a minute for.
        clip = {"x": left, "y": top, "width": min(box["x"] + box["width"], size["width"]) - left,
                "height": min(box["y"] + box["height"], size["height"]) - top}
        picture = self.page.screenshot(clip=clip, timeout=90_000)  # type: ignore[arg-type]
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        return len(image.getcolors(image.width * image.height) or ())

    def main_text(self) -> str:
        return self.page.locator('[data-testid="stMain"]').inner_text()


@contextmanager
def watched(browser: Browser, scheme: str, width: int, height: int = 900) -> Iterator[Watched]:
    """A fresh page in colour scheme `scheme` (light or dark) of the given size.

    Pages of one scheme share the browser's cache, which spares loading the same scripts for every test.
    """
    wanted = next((one for one in browser.contexts if _SCHEMES.get(one) == scheme), None)
    context = wanted or browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    _SCHEMES[context] = scheme
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    watch = Watched(page)

    def asked(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            watch.hosts.add(parts.hostname or "")

    page.add_init_script(RECORD)
    watch.page.on("request", lambda request: asked(request.url))
    watch.page.on("websocket", lambda socket: asked(socket.url))
    watch.page.on("pageerror", lambda error: watch.errors.append(f"page error: {error}"))
    watch.page.on("console", lambda message: watch.errors.append(f"{message.type}: {message.text}")
                  if message.type == "error" and not any(part in message.text for part in _GRAPHICS) else None)
    try:
        yield watch
    finally:
        page.close()
