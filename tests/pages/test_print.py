"""Protects paper: tables that fit its width, nothing to click, black on white in either theme."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tradedig_book.present.palette import PALETTE, palette_css
from tradedig_book.present.tables import Table

CSS = Path(__file__).parents[2] / "_ext" / "static" / "book.css"
A4 = 717
"""Width of A4 between the default margins of browsers, in CSS pixels."""
COLUMNS = 6
NUMBER = "−0.0626<sup>***</sup><br><small>(0.0715)</small>"
WIDEST = Table(
    caption="Six columns, ours beside the published, as wide as any table of the book",
    header=("regressor", *("ours", "paper") * COLUMNS),
    rows=(
        ("province–industry–year effects", *("yes",) * 2 * COLUMNS),
        ("lnsdp", *(NUMBER,) * 2 * COLUMNS),
    ),
    style="paired",
    groups=(("", 1), *((f"({column}) QSY", 2) for column in range(1, COLUMNS + 1))),
)
CODE = "x = 1  # " + "a long comment " * 20
BODY = f"""<main class="bd-main"><div class="bd-content"><article class="bd-article">
<div class="cell_output"><div class="output text_html">{WIDEST._repr_html_()}</div></div>
<details class="hide"><summary>Show code</summary>hidden</details>
<div class="highlight"><pre>{CODE}</pre><button class="copybtn">copy</button></div>
</article></div></main>"""
# What a theme may do; the book's own sheet comes after it.
THEME = """body { margin: 0 16px; font: 16px sans-serif; } small { font-size: 14px; }
button.copybtn { display: flex; }
html[data-theme="dark"] { background: #14181e; color: #ced6dd; color-scheme: dark; }"""
RIGHT_ENDS = """() => Object.fromEntries([".td-table table", ".highlight pre"].map(name => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(name));
  return [name, range.getBoundingClientRect().right];
}))"""


@contextmanager
def on(
    browser: Browser, media: Literal["print", "screen"], theme: Literal["light", "dark"]
) -> Iterator[Page]:
    """Yield a page as wide as paper, with the widest table and a long line of code."""
    with browser.new_context(viewport={"width": A4, "height": 900}) as context:
        page = context.new_page()
        page.emulate_media(media=media)
        style = f"<style>{THEME}{palette_css()}{CSS.read_text()}</style>"
        page.set_content(f'<html data-theme="{theme}">{style}{BODY}</html>')
        yield page


def test_nothing_is_cut(browser: Browser) -> None:
    """A box that scrolls on a screen is cut on paper, so its content must fit the page."""
    with on(browser, "screen", "light") as page:
        assert max(page.evaluate(RIGHT_ENDS).values()) > A4
    with on(browser, "print", "light") as page:
        assert max(page.evaluate(RIGHT_ENDS).values()) <= A4
        assert page.evaluate("document.documentElement.scrollWidth") <= A4


@pytest.mark.parametrize("font", ["DejaVu Sans Mono", "DejaVu Sans", "DejaVu Serif", "sans-serif"])
def test_tables_fit_in_any_font(browser: Browser, font: str) -> None:
    """Machines have fonts of their own, wide ones too: the table must fit by its design."""
    with on(browser, "print", "light") as page:
        style = f"font-family: '{font}', monospace; letter-spacing: 0.04em;"
        page.add_style_tag(content=f".td-table * {{ {style} }}")
        assert page.evaluate(RIGHT_ENDS)[".td-table table"] <= A4


@pytest.mark.parametrize("what", [".td-export", ".copybtn", "details.hide"])
def test_what_can_only_be_clicked_is_not_printed(browser: Browser, what: str) -> None:
    """Links to a table's files, buttons and closed code are for screens."""
    with on(browser, "screen", "light") as page:
        assert page.locator(what).is_visible()
    with on(browser, "print", "light") as page:
        assert not page.locator(what).is_visible()


def test_the_dark_theme_prints_in_ink(browser: Browser) -> None:
    """Paper is white: light text on it could not be read, nor the palette's dark shades."""
    with on(browser, "print", "dark") as page:
        colour = "name => getComputedStyle(document.querySelector(name)).color"
        assert page.evaluate(colour, ".td-table td") == "rgb(0, 0, 0)"
        sheet = "getComputedStyle(document.documentElement).backgroundColor"
        assert page.evaluate(sheet) == "rgb(255, 255, 255)"
        shade = "getComputedStyle(document.documentElement).getPropertyValue('--td-now')"
        assert page.evaluate(shade) == PALETTE["now"].light
    with on(browser, "screen", "dark") as page:
        assert page.evaluate(shade) == PALETTE["now"].dark
