"""Search finds what is asked for first, shows it in prose, and works from the file system."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from .conftest import OpenPage, Origin, Visit

ORIGINS: list[Origin] = ["http", "file"]
FIRST = {
    "second-order condition": "book/optimal-quality.html",
    "flexible productivity": "notebooks/flexibility.html",
    "specification curve": "notebooks/specification-curve.html",
    "free entry": "book/equilibrium.html",
    "Heckman": "notebooks/endogeneity.html",
    "质量": "book/references.html",
    "贸易数字化": "book/references.html",
}
# Marks of TeX, Python and tables, which are no prose.
CODE = re.compile(r"\\[a-zA-Z(]|[\^$]|</?[a-z]|==| = [a-z]+\(|\bimport \w+$|\n\s*\n|\[PST\]")


def search(open_page: OpenPage, query: str, origin: Origin) -> Visit:
    """Search for something and wait for the last result and its snippet."""
    seen = open_page(f"search.html?q={quote(query)}", origin)
    seen.page.locator(".search-summary").filter(has_text="found").wait_for()
    seen.page.wait_for_function(
        "[...document.querySelectorAll('ul.search > li')].every(one => one.children.length > 1)"
    )
    return seen


def results(page: Page) -> list[str]:
    """Return the pages that were found, best first, each without its anchor."""
    links = page.locator("ul.search li > a")
    return [
        link.split("#")[0].split("?")[0]
        for link in links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
    ]


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("query", FIRST)
def test_the_page_on_it_comes_first(open_page: OpenPage, query: str, origin: Origin) -> None:
    """What a page is about is found on that page, in English and in Chinese."""
    seen = search(open_page, query, origin)
    assert results(seen.page)[0] == FIRST[query]
    assert seen.errors == []


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("query", ["second-order condition", "quality", "instrument", "贸易数字化"])
def test_snippets_are_prose(open_page: OpenPage, query: str, origin: Origin) -> None:
    """Each result shows a sentence, never TeX, code or runs of blanks."""
    page = search(open_page, query, origin).page
    snippets = page.locator("ul.search li p.context").all_inner_texts()
    assert len(snippets) == len(results(page)) > 0
    assert [text for text in snippets if CODE.search(text) or len(text) < 20] == []


@pytest.mark.parametrize("query", ["second-order condition", "贸易数字化"])
def test_snippet_says_what_was_asked_for(open_page: OpenPage, query: str) -> None:
    """The first result's snippet holds the words themselves."""
    page = search(open_page, query, "file").page
    assert query in page.locator("ul.search li p.context").first.inner_text()


def test_prose_is_loaded_only_to_search(open_page: OpenPage) -> None:
    """Neither a chapter nor the empty search page pays for the text of all the others."""
    for path in ("book/intro.html", "search.html"):
        assert not any("prose.js" in url for url in open_page(path).requests)
    assert any("prose.js" in url for url in search(open_page, "quality", "http").requests)


def test_no_page_reads_the_search_index_but_the_search_page(open_page: OpenPage) -> None:
    """The index is an eighth of what a page weighed."""
    assert not any("searchindex" in url for url in open_page("book/intro.html").requests)
    assert any("searchindex" in url for url in open_page("search.html").requests)


def test_words_begin_after_the_icon(open_page: OpenPage) -> None:
    """What is typed into the search page's box does not run into its magnifying glass."""
    box = open_page("search.html?q=quality").page.locator(".bd-search-container .bd-search")
    icon = box.locator(".fa-magnifying-glass").first.bounding_box()
    field = box.locator("input").bounding_box()
    inset = box.locator("input").evaluate("one => parseFloat(getComputedStyle(one).paddingLeft)")
    assert icon
    assert field
    assert field["x"] + inset > icon["x"] + icon["width"]
