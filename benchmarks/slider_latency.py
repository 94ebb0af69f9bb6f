"""From an input on a slider to the painted frame: the explorer beside ``interact``.

The slider *e*, which moves every curve, is moved by real mouse and key events, one at a time,
with a random pause after each. The clock starts when the page handles the event and stops when
the first frame that shows its effect has been painted (``latency_probe.js`` says how).
The rows of a bare page, a range input that writes its value, show what the browser itself
takes. ``interact`` gets the best case: it is never asked for a picture while it draws another.
Script is the explorer's own: its listener and its frame callback.
``every_explorer`` times a drag of the first open slider of each explorer of the book.
"""

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypedDict
from urllib.parse import quote

import numpy as np
import pandas as pd
from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.hosts import ROOT, built_book, chromium, jupyter_lab, run_cell, serve
from tradedig_book.explorers import EXPLORERS, QualityExplorer, explorer

HERE = Path(__file__).parent
FRAME = 16.7
"""Milliseconds between frames at 60 Hz."""
WINDOW: ViewportSize = {"width": 1280, "height": 900}
SWEEP = 50
"""Pixels, or presses of a key, from the middle of a movement to its end."""
PAUSE = (0.050, 0.090)
"""Shortest and longest pause after an input, seconds."""
HOLD = 50
"""How long a key is held down, milliseconds."""
WARM_UP = 10
"""Inputs that are not counted."""
BARE_PAGE = """<!doctype html><input type=range step=any oninput="shown.value = this.value"
  style="width: 315px"><p id=views><output id=shown></output></p>"""


@dataclass(frozen=True)
class Case:
    """A slider on a page, how it is moved, and where its effect is to be seen.

    Attributes
    ----------
    page : str
        Name of the row.
    gesture : {"drag", "keys"}
    event : str
        The event that the page handles.
    slider, views : str
        CSS selectors; a drag starts in the middle of ``slider``.
    inputs : int
        How many are timed.
    images : bool
        Whether the views are images that the kernel sends.
    """

    page: str
    gesture: Literal["drag", "keys"]
    event: str
    slider: str
    views: str
    inputs: int = 300
    images: bool = False


class Sample(TypedDict):
    """One input: milliseconds to the painted frame and in scripts, and frames until then."""

    latency: float
    script: float
    frames: int


BARE = (
    Case("bare page", "drag", "input", "input", "#views"),
    Case("bare page", "keys", "keydown", "input", "#views"),
)
EXPLORER = (
    Case("explorer", "drag", "input", "#quality-e", ".td-panels"),
    Case("explorer", "keys", "keydown", "#quality-e", ".td-panels"),
)
INTERACT = Case(
    "interact", "drag", "mousemove", ".noUi-handle", ".widget-output", inputs=100, images=True
)


def measure() -> pd.DataFrame:
    """Measure all cases in one Chromium and return a row for each."""
    with chromium() as browser:
        samples = {case: timed_on_bare_page(browser, case) for case in BARE}
        with serve(built_book()) as book:
            samples |= {case: timed_in_book(browser, book, case) for case in EXPLORER}
        samples[INTERACT] = timed_in_lab(browser, INTERACT)
    typical = np.median([sample["latency"] for sample in samples[EXPLORER[0]]])
    return pd.DataFrame([row(case, timed, typical) for case, timed in samples.items()])


def every_explorer() -> pd.DataFrame:
    """Measure a drag of each explorer's first open slider and return a row for each."""
    rows = []
    with chromium() as browser, serve(built_book()) as book:
        for name, chapter in explorer_pages().items():
            shown = QualityExplorer() if name == "quality" else explorer(name)
            slider = f"#{name}-{shown.spec['open'][0]}"
            case = Case(name, "drag", "input", slider, f"#{name} .td-panels", inputs=100)
            samples = pd.DataFrame(timed_in_book(browser, book, case, chapter))
            rows.append(
                {
                    "explorer": name,
                    "slider": shown.spec["open"][0],
                    "inputs": len(samples),
                    "median_ms": samples["latency"].median(),
                    "p95_ms": samples["latency"].quantile(0.95),
                    "max_ms": samples["latency"].max(),
                    "within_16.7_ms": (samples["latency"] <= FRAME).mean(),
                    "script_p95_ms": samples["script"].quantile(0.95),
                }
            )
    return pd.DataFrame(rows)


def explorer_pages() -> dict[str, str]:
    """Return the chapter on which each explorer stands, by its id."""
    found = {"quality": "book/optimal-quality"}
    for page in sorted([*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/*.md")]):
        for name in re.findall(r'^explorer\("([\w-]+)"\)$', page.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, f"{page.parent.name}/{page.stem}")
    return {name: found[name] for name in ("quality", *EXPLORERS)}


def timed_on_bare_page(browser: Browser, case: Case) -> list[Sample]:
    """Time a page that does next to nothing."""
    with probed_page(browser) as page:
        page.goto(f"data:text/html,{quote(BARE_PAGE)}")
        return timed(page, case)


def timed_in_book(
    browser: Browser, book: str, case: Case, chapter: str = "book/optimal-quality"
) -> list[Sample]:
    """Time an explorer in its chapter of the book."""
    with probed_page(browser) as page:
        page.goto(f"{book}{chapter}.html")
        page.evaluate("() => document.fonts.ready.then(() => true)")
        return timed(page, case)


def timed_in_lab(browser: Browser, case: Case) -> list[Sample]:
    """Time ``interact_cell.py``, run as a notebook's cell."""
    cell = (HERE / "interact_cell.py").read_text(encoding="utf-8")
    with (
        TemporaryDirectory() as folder,
        jupyter_lab(Path(folder)) as lab,
        probed_page(browser) as page,
    ):
        lab.open(page, [cell])
        run_cell(page, 1).locator("img").wait_for()
        return timed(page, case)


@contextmanager
def probed_page(browser: Browser) -> Iterator[Page]:
    """Open an empty page that will time inputs on whatever it loads."""
    with browser.new_context(viewport=WINDOW) as context:
        context.add_init_script(path=HERE / "latency_probe.js")
        yield context.new_page()


def timed(page: Page, case: Case) -> list[Sample]:
    """Move the slider and time each input, after a few that are not counted."""
    page.locator(case.slider).scroll_into_view_if_needed()
    views = page.locator(case.views).first.element_handle()
    page.evaluate("settings => latencyProbe.watch(settings)", [views, case.event, case.images])
    rng = random.Random(0)
    moves = dragged(page, case) if case.gesture == "drag" else pressed(page, case)
    for _ in range(WARM_UP + case.inputs):
        before = page.evaluate("latencyProbe.samples.length")
        next(moves)
        time.sleep(rng.uniform(*PAUSE))  # the page is left alone while it is timed
        page.wait_for_function("before => latencyProbe.samples.length > before", arg=before)
    samples: list[Sample] = page.evaluate("latencyProbe.samples")
    return samples[-case.inputs :]


def dragged(page: Page, case: Case) -> Iterator[None]:
    """Take hold of the slider and yield after each pixel of a drag to and fro."""
    box = page.locator(case.slider).bounding_box()
    assert box is not None, "the slider is on the page"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in to_and_fro():
        x += step
        page.mouse.move(x, y)
        yield


def pressed(page: Page, case: Case) -> Iterator[None]:
    """Focus the slider and yield after each press of an arrow key."""
    page.locator(case.slider).focus()
    for step in to_and_fro():
        page.keyboard.press("ArrowRight" if step > 0 else "ArrowLeft", delay=HOLD)
        yield


def to_and_fro() -> Iterator[int]:
    """Yield steps of 1 and -1 that stay within ``SWEEP`` of the start."""
    yield from [1] * SWEEP
    while True:
        yield from [-1] * (2 * SWEEP)
        yield from [1] * (2 * SWEEP)


def row(case: Case, samples: list[Sample], typical: float) -> dict[str, str | float]:
    """Summarise the samples of a case; ``typical`` is the explorer's median latency."""
    table = pd.DataFrame(samples)
    latency, script = table["latency"], table["script"]
    own = case.page == "explorer"
    return {
        "page": case.page,
        "gesture": case.gesture,
        "inputs": len(table),
        "median_ms": latency.median(),
        "p95_ms": latency.quantile(0.95),
        "max_ms": latency.max(),
        "within_16.7_ms": (latency <= FRAME).mean(),
        "in_next_frame": (table["frames"] == 1).mean(),
        "script_median_ms": script.median() if own else np.nan,
        "script_p95_ms": script.quantile(0.95) if own else np.nan,
        "times_explorer": latency.median() / typical,
    }
