"""Tables on a laptop: all columns in sight, on every page."""

from pathlib import Path

import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

from .conftest import OpenPage, resized

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
WIDER = """() => [...document.querySelectorAll(".td-table")]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.ariaLabel}: ${one.scrollWidth} in ${one.clientWidth}`)"""
# On a phone a shadow says that a table goes on, and its rows keep their heads in sight.
HEADS = """() => [...document.querySelectorAll(".td-table")]
  .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .filter(one => getComputedStyle(one).backgroundImage.split("linear-gradient").length !== 5
    || getComputedStyle(one.querySelector("tbody th")).position !== "sticky")
  .map(one => one.ariaLabel)"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_table_is_wider_than_its_column(shared_page: OpenPage, name: str) -> None:
    """At 1280 pixels nothing scrolls sideways."""
    assert shared_page(f"{name}.html").page.evaluate(WIDER) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_wide_table_says_so_on_a_phone(shared_page: OpenPage, name: str) -> None:
    """Where columns have no room there is a shadow, and the heads of rows stay."""
    with resized(shared_page(f"{name}.html").page, {"width": 375, "height": 812}) as page:
        assert page.evaluate(HEADS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
