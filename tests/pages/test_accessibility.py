"""Pages for those who listen, enlarge, use a keyboard or a thumb: what axe and a ruler find."""

from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sphinx_external_toc.parsing import parse_toc_yaml

from .conftest import OpenPage

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
PAGES = [*CHAPTERS, "search", "prf-prf"]
FAST = {"resultTypes": ["violations"], "preload": False}
OPTIONS = FAST | {"rules": {"target-size": {"enabled": True}}}
COLOURS = FAST | {"runOnly": ["color-contrast", "link-in-text-block"]}
PHONE = {"width": 375, "height": 812}
BAD = '<p style="color:#aaa">pale</p>' + 2 * '<button style="all:unset;width:9px">a</button>'
# How far a table's last cell reaches out of its box.
BEYOND = """table => {
  const [cell, box] = [table.querySelector("tr:last-child > :last-child"), table.parentElement];
  return cell.getBoundingClientRect().right - box.getBoundingClientRect().right;
}"""
WIDE_CODE = """() => [...document.querySelectorAll(".bd-article pre")]
  .filter(code => code.scrollWidth > code.clientWidth).map(code => code.textContent)"""
MOVING = """() => [...document.querySelectorAll("*")].filter(each => {
  const look = getComputedStyle(each);
  return [look.transitionDuration, look.animationDuration].join().split(",")
    .some(time => parseFloat(time) * (time.includes("ms") ? 1 : 1000) > 1);
}).length"""


def switch_to(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Have the reader's system ask for the other theme."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => document.documentElement.dataset.theme === scheme", arg=scheme
    )


def violations(page: Page, options: dict[str, Any] = OPTIONS) -> list[tuple[str, list[Any]]]:
    """Return the rules of axe that a page breaks, each with the elements that do."""
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(shared_page: OpenPage, name: str) -> None:
    """In light, and of colours in dark, since nothing else depends on the theme."""
    page = shared_page(f"{name}.html").page
    assert violations(page) == []
    try:
        switch_to(page, "dark")
        assert violations(page, COLOURS) == []
    finally:
        switch_to(page, "light")


@pytest.mark.parametrize("name", PAGES)
def test_code_fits_its_column(shared_page: OpenPage, name: str) -> None:
    """Also where it waits to be shown."""
    assert shared_page(f"{name}.html").page.evaluate(WIDE_CODE) == []


def test_axe_notices_what_is_wrong(open_page: OpenPage) -> None:
    """The test above would pass for nothing if axe did not run with these rules."""
    page = open_page("book/intro.html").page
    page.locator("article").evaluate(
        "(one, html) => one.insertAdjacentHTML('beforeend', html)", BAD
    )
    assert {"color-contrast", "target-size"} <= {rule for rule, _ in violations(page)}
    assert {rule for rule, _ in violations(page, COLOURS)} == {"color-contrast"}


def test_nothing_moves_where_motion_is_not_wanted(open_page: OpenPage) -> None:
    """Neither transitions nor animations, of the theme or of the book."""
    page = open_page("book/optimal-quality.html", reduced_motion="reduce").page
    assert page.evaluate(MOVING) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) > 0


def test_the_audit_begins_with_its_verdict_on_a_phone(open_page: OpenPage) -> None:
    """What is inconsistent is in sight, beside the name of the check."""
    table = open_page("notebooks/audit.html", viewport=PHONE).page.locator(".td-table table").first
    assert table.locator("thead th").last.inner_text() == "inconsistent"
    assert table.evaluate(BEYOND) <= 1
    assert table.locator("tbody th").first.bounding_box()["x"] >= 0


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_the_headline_column_is_in_sight(open_page: OpenPage, size: dict[str, int]) -> None:
    """Column (6) of Table 2, the last: without a scroll bar on a laptop, and first on a phone."""
    table = open_page("notebooks/benchmark.html", viewport=size).page.locator(".td-paired").first
    assert "(6)" in table.locator("thead tr").first.inner_text().split("\t")[-1]
    assert table.evaluate(BEYOND) <= 1
    fits = table.evaluate("one => one.scrollWidth <= one.parentElement.clientWidth")
    assert fits == (size["width"] > 600)


def test_a_table_shows_that_it_goes_on(open_page: OpenPage) -> None:
    """A shadow lies where it is cut, on that side alone."""
    page = open_page("notebooks/audit.html", viewport=PHONE).page
    box = page.locator(".td-table:has(> .td-numbers, > .td-text)").first
    layers = box.evaluate("one => getComputedStyle(one).backgroundAttachment").split(", ")
    assert layers == ["local", "local", "scroll", "scroll"]
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")


def test_a_formula_that_scrolls_can_be_reached(open_page: OpenPage) -> None:
    """With the keyboard; one that fits is no stop on the way."""
    page = open_page("notebooks/flexibility.html", viewport=PHONE).page
    state = page.locator("div.math, mjx-container[display]").evaluate_all(
        "all => all.filter(one => /auto|scroll/.test(getComputedStyle(one).overflowX))"
        ".map(one => [one.scrollWidth > one.clientWidth, one.tabIndex === 0])"
    )
    assert {True, False} == {wide for wide, _ in state}
    assert all(wide == reached for wide, reached in state)


@pytest.mark.parametrize("media", ["screen", "print"])
def test_words_for_readers_of_paper_are_printed_only(open_page: OpenPage, media: str) -> None:
    """On a screen the explorer itself is there."""
    page = open_page("book/optimal-quality.html").page
    page.emulate_media(media=media)
    assert page.locator(".td-paper").count() == 1
    assert page.locator(".td-paper").is_visible() == (media == "print")
