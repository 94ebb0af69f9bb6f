"""Every page as a reader gets it: from a static host and straight from the file system."""

import gzip
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser
from sphinx_external_toc.parsing import parse_toc_yaml

from .conftest import OpenPage, Origin, resized

CHAPTERS = list(parse_toc_yaml(Path(__file__).parents[2] / "_toc.yml"))
PAGES = [*CHAPTERS, "search"]
MAX_WEIGHT = 350 * 1024
PHONE = {"width": 375, "height": 720}

# Images whose alternative text is missing or is only a file's path.
UNDESCRIBED = r"""() => [...document.querySelectorAll("article img")]
  .filter(image => !image.alt.trim() || /\.(png|svg|jpe?g)$/.test(image.alt))
  .map(image => image.src)"""
SEARCH_BOXES = """() => [...document.querySelectorAll(
    "input[type=search], .search-button, .search-button-field, .search-button__button")]
  .filter(box => box.checkVisibility({visibilityProperty: true})).length"""
# Displayed formulas whose left end lies outside the page, where no scrolling reaches it.
CUT_FORMULAS = """() => [...document.querySelectorAll("mjx-container[display=true] > mjx-math")]
  .filter(formula => formula.getBoundingClientRect().left < 0)
  .map(formula => formula.textContent || formula.parentElement.textContent)"""
BAD_FORMULAS = """() => [...document.querySelectorAll("mjx-merror, [data-mjx-error]")]
  .map(formula => formula.dataset.mjxError ?? formula.textContent)"""
# Between an element's background and the words that it has in bold.
CONTRAST = r"""bar => {
const light = colour => {
  const part = colour.match(/[\d.]+/g).slice(0, 3).map(each => {
    const share = each / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
};
const ends = [getComputedStyle(bar).backgroundColor,
  getComputedStyle(bar.querySelector("strong")).color].map(light);
return (Math.max(...ends) + 0.05) / (Math.min(...ends) + 0.05);
}"""
NOTEBOOK = "a.btn-download-notebook"
"""The button that offers a chapter as a notebook."""


@cache
def packed(file: Path) -> int:
    """Return the size of a file in bytes as a host would send it."""
    return len(gzip.compress(file.read_bytes()))


@pytest.mark.parametrize("origin", ["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_page_asks_no_other_host(shared_page: OpenPage, name: str, origin: Origin) -> None:
    """A reader behind a firewall, or on a train, gets the whole page."""
    assert shared_page(f"{name}.html", origin).foreign == []


def test_another_host_is_noticed_and_not_found(open_page: OpenPage) -> None:
    """The test above would pass for nothing if a request went unseen, or was answered."""
    seen = open_page("search.html")
    asked = "fetch('https://example.org/').then(() => 'answered', () => 'lost')"
    assert seen.page.evaluate(asked) == "lost"
    assert seen.foreign == ["https://example.org/"]
    assert len(seen.errors) == 1


@pytest.mark.parametrize("origin", ["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_page_raises_no_error(shared_page: OpenPage, name: str, origin: Origin) -> None:
    """Every script on the page runs, and every file it wants is there."""
    assert shared_page(f"{name}.html", origin).errors == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light(shared_page: OpenPage, book_url: str, book_dir: Path, name: str) -> None:
    """A page with all that it loads stays under 350 KB, compressed as a host would."""
    asked = shared_page(f"{name}.html").first_view
    own = {urlsplit(url.removeprefix(book_url)).path for url in asked if book_url in url}
    files = [book_dir / unquote(path) for path in own]
    assert 0 < sum(packed(file) for file in files if file.is_file()) <= MAX_WEIGHT


@pytest.mark.parametrize("name", PAGES)
def test_images_are_described(shared_page: OpenPage, name: str) -> None:
    """Who cannot see a figure is told what it shows, not where its file lies."""
    assert shared_page(f"{name}.html").page.evaluate(UNDESCRIBED) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_formulas_are_set(shared_page: OpenPage, name: str) -> None:
    """No formula shows a TeX error in place of mathematics."""
    assert shared_page(f"{name}.html").page.evaluate(BAD_FORMULAS) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_one_search_box(shared_page: OpenPage, name: str) -> None:
    """The theme's two ways to search never show at the same time."""
    assert shared_page(f"{name}.html").page.evaluate(SEARCH_BOXES) == 1


@pytest.mark.parametrize("name", PAGES)
def test_phone_never_scrolls_sideways(shared_page: OpenPage, name: str) -> None:
    """At 375 px wide formulas, tables and figures stay inside the page."""
    with resized(shared_page(f"{name}.html").page, PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("name", PAGES)
def test_phone_shows_formulas_from_their_start(shared_page: OpenPage, name: str) -> None:
    """A formula wider than the screen begins on it and scrolls to its end."""
    with resized(shared_page(f"{name}.html").page, PHONE) as page:
        assert page.evaluate(CUT_FORMULAS) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_executable_chapter_offers_its_notebook(
    shared_page: OpenPage, root: Path, book_dir: Path, name: str
) -> None:
    """Exactly the chapters with code link a valid notebook without outputs, on a phone too."""
    source = root / f"{name}.md"
    executable = "\nkernelspec:" in source.read_text(encoding="utf-8")
    with resized(shared_page(f"{name}.html", "file").page, PHONE) as page:
        buttons = page.locator(NOTEBOOK).all()
        assert [button.is_visible() for button in buttons] == [True] * executable
    for button in buttons:
        notebook = nbformat.read(
            (book_dir / name).parent / button.get_attribute("href"), as_version=4
        )
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert code
        assert not any(cell.outputs for cell in code)


def test_index_leads_to_the_first_page(browser: Browser, book_dir: Path) -> None:
    """Opening index.html from the file system shows the introduction."""
    with browser.new_page() as page:
        page.goto((book_dir / "index.html").as_uri())
        page.wait_for_url(f"**/{CHAPTERS[0]}.html")


def test_search_finds_a_word(open_page: OpenPage) -> None:
    """Search works without a server."""
    page = open_page("search.html?q=quality", "file").page
    page.locator("ul.search li a").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_index_of_proofs_can_be_read(open_page: OpenPage, scheme: str) -> None:
    """Its heading bars, which Sphinx makes for light pages alone, keep a contrast of 4.5."""
    page = open_page("prf-prf.html", color_scheme=scheme).page
    contrast = page.locator("tr.cap").first.evaluate(CONTRAST)
    assert contrast >= 4.5
