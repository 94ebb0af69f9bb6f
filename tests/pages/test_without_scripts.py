"""Formulas as a reader meets them whose browser runs no script: all there, drawn in their fonts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

from .conftest import OpenPage

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
# Words that a reader would see, with TeX or its delimiters among them.
RAW = r"""() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const {data, parentElement} = texts.currentNode;
    if (/\\[()[\]]|\\[a-z]{2,}/.test(data)
        && !parentElement.closest("script, style, pre, code, template, noscript"))
      found.push(data.trim().slice(0, 80));
  }
  return found;
}"""
# Characters of formulas that the style sheet gives no shape, no size or a font that is not there.
UNDRAWN = """() => {
  const there = new Set([...document.fonts].filter(one => one.status === "loaded")
    .map(one => one.family));
  const invisible = ".mjx-c2061, .mjx-c2062, .mjx-c2063, .mjx-c2064";  // as in ln(applied to)x
  return [...document.querySelectorAll(`mjx-c:not(${invisible})`)].filter(character => {
    const {content, fontFamily} = getComputedStyle(character, "::before");
    if (["none", "normal", '""'].includes(content)) return true;
    if (!character.checkVisibility()) return false;  // in a fold, where no font is asked for
    return !fontFamily.split(", ").some(one => one !== "MJXZERO" && there.has(one));
  }).map(character => character.className);
}"""
COUNTS = """() => {
  const all = selector => [...document.querySelectorAll(selector)];
  return {
    formulas: all("mjx-container").length,
    spoken: all("mjx-container > mjx-assistive-mml > math").filter(one => one.textContent).length,
    silent: all("mjx-container > mjx-math[aria-hidden=true]").length,
    in_sight: all("mjx-assistive-mml").filter(one =>
      getComputedStyle(one).clip !== "rect(1px, 1px, 1px, 1px)").length,
    marked: all("span.math, div.math").length,
    set: all("span.math, div.math").filter(one => one.querySelector("mjx-container")).length,
  };
}"""
# How high a small x of a formula stands against one of the words around it.
SCALE = """() => {
  const formula = document.querySelector("article p mjx-container");
  const size = one => parseFloat(getComputedStyle(one).fontSize);
  const probe = formula.parentElement.appendChild(document.createElement("span"));
  probe.style.cssText = "display: inline-block; height: 1ex";
  const height = probe.getBoundingClientRect().height;
  probe.remove();
  return size(formula) * 0.442 / height;
}"""


@dataclass(frozen=True)
class Look:
    """What a page shows without scripts."""

    raw: list[str]
    undrawn: list[str]
    counts: dict[str, int]


@pytest.fixture(scope="module")
def look(shared_page: OpenPage) -> Callable[[str], Look]:
    """Return ``look(chapter)``, which opens each page once, from the file system."""

    @cache
    def look(name: str) -> Look:
        page = shared_page(f"{name}.html", "file", scripts=False).page
        return Look(*(page.evaluate(script) for script in (RAW, UNDRAWN, COUNTS)))

    return look


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_formula_is_left_as_tex(look: Callable[[str], Look], name: str) -> None:
    """Text, tables, notes under them and explorers show mathematics, never its source."""
    assert look(name).raw == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_character_is_drawn(look: Callable[[str], Look], name: str) -> None:
    """Each character of each formula has its shape, from one of the book's own fonts."""
    assert look(name).undrawn == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_formula_is_drawn_once_and_spoken_once(
    look: Callable[[str], Look], name: str
) -> None:
    """Screen readers get MathML, which nobody sees, and not the drawing."""
    counts = look(name).counts
    assert counts["formulas"] == counts["spoken"] == counts["silent"]
    assert counts["in_sight"] == 0
    assert counts["marked"] == counts["set"]


def test_the_book_has_formulas(book_dir: Path) -> None:
    """The tests above would pass for nothing on pages that have none."""
    pages = [(book_dir / f"{name}.html").read_text("utf-8") for name in CHAPTERS]
    counts = [page.count("<mjx-container") for page in pages]
    assert sum(counts) > 1500
    assert sum(1 for count in counts if count) > 25


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_reader_gets_mathjax(shared_page: OpenPage, name: str) -> None:
    """With scripts on a page neither asks for MathJax nor finds one."""
    seen = shared_page(f"{name}.html", "file")
    assert [url for url in seen.requests if "mathjax" in url.lower() and url.endswith(".js")] == []
    assert seen.page.evaluate("typeof MathJax") == "undefined"


def test_formulas_have_the_size_of_the_words_around(open_page: OpenPage) -> None:
    """Whatever font a reader has, its small letters and those of formulas are equally high."""
    page = open_page("book/optimal-quality.html", java_script_enabled=False).page
    assert page.evaluate(SCALE) == pytest.approx(1, abs=0.05)


def test_equation_number_stands_at_the_right(open_page: OpenPage) -> None:
    """The number that the text refers to is on the line of its equation, after it."""
    page = open_page("book/producers.html", java_script_enabled=False).page
    equation = page.locator("mjx-container[width=full]").first
    label, column = equation.locator("mjx-labels"), equation.locator("xpath=..")
    assert "(3)" in (equation.locator("math").text_content() or "")
    right = [one.bounding_box() for one in (label.locator("mjx-mtext").first, column)]
    ends = [box["x"] + box["width"] for box in right if box]
    assert ends[0] == pytest.approx(ends[1], abs=2)


# Icons that are as wide as a character that no font of icons has: as their box, not as a drawing.
MISSING_ICONS = """async () => {
  await document.fonts.load("900 16px 'Font Awesome 6 Free'");
  const pen = document.createElement("canvas").getContext("2d");
  const wide = (text, fonts) => ((pen.font = `900 40px ${fonts}`), pen.measureText(text).width);
  const shown = [...document.querySelectorAll("*")].flatMap(one => ["::before", "::after"]
    .map(part => getComputedStyle(one, part))
    .filter(style => style.fontFamily.includes("Font Awesome"))
    .map(style => style.content.replaceAll('"', ""))
    .filter(text => /^[\\ue000-\\uf8ff]$/.test(text)));
  if (!shown.length) return ["no icon"];
  return [...new Set(shown)].filter(icon =>
    wide(icon, "'Font Awesome 6 Free', monospace") === wide(icon, "monospace")).map(escape);
}"""
# Characters of live formulas that the book's own mathematical font lacks.
LACKING = """async () => {
  await document.fonts.load("16px 'Book Math'");
  const draw = (text, fonts) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `40px ${fonts}`;
    return pen.measureText(text).width;
  };
  const texts = [...document.querySelectorAll(".td-equation math")].map(one => one.textContent);
  return [...new Set(texts.join("").replace(/[\\s\\u2061]/g, ""))].filter(one =>
    draw(one, "'Book Math', monospace") === draw(one, "monospace")
    && draw(one, "'Book Math', serif") === draw(one, "serif"));
}"""


@pytest.mark.parametrize("name", ["book/optimal-quality", "notebooks/quality"])
def test_live_formulas_have_a_mathematical_font(open_page: OpenPage, name: str) -> None:
    """Where a reader has no such font, brackets would not grow and powers float off."""
    page = open_page(f"{name}.html", "file").page
    assert "math" in page.evaluate("[...document.querySelectorAll('math')].map(m => m.localName)")
    assert page.evaluate("[...document.fonts].some(f => f.family.includes('Book Math'))")
    assert page.evaluate(LACKING) == []


def test_every_icon_is_in_the_font_of_icons(open_page: OpenPage) -> None:
    """The book's part of the icon font has what the pages draw with it."""
    for name in ("book/optimal-quality", "notebooks/benchmark", "search"):
        page = open_page(f"{name}.html", "file").page
        assert page.evaluate(MISSING_ICONS) == []
