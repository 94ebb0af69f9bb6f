"""Explorers where no script runs, and how the live ones take their place."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Browser

from tradedig_book.explorers import EXPLORERS
from tradedig_book.explorers.guess import guess
from tradedig_book.present.palette import PALETTE

from .conftest import OpenPage, resized
from .test_explorer_play import BUILT
from .test_explorer_play import PAGES as PLAYED
from .test_guess import PAGES as ASKED

NAMES = ("quality", *EXPLORERS)
WATCH = """
window.shifted = 0;
window.stills = 0;
new PerformanceObserver(list => list.getEntries().forEach(e => { window.shifted += e.value; }))
  .observe({type: "layout-shift", buffered: true});
const look = () => {
  for (const still of document.querySelectorAll(".td-still"))
    window.stills += still.checkVisibility();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
# Size on the screen of the smallest words (subscripts apart), and words beyond the page's edge.
WORDS = """stills => stills.flatMap(still => [...still.querySelectorAll(":scope > svg > text")])
  .map(text => {
    const box = text.getBoundingClientRect();
    const svg = text.ownerSVGElement.getBoundingClientRect();
    return [12 * svg.width / 300, box.left - svg.left, svg.right - box.right];
  })"""
LIVE = """id => [...document.querySelectorAll(`#${id} figure`)].map(figure => ({
  value: figure.querySelector("figcaption output")?.textContent ?? "",
  unit: figure.querySelector(".td-unit").textContent,
  ticks: [...figure.querySelectorAll("text.td-tick")]
    .filter(t => t.getAttribute("text-anchor") === "end").map(t => t.textContent),
}))"""
STILL = """id => [...document.querySelectorAll(`#${id}.td-still > svg`)].map(view => ({
  value: view.querySelector("text > tspan:nth-of-type(2)")?.textContent ?? "",
  words: [...view.querySelectorAll("text")].slice(1).map(t => t.textContent).join(" "),
  ticks: [...view.children].filter(t => t.localName === "text"
    && t.getAttribute("text-anchor") === "end" && t.getAttribute("x") === "35")
    .map(t => t.textContent),
}))"""


@pytest.mark.parametrize("name", NAMES)
def test_without_scripts_the_picture_says_what_the_live_one_does(
    shared_page: OpenPage, name: str
) -> None:
    """From the file system: each view with the same value, unit and ticks of its height."""
    page = shared_page(PLAYED[name], "file", scripts=False).page
    shown = page.locator(f"#{name}.td-still")
    assert shown.is_visible()
    assert all(view.is_visible() for view in shown.locator("> svg").all())
    still = page.evaluate(STILL, name)
    live = shared_page(PLAYED[name], "file").page.evaluate(LIVE, name)
    assert len(still) == len(BUILT[name].spec["outcomes"])
    for ours, theirs, outcome in zip(still, live, BUILT[name].spec["outcomes"], strict=True):
        assert ours["words"].startswith(theirs["unit"])
        if "bars" not in outcome:
            assert (ours["value"], ours["ticks"]) == (theirs["value"], theirs["ticks"])


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", NAMES)
def test_its_words_can_be_read(shared_page: OpenPage, name: str, width: int) -> None:
    """Twelve pixels high at least, all inside their drawing, on a laptop and on a phone."""
    unscripted = shared_page(PLAYED[name], "file", scripts=False).page
    with resized(unscripted, {"width": width, "height": 812}) as page:
        boxes = page.locator(f"#{name}.td-still").evaluate_all(WORDS)
        assert len(boxes) > 5
        for height, left, right in boxes:
            assert height >= 11.5
            assert left >= -1
            assert right >= -1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", sorted({*PLAYED.values(), *ASKED.values()}))
def test_the_live_one_is_there_from_the_first_paint(
    browser: Browser, book_url: str, path: str
) -> None:
    """Nobody sees the still one go, and nothing on the page moves while it is read."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(book_url + path)
        page.wait_for_timeout(500)
        assert page.evaluate("window.stills") == 0
        assert page.evaluate("window.shifted") < 0.05
        assert page.locator(".td-body, .td-guess-body").first.is_visible()


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_can_be_opened_without_scripts(open_page: OpenPage, name: str) -> None:
    """The fold opens by keyboard, and shows curve and sentence."""
    page = open_page(ASKED[name], "file", java_script_enabled=False).page
    asked = page.locator(".td-asked").first
    assert not asked.locator("details > svg").is_visible()
    asked.locator("summary").focus()
    page.keyboard.press("Enter")
    assert asked.locator("details > svg").is_visible()
    assert guess(name).answer in asked.inner_text()


def test_the_first_page_has_its_picture_without_scripts(open_page: OpenPage) -> None:
    """The orders of a firm without technologies, at the very places where scripts put them."""
    places = """() => [...document.querySelectorAll("#td-front circle")]
      .map(c => [c, parseFloat(getComputedStyle(c).r)]).filter(([, r]) => r > 0)
      .map(([c, r]) => ["cx", "cy"].map(n => Number(c.getAttribute(n))).concat(r))"""
    still = open_page("book/intro.html", "file", java_script_enabled=False).page
    live = open_page("book/intro.html", "file").page
    live.wait_for_timeout(600)
    expected = live.evaluate(places)
    assert len(expected) > 5
    np.testing.assert_allclose(still.evaluate(places), expected, atol=0.11)
    assert "level 8" in still.locator("#td-front .td-say").inner_text()


def test_the_picture_follows_the_theme(open_page: OpenPage) -> None:
    """In the dark a curve has the dark shade of its quantity."""
    page = open_page("book/optimal-quality.html", java_script_enabled=False).page
    colour = """() => {
      document.documentElement.dataset.theme = "dark";
      const line = document.querySelector("#quality.td-still > svg > svg > path");
      return getComputedStyle(line).stroke;
    }"""
    red, green, blue = (int(PALETTE["quality"].dark[i : i + 2], 16) for i in (1, 3, 5))
    assert page.evaluate(colour) == f"rgb({red}, {green}, {blue})"
