"""What others see of a page: its icon, its description and its picture, all on the book's disk."""

from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
PAGES = [*CHAPTERS, "search", "prf-prf"]


class Head(HTMLParser):
    """What a page declares about itself."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep named properties and the icon."""
        about = {key: value or "" for key, value in attrs}
        if tag == "meta" and (name := about.get("name") or about.get("property")):
            self.said[name] = about["content"]
        if tag == "link" and about.get("rel") == "icon":
            self.said["icon"] = about["href"]


@pytest.fixture(scope="module")
def head(book_dir: Path) -> Callable[[str], dict[str, str]]:
    """Return ``head(page)``, what a page declares."""
    return cache(lambda name: Head(book_dir / f"{name}.html").said)


@pytest.mark.parametrize("name", PAGES)
def test_icon_and_picture_are_there(
    head: Callable[[str], dict[str, str]], book_dir: Path, name: str
) -> None:
    """Both are files of the book, so that no other host is asked."""
    for file in (head(name)["icon"], head(name)["og:image"]):
        data = (book_dir / name).parent.joinpath(unquote(file)).resolve().read_bytes()
        assert data.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PAGES)
def test_description_is_a_sentence(head: Callable[[str], dict[str, str]], name: str) -> None:
    """A link shows words, not TeX, and no more than a link has room for."""
    text = head(name)["description"]
    assert text == head(name)["og:description"]
    assert 40 < len(text) < 260
    assert text.endswith((".", "?", "!", ":"))
    assert not set(text) & set("\\${}")


def test_each_chapter_has_its_own_description(head: Callable[[str], dict[str, str]]) -> None:
    """Two links in a list can be told apart."""
    assert len({head(name)["description"] for name in CHAPTERS}) == len(CHAPTERS)
    assert len({head(name)["og:title"] for name in CHAPTERS}) == len(CHAPTERS)
