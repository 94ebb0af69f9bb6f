"""The formulas that a browser evaluates are those that NumPy evaluates, in every explorer."""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Browser

from tradedig_book.explorers import EXPLORERS, Explorer, QualityExplorer, explorer
from tradedig_book.theory import CONDITIONS, Parameters, Program, evaluate, verdict

Point = dict[str, float]
COUNT = 3000


def all_explorers() -> dict[str, Explorer]:
    """Build every explorer of the book."""
    return {"quality": QualityExplorer()} | {name: explorer(name) for name in EXPLORERS}


BUILT = all_explorers()


def points(shown: Explorer, count: int = COUNT) -> list[Point]:
    """Draw points over the sliders, inside and outside the region."""
    rng = np.random.default_rng(8)
    draws = {p["name"]: rng.uniform(p["low"], p["high"], count) for p in shown.spec["parameters"]}
    return [
        dict(zip(draws, map(float, row), strict=True)) for row in zip(*draws.values(), strict=True)
    ]


def columns(where: list[Point]) -> dict[str, np.ndarray]:
    """Turn points into one array for each parameter."""
    return {name: np.array([point[name] for point in where]) for name in where[0]}


def edge_points() -> list[Point]:
    """Take points at the second-order condition's edge, and their neighbours in floating point."""
    result = []
    for point in points(BUILT["quality"], 200):
        gain = point["beta"] - 1 / point["phi"]
        if gain <= 0:
            continue
        psi = 4 * point["gamma"] * (1 - point["e"]) ** 2 / (point["L"] * gain * gain)
        for steps in range(-3, 4):
            near = psi + steps * math.ulp(psi)
            result.append(point | {"psi": near, "varphi": 2.0, "varphi_D": 1.0})
    return result


class Chromium:
    """A browser that evaluates a program's JavaScript."""

    def __init__(self, browser: Browser) -> None:
        self.page = browser.new_page()
        self.run_explorer = cache(self._run_explorer)

    def _run_explorer(self, name: str) -> list[Point]:
        """Run an explorer's program over its sliders, once for all tests."""
        return self.run(BUILT[name].program, points(BUILT[name]))

    def run(self, program: Program, where: list[Point]) -> list[Point]:
        """Return every step at every point; JSON keeps each float to the last bit."""
        text = self.page.evaluate(
            f"points => JSON.stringify(points.map({program.javascript()}))", where
        )
        return [
            {name: np.nan if value is None else value for name, value in row.items()}
            for row in json.loads(text)
        ]


@pytest.fixture(scope="module")
def chromium_page(browser: Browser) -> Chromium:
    """Open one page for all evaluations."""
    return Chromium(browser)


@pytest.mark.parametrize("name", BUILT)
def test_javascript_and_python_agree(chromium_page: Chromium, name: str) -> None:
    """On a random grid every step agrees to 1e-12 wherever the conditions hold."""
    shown = BUILT[name]
    where = points(shown)
    python = shown.program.evaluate(columns(where))
    inside = shown.program.verdict(columns(where)) == 0
    assert inside.sum() > COUNT / 20
    rows = chromium_page.run_explorer(name)
    for step, expected in python.items():
        javascript = np.array([row[step] for row in rows], dtype=float)
        np.testing.assert_allclose(
            javascript[inside], expected[inside], rtol=1e-12, atol=0, err_msg=step
        )


@pytest.mark.parametrize("name", BUILT)
def test_javascript_and_python_give_the_same_verdict(chromium_page: Chromium, name: str) -> None:
    """Both say inside, or name the same failed condition."""
    shown = BUILT[name]
    where = points(shown)
    rows = chromium_page.run_explorer(name)
    expected = shown.program.verdict(columns(where))
    assert [row["verdict"] for row in rows] == list(expected)


def test_the_edge_is_the_same_to_the_last_bit(chromium_page: Chromium) -> None:
    """Within three floating-point steps of the second-order condition the verdicts agree."""
    shown = BUILT["quality"]
    where = points(shown) + edge_points()
    python = [int(v) for v in verdict(Parameters(**columns(where)))]
    assert [row["verdict"] for row in chromium_page.run(shown.program, where)] == python
    assert set(python) == {0, *range(1, len(CONDITIONS) + 1)}


def test_elasticities_are_derivatives() -> None:
    """The chain rule through the steps agrees with a central difference."""
    shown = BUILT["elasticities"]
    point = {p["name"]: p["default"] for p in shown.spec["parameters"]}
    exact = shown.program.evaluate(point)
    for name, value in point.items():
        up, down = (
            evaluate(Parameters(**(point | {name: value * factor})))
            for factor in (1 + 1e-6, 1 - 1e-6)
        )
        for outcome in ("quality", "price", "quantity", "profit"):
            slope = (np.log(up[outcome]) - np.log(down[outcome])) / 2e-6
            assert exact[f"e_{outcome}_{name}"] == pytest.approx(float(slope), abs=1e-6)
