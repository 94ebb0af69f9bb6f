"""What others see of a page: its icon, its description and its picture, all on the book's disk."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser
from sphinx_external_toc.parsing import parse_toc_yaml

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
PAGES = [*CHAPTERS, "search", "prf-prf"]
HEAD = """() => Object.fromEntries([
  ...[...document.querySelectorAll("meta[name], meta[property]")].map(one =>
    [one.getAttribute("name") ?? one.getAttribute("property"), one.content]),
  ["icon", document.querySelector("link[rel=icon]").getAttribute("href")],
])"""
Head = dict[str, str]


@pytest.fixture(scope="module")
def head(browser: Browser, book_dir: Path) -> Callable[[str], Head]:
    """Return ``head(page)``, what the head of a page declares."""

    @cache
    def head(name: str) -> Head:
        with browser.new_page(java_script_enabled=False) as page:
            page.goto((book_dir / f"{name}.html").as_uri())
            found: Head = page.evaluate(HEAD)
            return found

    return head


@pytest.mark.parametrize("name", PAGES)
def test_icon_and_picture_are_there(head: Callable[[str], Head], book_dir: Path, name: str) -> None:
    """Both are files of the book, so that no other host is asked."""
    for file in (head(name)["icon"], head(name)["og:image"]):
        data = (book_dir / name).parent.joinpath(unquote(file)).resolve().read_bytes()
        assert data.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PAGES)
def test_description_is_a_sentence(head: Callable[[str], Head], name: str) -> None:
    """A link shows words, not TeX, and no more than a link has room for."""
    text = head(name)["description"]
    assert text == head(name)["og:description"]
    assert 40 < len(text) < 260
    assert text.endswith((".", "?", "!", ":"))
    assert not set(text) & set("\\${}")


def test_each_chapter_has_its_own_description(head: Callable[[str], Head]) -> None:
    """Two links in a list can be told apart."""
    assert len({head(name)["description"] for name in CHAPTERS}) == len(CHAPTERS)
    assert len({head(name)["og:title"] for name in CHAPTERS}) == len(CHAPTERS)
