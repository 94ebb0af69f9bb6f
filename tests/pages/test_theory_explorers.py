"""Each explorer, on its page: alive without a kernel, with the model's numbers."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from playwright.sync_api import Browser, Page

from tradedig_book.explorers import EXPLORERS, Explorer, explorer
from tradedig_book.present.assets import instead
from tradedig_book.theory import Program

from .conftest import OpenPage
from .drawn import FRAMES, assert_curves_are_the_models, curve, written

Columns = dict[str, list[float]]
SHOWN = """id => Object.fromEntries([...document.querySelectorAll(`#${id} [data-outcome]`)]
  .map(panel => [panel.dataset.outcome,
    [...panel.querySelectorAll("output")].map(output => output.textContent)]))"""


def page_of(name: str) -> str:
    """Find the chapter that shows an explorer."""
    root = Path(__file__).parents[2]
    chapters = [*root.glob("book/*.md"), *root.glob("notebooks/*.md")]
    # A cell may ask for an explorer's values elsewhere; shown, it ends its line.
    shown = re.compile(rf'^explorer\("{name}"\)$', re.MULTILINE)
    found = [page for page in chapters for _ in shown.findall(page.read_text("utf-8"))]
    assert len(found) == 1, f"explorer {name!r} should be shown once, on one page"
    return f"{found[0].parent.name}/{found[0].stem}.html"


def expected(shown: Explorer, values: dict[str, float]) -> dict[str, list[str]]:
    """Compute in Python what the views should read."""
    results = shown.program.evaluate(values)
    return {
        outcome["name"]: [
            written(float(results[step]))
            for step in (
                [bar["step"] for bar in outcome["bars"]] if "bars" in outcome else [outcome["name"]]
            )
        ]
        for outcome in shown.spec["outcomes"]
    }


def press(page: Page, shown: Explorer, name: str) -> None:
    """Move a slider by one step of the keyboard, unfolding it where it is folded."""
    page.evaluate(
        "id => { document.querySelector(`#${id} .td-more`).open = true; }", shown.spec["id"]
    )
    page.locator(f"#{shown.spec['id']}-{name}").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(FRAMES)


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_slider_moves_the_views_to_the_models_numbers(open_page: OpenPage, name: str) -> None:
    """From the file system: each slider in turn, every view after each."""
    shown = explorer(name)
    seen = open_page(page_of(name), "file")
    values = {p["name"]: p["default"] for p in shown.spec["parameters"]}
    assert seen.page.evaluate(SHOWN, shown.spec["id"]) == expected(shown, values)
    for parameter in values:
        press(seen.page, shown, parameter)
        values[parameter] = round(values[parameter] + 0.01, 2)
        assert seen.page.evaluate(SHOWN, shown.spec["id"]) == expected(shown, values), parameter
    assert_curves_are_the_models(seen.page, shown, values, shown.axis)
    assert seen.errors == []
    assert seen.foreign == []


@pytest.mark.parametrize("name", EXPLORERS)
def test_explorer_fits_a_phone(open_page: OpenPage, name: str) -> None:
    """At 375 px nothing in it is wider than the page."""
    page = open_page(page_of(name), viewport={"width": 375, "height": 720}).page
    box = page.locator(f"#{explorer(name).spec['id']}")
    assert box.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


@pytest.mark.parametrize("name", EXPLORERS)
def test_explorer_costs_at_most_16_kb(name: str) -> None:
    """The page carries it compressed."""
    import gzip

    shown = explorer(name)
    live = shown.to_html().replace(instead(shown.still().to_html()), "")
    assert len(gzip.compress(live.encode())) <= 16 * 1024


MEASURED = explorer("measurement")


def test_measured_quality_against_each_axis(open_page: OpenPage) -> None:
    """Straight lines, the edge at σ = 1 and the kinks of min and max are where Python has them."""
    seen = open_page(page_of("measurement"))
    for axis in MEASURED.spec["axes"]:
        seen.page.locator("#measurement-axis").select_option(axis)
        seen.page.evaluate(FRAMES)
        for outcome in MEASURED.spec["outcomes"]:
            assert_measured_curve(seen.page, outcome["name"], axis)
    assert seen.errors == []


def assert_measured_curve(page: Page, outcome: str, axis: str) -> None:
    """Compare a curve of measured quality with Python's."""
    values = {p["name"]: p["default"] for p in MEASURED.spec["parameters"]}
    along, up, height = curve(page, MEASURED, outcome, axis)
    there = values | {axis: along}
    # What is drawn at the very edge may be read back, to a hundredth of a pixel, beyond it.
    inside = MEASURED.program.verdict(there) == 0
    assert inside.sum() > max(20, len(along) - 2), (axis, outcome)
    gap = np.abs(up - MEASURED.program.evaluate(there)[outcome])[inside]
    assert gap.max() < 3e-3 * height, (axis, outcome)


def test_measured_quality_shows_equation_10_with_its_numbers(open_page: OpenPage) -> None:
    """The numbers in the equation are those on the sliders and those of Python."""
    page = open_page(f"{page_of('measurement')}#measurement?sigma=2.5&ln_q=4").page
    page.evaluate(FRAMES)
    values = {p["name"]: p["default"] for p in MEASURED.spec["parameters"]}
    results = MEASURED.program.evaluate(values | {"sigma": 2.5, "ln_q": 4.0})
    shown = page.evaluate(
        """() => Object.fromEntries(
          [...document.querySelectorAll("#measurement .td-equation [data-value]")]
            .map(n => [n.dataset.value, n.textContent.trim()]))"""
    )
    assert (shown["sigma"], shown["ln_q"]) == ("2.50", "4.00")
    for step in ("kappa", "own", "above", "span", "score"):
        assert shown[step] == written(float(results[step]))


def in_javascript(browser: Browser, program: Program, inputs: Columns) -> Columns:
    """Evaluate a program in the browser; JSON keeps each float to the last bit."""
    rows = [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]
    page = browser.new_page()
    text = page.evaluate(f"rows => JSON.stringify(rows.map({program.javascript()}))", rows)
    page.close()
    found = json.loads(text)
    return {step: [row[step] for row in found] for step in program.steps}


def test_measured_quality_is_the_same_to_the_last_bit(browser: Browser) -> None:
    """Every step is arithmetic, min or max: Python and JavaScript do not differ at all."""
    rng = np.random.default_rng(10)
    inputs = {
        p["name"]: rng.uniform(p["low"], p["high"], 2000).tolist()
        for p in MEASURED.spec["parameters"]
    }
    python = MEASURED.program.evaluate(inputs)
    for step, numbers in in_javascript(browser, MEASURED.program, inputs).items():
        assert numbers == python[step].tolist(), step


def test_min_and_max_are_the_same_to_the_last_bit(browser: Browser) -> None:
    """Ties, neighbours in floating point, both zeros and very large numbers included."""
    a, b, c = sp.symbols("a b c")
    program = Program(("a", "b", "c"), {"low": sp.Min(a, b, c), "high": sp.Max(a, b, c)})
    edges = [0.0, -0.0, 1.0, float(np.nextafter(1, 2)), -1.0, 0.1 + 0.2, 0.3, 1e300, -1e300, 5e-324]
    columns = zip(*product(edges, repeat=3), strict=True)
    inputs = dict(zip("abc", map(list, columns), strict=True))
    python = program.evaluate(inputs)
    for step, numbers in in_javascript(browser, program, inputs).items():
        assert numbers == python[step].tolist(), step
