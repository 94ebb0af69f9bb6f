"""Protects the power explorer's formulas: equal to the package's power, and to simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradedig_book.explorers import power as explorer_of_power
from tradedig_helpers import power

PROGRAM = explorer_of_power.formulas()
MANY = 1e9
Point = dict[str, float]


@st.composite
def points(draw: st.DrawFn) -> Point:
    """Draw a study and a test of it."""
    limits = {
        "effect": (1.0, 60.0),
        "error": (0.5, 40.0),
        "reference": (0.5, 200.0),
        "firms": (0.5, 200.0),
        "level": (0.01, 0.2),
    }
    return {name: draw(st.floats(*range_)) for name, range_ in limits.items()}


def at(point: Point, *steps: str) -> list[float]:
    """Evaluate some steps at one point."""
    found = PROGRAM.evaluate(point)
    return [float(found[step]) for step in steps]


@given(points())
def test_power_is_the_packages_with_many_clusters(point: Point) -> None:
    """The noncentral t of the chapter becomes the normal of the slider."""
    found, error, distance = at(point, "power", "std_error", "distance")
    assume(distance < 5)  # SciPy's noncentral t gives NaN for some tests that cannot fail
    expected = power(point["effect"], error, MANY, point["level"])
    assert found == pytest.approx(float(expected), abs=1e-6)


@given(points())
def test_four_times_the_firms_halve_the_error(point: Point) -> None:
    """The root law; at the reference the error is the known one."""
    (few,), (many,) = (
        at(point | {"firms": times * point["firms"]}, "std_error") for times in (1, 4)
    )
    assert many == pytest.approx(few / 2)
    assert at(point | {"firms": point["reference"]}, "std_error")[0] == pytest.approx(
        point["error"]
    )


@given(points())
def test_detectable_effect_and_needed_firms_give_the_target_power(point: Point) -> None:
    """Both say 80 per cent; the neglected tail adds at most 4e-4."""
    target = float(explorer_of_power.TARGET_POWER)
    detectable, needed = at(point, "detectable", "needed")
    for changed in ({"effect": detectable}, {"firms": needed}):
        (found,) = at(point | changed, "power")
        assert -1e-6 <= found - target < 4e-4


def test_exaggeration_is_that_of_simulated_findings() -> None:
    """Estimates are drawn, the insignificant ones thrown away, and the rest averaged."""
    point = {"effect": 26.0, "error": 5.0, "reference": 151.41, "firms": 4.0, "level": 0.05}
    found, error, seen = at(point, "exaggeration", "std_error", "power")
    draws = np.random.default_rng(3).normal(point["effect"], error, 400_000)
    significant = np.abs(draws)[np.abs(draws) > 1.959964 * error]
    assert len(significant) / len(draws) == pytest.approx(seen, abs=0.003)
    assert significant.mean() / point["effect"] == pytest.approx(found, rel=0.005)
