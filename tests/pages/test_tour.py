"""The tour as a reader scrolls it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import OpenPage, Origin
from .test_figures import SMALLEST, overprinted

PAGE = "book/tour.html"
PHONE = {"width": 375, "height": 812}
SIZES = {"laptop": {"width": 1280, "height": 720}, "phone": PHONE}
STEPS = range(1, 6)
PICTURE = ".td-stage svg"
# Whether the picture is, mark by mark, that of a step.
IS = """step => {
  const numbers = mark => ["cx", "cy", "r", "x", "y", "width", "height", "d", "opacity"]
    .flatMap(name => (mark.getAttribute(name) ?? "").match(/-?\\d+(\\.\\d+)?/g) ?? []).map(Number);
  const [shown, goal] = [".td-stage", `#step-${step}`].map(place =>
    [...document.querySelector(`${place} svg`).children]);
  return shown.every((mark, i) => mark.getAttribute("class") === goal[i].getAttribute("class")
    && mark.textContent === goal[i].textContent
    && numbers(goal[i]).every((number, k) => Math.abs(number - numbers(mark)[k]) < 0.01));
}"""
# At each change of the picture, as soon as its words have changed: is it there already?
NOTE = f"""() => {{
  window.there = [];
  const picture = document.querySelector("{PICTURE}");
  new MutationObserver(() => window.there.push(({IS})(5)))
    .observe(picture, {{attributes: true, attributeFilter: ["aria-label"]}});
}}"""
# How often anything of the page's text has jumped, from the beginning on.
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver(list => {
  const text = document.querySelector("article");
  for (const one of list.getEntries())
    window.shifts += one.sources.filter(({node}) => text.contains(node)).length;
}).observe({type: "layout-shift", buffered: true}); }"""
# Words of the picture that are seen, with their boxes and the size of their letters.
WORDS = f"""() => [...document.querySelectorAll("{PICTURE} text")]
  .filter(one => Number(one.getAttribute("opacity")) > 0).map(one => {{
    const box = one.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a;
    return {{text: one.textContent, size, left: box.left, right: box.right, top: box.top,
      bottom: box.bottom, beyond: box.right > document.documentElement.clientWidth}};
  }})"""


def scroll_to(page: Page, step: int) -> None:
    """Scroll until a step begins in the middle of the screen."""
    page.evaluate(
        "step => scrollTo({top: scrollY + document.getElementById(`step-${step}`)"
        ".getBoundingClientRect().top - innerHeight / 2, behavior: 'instant'})",
        step,
    )


@pytest.mark.parametrize("origin", ["http", "file"])
def test_scrolling_moves_the_picture_and_the_address(open_page: OpenPage, origin: Origin) -> None:
    """From step to step, there and back; nothing jumps, and history stays as long as it was."""
    seen = open_page(PAGE, origin)
    page = seen.page
    page.evaluate(SHIFTS)
    length = page.evaluate("history.length")
    assert page.evaluate(IS, 1)
    assert "#" not in page.url
    for step in (3, 5, 2):
        scroll_to(page, step)
        where = page.evaluate("scrollY")
        page.wait_for_function(IS, arg=step)
        label = page.locator(f"#step-{step} svg").get_attribute("aria-label")
        assert page.locator(PICTURE).get_attribute("aria-label") == label
        current = page.locator(".td-progress [aria-current=step]")
        assert current.all_inner_texts() == [str(step)]
        page.wait_for_url(f"**#step-{step}")
        assert page.evaluate("scrollY") == where
    assert page.evaluate("history.length") == length
    assert page.evaluate("window.shifts") == 0
    assert seen.errors == []
    assert seen.foreign == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_without_motion_the_picture_is_there_at_once(open_page: OpenPage, motion: str) -> None:
    """Who asks for none sees no state in between; others see the marks on their way."""
    page = open_page(PAGE, reduced_motion=motion).page
    page.evaluate(NOTE)
    scroll_to(page, 5)
    page.wait_for_function("window.there.length > 0")
    assert page.evaluate("window.there") == [motion == "reduce"]


@pytest.mark.parametrize("without", ["scripts", "a screen", "height"])
def test_each_step_has_its_picture(open_page: OpenPage, without: str) -> None:
    """Without scripts, on paper and in a low window there are five, and none that moves."""
    low = {"viewport": {"width": 812, "height": 375}} if without == "height" else {}
    page = open_page(PAGE, java_script_enabled=without != "scripts", **low).page
    if without == "a screen":
        assert not page.locator(".td-still svg").first.is_visible()
        page.emulate_media(media="print")
    assert [one.is_visible() for one in page.locator(".td-still svg").all()] == [True] * 5
    assert not page.locator(PICTURE).is_visible()


def test_the_dark_tour_prints_in_ink(open_page: OpenPage) -> None:
    """Paper is white: what is filled with the page's colour is, and words are black."""
    page = open_page(PAGE, color_scheme="dark").page
    page.emulate_media(media="print")
    fill = "one => getComputedStyle(one).fill"
    assert page.locator("#step-1 .td-off").first.evaluate(fill) == "rgb(255, 255, 255)"
    assert page.locator("#step-4 text[class=td-strong]").first.evaluate(fill) == "rgb(0, 0, 0)"


@pytest.mark.parametrize("size", SIZES)
def test_every_word_of_the_picture_can_be_read(open_page: OpenPage, size: str) -> None:
    """In all five states: at least twelve pixels, on the page, nothing overprinted."""
    page = open_page(PAGE, viewport=SIZES[size], reduced_motion="reduce").page
    for step in STEPS:
        scroll_to(page, step)
        page.wait_for_function(IS, arg=step)
        words: list[dict[str, Any]] = page.evaluate(WORDS)
        assert len(words) > 5
        assert overprinted(words) == []
        assert [one["text"] for one in words if one["size"] < SMALLEST] == []
        assert [one["text"] for one in words if one["left"] < 0 or one["beyond"]] == []


def test_on_a_phone_picture_and_words_share_the_screen(open_page: OpenPage) -> None:
    """The picture stays above, under half of the screen, and a step begins right beneath."""
    page = open_page(f"{PAGE}#step-3", viewport=PHONE).page
    page.wait_for_function(IS, arg=3)
    stage, title = (page.locator(one).bounding_box() for one in (".td-stage", "#step-3 h2"))
    header = page.locator(".bd-header-article").bounding_box()
    assert stage["y"] >= header["y"] + header["height"] - 1
    assert stage["height"] <= PHONE["height"] / 2
    assert 0 < title["y"] - (stage["y"] + stage["height"]) < 100


@pytest.mark.parametrize("size", SIZES)
def test_links_and_keys_lead_to_a_step(open_page: OpenPage, size: str) -> None:
    """The numbers are links: Enter goes to the step, Back to where one was."""
    page = open_page(PAGE, viewport=SIZES[size]).page
    page.locator(".td-progress a").nth(3).press("Enter")
    page.wait_for_function(IS, arg=4)
    assert page.url.endswith("#step-4")
    title = page.locator("#step-4 h2").bounding_box()
    assert 0 < title["y"] < SIZES[size]["height"] - title["height"]
    page.go_back()
    page.wait_for_function(IS, arg=1)


def test_its_links_lead_somewhere(open_page: OpenPage) -> None:
    """Every step leads on to a page of the book."""
    page = open_page(PAGE).page
    steps = page.locator(".td-step").all()
    assert all(step.locator(".td-links a").count() for step in steps)
    for link in page.locator(".td-links a").evaluate_all("links => links.map(a => a.href)"):
        assert page.request.get(link).ok, link
