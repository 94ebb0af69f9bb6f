"""Protects paper: tables that fit its width, nothing to click, black on white in either theme."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from tradedig_book.present.palette import PALETTE, palette_css
from tradedig_book.present.tables import PageTable, digits, table

CSS = Path(__file__).parents[2] / "_ext" / "static" / "book.css"
A4 = 717
"""Width of A4 between the default margins of browsers, in CSS pixels."""
COLUMNS = 6
NUMBER = "−0.0626<sup>***</sup><br><small>(0.0715)</small>"
WIDEST = PageTable(
    caption="Six columns, ours beside the published, as wide as any table of the book",
    header=("regressor", *("ours", "paper") * COLUMNS),
    rows=(
        ("province–industry–year effects", *("yes",) * 2 * COLUMNS),
        ("lnsdp", *(NUMBER,) * 2 * COLUMNS),
    ),
    style="paired",
    groups=(("", 1), *((f"({column}) QSY", 2) for column in range(1, COLUMNS + 1))),
)
WORDY = table(
    pd.DataFrame(
        {
            "measured": ["regressions against other libraries, stage by stage"] * 2,
            "made by": ["python -m benchmarks.run estimation_growth"] * 2,
            "on": ["2 cores, 8 GB, Linux 6.1, Python 3.11 and the libraries of requirements"] * 2,
            **{f"quantity {number}": [-1234567.891, 0.5] for number in range(6)},
        }
    ),
    caption="Three columns of words before six of numbers",
    formats={f"quantity {number}": digits(3) for number in range(6)},
)
CODE = "x = 1  # " + "a long comment " * 20
BODY = f"""<main class="bd-main"><div class="bd-content"><article class="bd-article">
<div class="cell_output"><div class="output text_html">{WIDEST._repr_html_()}</div></div>
<div class="cell_output"><div class="output text_html">{WORDY._repr_html_()}</div></div>
<details class="hide"><summary>Show code</summary>hidden</details>
<div class="highlight"><pre>{CODE}</pre><button class="copybtn">copy</button></div>
</article></div></main>"""
# What a theme may do; the book's own sheet comes after it.
THEME = """body { margin: 0 16px; font: 16px sans-serif; } small { font-size: 14px; }
button.copybtn { display: flex; }
html[data-theme="dark"] { background: #14181e; color: #ced6dd; color-scheme: dark; }"""
RIGHT_ENDS = """() => [...document.querySelectorAll(".td-table table, .highlight pre")].map(e => {
  const range = document.createRange();
  range.selectNodeContents(e);
  return range.getBoundingClientRect().right;
})"""
BROKEN = r"""() => [...document.querySelectorAll(".td-table :is(td, th, sup, small)")].flatMap(e =>
  [...e.childNodes].filter(node => node.nodeType === 3 && /^[^\s–]+$/.test(node.data))
).filter(node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return range.getClientRects().length > 1;
}).map(node => node.data)"""
WIDER = {
    "as it is": "",
    "an eighth": "* { letter-spacing: 0.07em; }",
    "by half": "* { letter-spacing: 0.3em; }",
}
"""By how much letters are wider than those of the machine's own font."""


@contextmanager
def on(
    browser: Browser,
    media: Literal["print", "screen"],
    theme: Literal["light", "dark"],
    more: str = "",
) -> Iterator[Page]:
    """Yield a page as wide as paper, with the widest tables and a long line of code."""
    with browser.new_context(viewport={"width": A4, "height": 900}) as context:
        page = context.new_page()
        page.emulate_media(media=media)
        style = f"<style>{THEME}{palette_css()}{CSS.read_text()}{more}</style>"
        page.set_content(f'<html data-theme="{theme}">{style}{BODY}</html>')
        yield page


@pytest.mark.parametrize("wider", WIDER)
def test_nothing_is_cut(browser: Browser, wider: str) -> None:
    """A box that scrolls on a screen is cut on paper, so its content must fit, in any font."""
    with on(browser, "screen", "light", WIDER[wider]) as page:
        assert min(page.evaluate(RIGHT_ENDS)) > A4
    with on(browser, "print", "light", WIDER[wider]) as page:
        assert max(page.evaluate(RIGHT_ENDS)) <= A4
        assert page.evaluate("document.documentElement.scrollWidth") <= A4


@pytest.mark.parametrize("wider", ["as it is", "an eighth"])
def test_no_number_is_broken(browser: Browser, wider: str) -> None:
    """A number on two lines is read as two, so columns must hold their words in usual fonts."""
    with on(browser, "print", "light", WIDER[wider]) as page:
        assert page.evaluate(BROKEN) == []
    with on(browser, "print", "light", WIDER["by half"]) as page:
        assert page.evaluate(BROKEN)  # ... so that the assertion above can fail


@pytest.mark.parametrize("what", [".td-export", ".copybtn", "details.hide"])
def test_what_can_only_be_clicked_is_not_printed(browser: Browser, what: str) -> None:
    """Links to a table's files, buttons and closed code are for screens."""
    with on(browser, "screen", "light") as page:
        assert all(one.is_visible() for one in page.locator(what).all())
        assert page.locator(what).count()
    with on(browser, "print", "light") as page:
        assert not any(one.is_visible() for one in page.locator(what).all())


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
