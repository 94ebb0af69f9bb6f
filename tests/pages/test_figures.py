"""Figures as readers see them: their words, in the letters of the reader's own system."""

from pathlib import Path

import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

from .conftest import OpenPage, resized

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
SIZES = {"laptop": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 812}}
SMALLEST, LIGHTEST = 12.0, 400
# Words of each figure with their box on the screen, the size of their letters and whether level.
WORDS = """() => [...document.querySelectorAll(".td-figure svg")].map(svg => {
  const edge = svg.getBoundingClientRect();
  const caption = svg.closest("figure").querySelector("figcaption");
  return {
    caption: caption.textContent.slice(0, 60),
    weight: Number(getComputedStyle(caption).fontWeight),
    beyond: Math.max(-edge.left, edge.right - innerWidth),
    words: [...svg.querySelectorAll("text")].filter(one => one.textContent.trim()).map(one => {
      const box = one.getBoundingClientRect(), to = one.getScreenCTM();
      const look = getComputedStyle(one);
      return {
        text: one.textContent.trim(), weight: Number(look.fontWeight),
        size: parseFloat(look.fontSize) * Math.hypot(to.a, to.b), level: Math.abs(to.b) < 0.01,
        left: box.left - edge.left, right: box.right - edge.left,
        top: box.top - edge.top, bottom: box.bottom - edge.top,
        cut: Math.max(edge.left - box.left, box.right - edge.right,
          edge.top - box.top, box.bottom - edge.bottom),
      };
    }),
  };
})"""


def overprinted(words: list[dict[str, float]]) -> list[tuple[str, str]]:
    """Return pairs of words whose boxes share more than the blank around letters."""
    pairs = []
    for place, one in enumerate(words):
        for other in words[:place]:
            across = min(one["right"], other["right"]) - max(one["left"], other["left"])
            down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            lower = min(each["bottom"] - each["top"] for each in (one, other))
            if across > 1 and down > 0.3 * lower:
                pairs.append((one["text"], other["text"]))
    return pairs


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CHAPTERS)
def test_every_word_of_a_figure_can_be_read(shared_page: OpenPage, name: str, size: str) -> None:
    """No word is cut, overprinted, small or hairline, and the vertical axis is named level."""
    with resized(shared_page(f"{name}.html").page, SIZES[size]) as page:
        figures = page.evaluate(WORDS)
    for figure in figures:
        words, about = figure["words"], figure["caption"]
        assert [one["text"] for one in words if one["cut"] > 0.5] == [], about
        assert overprinted(words) == [], about
        assert [one["text"] for one in words if one["size"] < SMALLEST - 0.05] == [], about
        assert {one["weight"] for one in words} == {LIGHTEST}, about
        assert figure["weight"] >= LIGHTEST, about
        assert figure["beyond"] <= 0.5, about
        # Only labels of ticks may stand upright, where many have no room beside each other.
        assert [one["text"] for one in words if not one["level"] and len(one["text"]) > 3] == []


def test_words_that_overlap_are_noticed(open_page: OpenPage) -> None:
    """The test above would pass for nothing if it saw no words, or no overlap."""
    page = open_page("book/producers.html").page
    first = page.evaluate(WORDS)[0]
    assert len(first["words"]) > 8
    assert overprinted(first["words"] * 2)
    page.add_style_tag(content=".td-figure text { transform: scale(3); }")
    assert any(one["cut"] > 0.5 for one in page.evaluate(WORDS)[0]["words"])
