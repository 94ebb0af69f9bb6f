"""The explorers for inference, on their pages: every axis, its marks, and Python's numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tradedig_book.explorers import explorer
from tradedig_book.explorers.scales import Scale

from .conftest import OpenPage
from .drawn import FRAMES, curve, written
from .test_theory_explorers import in_javascript, page_of

BUILT = {name: explorer(name) for name in ("power", "mediation", "selection-bias")}
MARKED = """([id, outcome]) => {
  const panel = document.querySelector(`#${id} [data-outcome=${outcome}]`);
  const grid = panel.querySelector(".td-grid");
  const at = name => Number(name.getAttribute("x1"));
  const [left, right] = ["x1", "x2"].map(side => Number(grid.getAttribute(side)));
  return [...panel.querySelectorAll(".td-marks line")].map(l => (at(l) - left) / (right - left));
}"""


def open_at(open_page: OpenPage, name: str, setting: str = "") -> Page:
    """Open the page of an explorer, at a setting."""
    page = open_page(f"{page_of(name)}{setting and f'#{name}?{setting}'}").page
    page.evaluate(FRAMES)
    return page


@pytest.mark.parametrize("name", BUILT)
def test_curves_against_each_axis(open_page: OpenPage, name: str) -> None:
    """What is drawn inside the region is what Python computes."""
    shown = BUILT[name]
    page = open_at(open_page, name)
    for axis in shown.spec["axes"]:
        page.locator(f"#{name}-axis").select_option(axis)
        page.evaluate(FRAMES)
        for outcome in shown.spec["outcomes"]:
            if "bars" not in outcome:
                assert_curve(page, name, outcome["name"], axis)


def assert_curve(page: Page, name: str, outcome: str, axis: str) -> None:
    """Compare a curve with Python's; where it is steep, a hundredth of a pixel is a gap."""
    shown = BUILT[name]
    along, up, height = curve(page, shown, outcome, axis)
    inside = shown.program.verdict(shown.values | {axis: along}) == 0
    assert inside.sum() > 20, (axis, outcome)
    shift = 1e-4 * (along.max() - along.min())
    expected, ahead = (
        shown.program.evaluate(shown.values | {axis: place})[outcome]
        for place in (along, along + shift)
    )
    gap = np.abs(up - expected) - np.abs(ahead - expected)
    assert gap[inside].max() < 3e-3 * height, (axis, outcome)


@pytest.mark.parametrize("axis", ["firms", "effect"])
def test_marks_of_power_are_where_python_has_them(open_page: OpenPage, axis: str) -> None:
    """Vertical lines at this book, at the paper, and where power is 80 per cent."""
    shown = BUILT["power"]
    page = open_at(open_page, "power", "effect=30&axis=effect" if axis == "effect" else "effect=30")
    about = next(p for p in shown.spec["parameters"] if p["name"] == axis)
    now = shown.program.evaluate(shown.values | {"effect": 30.0})
    marks = [float(now[m["step"]]) for m in shown.spec["marks"] if m["axis"] == axis]
    across = Scale(about["low"], about["high"], about.get("axis", "linear"))
    expected = [
        float(across.shares(np.array(mark)))
        for mark in marks
        if about["low"] <= mark <= about["high"]
    ]
    assert page.evaluate(MARKED, ["power", "power"]) == pytest.approx(expected, abs=1e-6)


def test_bars_of_mediation_show_paths_and_product(open_page: OpenPage) -> None:
    """Two significant paths, a product that is not: the numbers say so on the page."""
    shown = BUILT["mediation"]
    setting = {"mu1": 6.0, "firms": 20.0, "error0": 4.0}
    page = open_at(open_page, "mediation", "&".join(f"{k}={v:g}" for k, v in setting.items()))
    now = shown.program.evaluate(shown.values | setting)
    bars = page.locator("#mediation [data-outcome=tests] output").all_inner_texts()
    steps = [bar["step"] for bar in shown.spec["outcomes"][-1]["bars"]]
    assert bars == [written(float(now[step])) for step in steps]
    assert min(float(now["z0"]), float(now["z1"])) > 1.96 > float(now["z"])


@pytest.mark.parametrize("name", BUILT)
def test_equations_carry_the_numbers_of_python(open_page: OpenPage, name: str) -> None:
    """Every place in the live equation, after a link has moved a slider."""
    shown = BUILT[name]
    first = shown.spec["axes"][0]
    about = next(p for p in shown.spec["parameters"] if p["name"] == first)
    moved = round(0.7 * about["high"], 2)
    page = open_at(open_page, name, f"{first}={moved:g}")
    values = shown.values | {first: moved}
    results = shown.program.evaluate(values)
    for place in set(re.findall(r'data-value="(\w+)"', shown.spec["equation"])):
        text = (
            page.locator(f"#{name} .td-equation [data-value={place}]").first.text_content().strip()
        )
        expected = f"{values[place]:.2f}" if place in values else written(float(results[place]))
        assert text == expected, place


def test_where_the_lag_is_no_instrument_the_page_says_so(open_page: OpenPage) -> None:
    """Nothing lasts, so within firms there is no first stage."""
    page = open_at(open_page, "selection-bias", "rho=0&r=0")
    condition = BUILT["selection-bias"].spec["conditions"][0]
    status = page.locator("#selection-bias .td-status").inner_text()
    assert status.startswith(f"{condition['otherwise']}. Come back with r above ")
    assert page.locator("#selection-bias [data-outcome=firm_iv] output").inner_text() == "–"
    now = BUILT["selection-bias"].program.evaluate(
        BUILT["selection-bias"].values | {"rho": 0.0, "r": 0.0}
    )
    for name in ("ols", "firm_ols"):  # least squares asks for no first stage
        view = page.locator(f"#selection-bias [data-outcome={name}]")
        assert view.locator("output").inner_text() == written(float(now[name]))
        assert view.locator(".td-shade").count() == 0


def test_limits_are_the_same_to_the_last_bit(browser: Browser) -> None:
    """Every step is arithmetic: Python and JavaScript do not differ at all."""
    shown = BUILT["selection-bias"]
    rng = np.random.default_rng(10)
    inputs = {
        p["name"]: rng.uniform(p["low"], p["high"], 2000).tolist() for p in shown.spec["parameters"]
    }
    python = shown.program.evaluate(inputs)
    for step, numbers in in_javascript(browser, shown.program, inputs).items():
        assert numbers == python[step].tolist(), step
