"""A built book, a server for it and a browser, once for all tests of rendered pages.

Tests take ``open_page``; ``browser``, ``book_url`` and ``book_dir`` are there for special needs.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Other hosts cannot be found, so that nothing that a page wants of them is ever had.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
# Resolves once the page is as a reader sees it: fonts there, one frame painted.
SETTLED = """async () => {
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""

Origin = Literal["http", "file"]


@dataclass(frozen=True)
class Visit:
    """An open page and what happened since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    """Addresses asked for, the page's own first."""
    first_view: list[str] = field(default_factory=list)
    """Those of them that were asked for before the page was as a reader sees it."""
    foreign: list[str] = field(default_factory=list)
    """Addresses on other hosts; the browser finds none of them."""
    errors: list[str] = field(default_factory=list)
    """Console errors and uncaught exceptions."""


OpenPage = Callable[..., Visit]


class QuietHandler(SimpleHTTPRequestHandler):
    """A static file server that keeps connections open and does not log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def book_url(book_dir: Path) -> Iterator[str]:
    """Serve the book on a free local port and return its address, with a slash at the end."""
    handler = partial(QuietHandler, directory=str(book_dir))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Find a Chromium on this machine: ``$CHROMIUM``, or the usual names on the path."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    message = "no Chromium found: `apt install chromium`, or set CHROMIUM to a browser's path"
    if os.environ.get("TRADEDIG_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start one headless Chromium for the whole run (Playwright's sync API)."""
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        yield browser


@pytest.fixture(scope="session")
def origins(book_url: str, book_dir: Path) -> dict[Origin, str]:
    """Return where the book can be read, with a slash at the end."""
    return {"http": book_url, "file": f"{book_dir.as_uri()}/"}


@pytest.fixture(scope="session")
def shared_page(browser: Browser, origins: dict[Origin, str]) -> Iterator[OpenPage]:
    """Like ``open_page``, but a page that was just opened in the same way is not opened again.

    The scheduler of ``tests/conftest.py`` runs the tests of one page one after another, so that
    they share its three openings: from a host, from a file, and without scripts.
    Each test leaves the page as it found it (see ``resized``). Nothing moves on it.
    """
    with ExitStack() as stack:
        opened: dict[str, Visit] = {}

        def share(path: str, origin: Origin = "http", scripts: bool = True) -> Visit:
            way = f"{path} {origin} {scripts}"
            if not any(other.startswith(f"{path} ") for other in opened):
                stack.close()
                opened.clear()
            if way not in opened:
                how = {"java_script_enabled": scripts, "reduced_motion": "reduce"}
                opened[way] = visit(browser, origins, stack, path, origin, **how)
            return opened[way]

        yield share


@contextmanager
def resized(page: Page, size: dict[str, int]) -> Iterator[Page]:
    """Look at a page in a window of another size."""
    before = page.viewport_size
    page.set_viewport_size(size)
    try:
        yield page
    finally:
        page.set_viewport_size(before)


@pytest.fixture
def open_page(browser: Browser, origins: dict[Origin, str]) -> Iterator[OpenPage]:
    """Return ``open_page(path, origin="http", **context) -> Visit``; pages close with the test.

    ``path`` is relative to the book, with query and fragment if wanted: ``"book/intro.html#x"``.
    ``origin`` is ``"http"`` (a local server) or ``"file"`` (straight from the file system).
    ``context`` goes to Playwright's ``Browser.new_context``: ``viewport``, ``has_touch``,
    ``color_scheme``, ``reduced_motion``, ...; each page has a context of its own.
    The page is returned when its fonts are there.
    Requests to other hosts fail and are listed in ``Visit.foreign``.
    """
    with ExitStack() as stack:
        yield partial(visit, browser, origins, stack)


def visit(
    browser: Browser,
    origins: dict[Origin, str],
    stack: ExitStack,
    path: str,
    origin: Origin = "http",
    **context: object,
) -> Visit:
    """Open a page of the book in a new context that ``stack`` closes."""
    base = origins[origin]
    options = {"viewport": {"width": 1280, "height": 900}, **context}
    page = stack.enter_context(browser.new_context(**options)).new_page()
    seen = Visit(page)

    def note(request: Request) -> None:
        seen.requests.append(request.url)
        if not request.url.startswith((base, "data:", "blob:")):
            seen.foreign.append(request.url)

    page.on("request", note)
    page.on("websocket", lambda socket: seen.foreign.append(socket.url))
    page.on("console", lambda line: line.type == "error" and seen.errors.append(line.text))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto(base + path)
    if options.get("java_script_enabled", True):
        page.evaluate(SETTLED)
    while page.evaluate("document.fonts.status") != "loaded":  # promises need scripts
        page.wait_for_timeout(20)
    seen.first_view.extend(seen.requests)
    return seen
