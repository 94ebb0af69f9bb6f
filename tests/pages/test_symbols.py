"""What a symbol means, as a reader asks for it: with a mouse, a keyboard or a finger."""

from __future__ import annotations

from playwright.sync_api import Page

from tradedig_book.explorers.symbols import symbols

from .conftest import OpenPage
from .drawn import FRAMES
from .test_accessibility import violations
from .test_explorer_play import SHIFT

PAGE = "book/producers.html"
PHONE = {"width": 375, "height": 812}
TABLE = symbols()
# The first of its kind in each section, and what can be focused in it, by section.
FIRST = """() => Object.fromEntries([...document.querySelectorAll("article > section > section")]
  .map(section => [section.id, [
    [...new Set([...section.querySelectorAll("[data-symbol]")].filter(one => !one.closest("a, h2"))
      .map(one => one.dataset.symbol))].sort(),
    [...section.querySelectorAll("[data-meanings]")]
      .flatMap(one => one.dataset.meanings.split(" ")).sort(),
    [...section.querySelectorAll("[data-meanings]")].every(one => one.tabIndex === 0),
  ]]))"""
HUES = """() => [...document.querySelectorAll("article mjx-container [data-hue]")]
  .map(one => [one.dataset.hue, getComputedStyle(one).color,
    getComputedStyle(document.documentElement).getPropertyValue(`--td-${one.dataset.hue}`)])"""


def assert_explained(page: Page, *keys: str) -> None:
    """Hold that the box says of each symbol what the table has, inside the window."""
    box = page.locator("#td-meaning")
    box.wait_for()
    said = box.inner_text()
    for key in keys:
        one = TABLE[key]
        assert one.meaning in said
        assert f"unit: {one.unit}" in said
        assert not one.default or f"default: {one.default}" in said
    place, window = box.bounding_box(), page.viewport_size
    assert place["x"] >= 0 <= place["y"]
    assert place["x"] + place["width"] <= window["width"]
    assert place["y"] + place["height"] <= window["height"]


def test_pointing_at_a_symbol_explains_it(open_page: OpenPage) -> None:
    """The box stays while the pointer is on it, moves nothing, and Escape closes it."""
    seen = open_page(PAGE, "file")
    page, box = seen.page, seen.page.locator("#td-meaning")
    assert not any("meanings.js" in url for url in seen.requests), "loaded when asked for"
    symbol = page.locator("article p [data-symbol=psi]").nth(1)
    symbol.scroll_into_view_if_needed()
    page.evaluate(SHIFT)
    symbol.hover()
    assert_explained(page, "psi")
    described = symbol.locator("xpath=ancestor::mjx-container/mjx-assistive-mml")
    assert described.get_attribute("aria-describedby") == "td-meaning"
    box.hover()
    page.wait_for_timeout(500)
    assert box.is_visible()
    page.keyboard.press("Escape")
    assert box.count() == 0
    assert described.get_attribute("aria-describedby") is None
    page.locator("[data-symbol=dig_tr]").hover()
    assert_explained(page, "dig_tr")
    page.mouse.move(2, 2)
    box.wait_for(state="detached")
    assert page.evaluate("window.shifted") == 0
    assert seen.errors == []
    symbol.hover()
    box.wait_for()
    assert violations(page) == []


def test_the_keyboard_reaches_the_first_of_each_section(open_page: OpenPage) -> None:
    """Tab stops there, Enter leads to the link in the box, and the box goes with the focus."""
    page = open_page(PAGE).page
    sections = page.evaluate(FIRST)
    assert sum(len(marked) for marked, _, _ in sections.values()) > 15
    for marked, reached, stops in sections.values():
        assert marked == reached
        assert stops
    stop = page.locator("[data-meanings~=varphi]").last
    stop.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert_explained(page, *stop.get_attribute("data-meanings").split())
    ring = stop.locator("xpath=ancestor::*[contains(@class, 'math')][1]")
    assert ring.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    link = page.locator("#td-meaning a")
    assert link.evaluate("one => one === document.activeElement")
    assert link.get_attribute("href").endswith("book/notation.html")
    page.keyboard.press("Tab")
    page.evaluate(FRAMES)
    assert stop.get_attribute("aria-describedby") is None


def test_a_tap_explains_a_measure(open_page: OpenPage) -> None:
    """In a formula and in words; a tap elsewhere closes the box."""
    page = open_page("notebooks/digitization.html", viewport=PHONE, has_touch=True).page
    for symbol in ("code", "mjx-mi"):
        found = page.locator(
            f"span[data-symbol=dig_ivt]:has({symbol}), {symbol}[data-symbol=lndigs]"
        ).first
        found.scroll_into_view_if_needed()
        found.tap()
        assert_explained(page, found.get_attribute("data-symbol"))
        page.touchscreen.tap(5, 400)
        assert page.locator("#td-meaning").count() == 0


def test_one_colour_for_one_quantity_in_both_themes(open_page: OpenPage) -> None:
    """Formulas have the palette's colours."""
    page = open_page("book/optimal-quality.html").page
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        found = page.evaluate(HUES)
        assert {hue for hue, _, _ in found} == {"psi", "quality", "variety"}
        for hue, shown, wanted in found:
            rgb = [int(wanted.strip()[i : i + 2], 16) for i in (1, 3, 5)]
            assert shown == f"rgb({rgb[0]}, {rgb[1]}, {rgb[2]})", hue
