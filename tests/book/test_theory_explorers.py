"""Each explorer of the theory, on its page: alive without a kernel, with the model's numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tradedig_helpers.present.explorer import EXPLORERS, Explorer, explorer

from .conftest import OpenPage
from .drawn import FRAMES, assert_curves_are_the_models, written

SHOWN = """id => Object.fromEntries([...document.querySelectorAll(`#${id} [data-outcome]`)]
  .map(panel => [panel.dataset.outcome,
    [...panel.querySelectorAll("output")].map(output => output.textContent)]))"""


def page_of(name: str) -> str:
    """Find the chapter that shows an explorer."""
    root = Path(__file__).parents[2]
    found = [p for p in root.glob("book/*.md") if f'explorer("{name}"' in p.read_text("utf-8")]
    assert len(found) == 1, f"explorer {name!r} should be on exactly one page"
    return f"book/{found[0].stem}.html"


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
    """Move a slider by one step of the keyboard."""
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
def test_explorer_costs_at_most_12_kb(name: str) -> None:
    """The page carries it compressed."""
    import gzip

    assert len(gzip.compress(explorer(name).to_html().encode())) <= 12 * 1024
