"""Protects figures of growth: exponents that are right, labels, and refusals."""

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers.present.scale_figures import growth_figure, power_law, steps_figure

SIZES = pd.Series([1e5, 2e5, 4e5, 8e5])


def points(*exponents):
    """Return exact power laws, one series each."""
    return pd.concat(
        pd.DataFrame({"series": f"law {b}", "size": SIZES, "seconds": 3e-6 * SIZES**b})
        for b in exponents
    )


def test_exponent_of_an_exact_power_law():
    """A line in logs must give back the numbers it was drawn from."""
    found = power_law(SIZES, 3e-6 * SIZES**1.25)
    np.testing.assert_allclose(found, (1.25, 3e-6))


@pytest.mark.parametrize(
    ("x", "seconds", "problem"),
    [([1.0, 2.0], [1.0, 0.0], "least of these is 0"), ([2.0, 2.0], [1.0, 2.0], "there is 1")],
)
def test_what_has_no_exponent_is_refused(x, seconds, problem):
    """A logarithm of zero, or a line through one size, must not reach the page."""
    with pytest.raises(ValueError, match=problem):
        power_law(pd.Series(x), pd.Series(seconds))


def test_each_series_is_named_with_its_exponent():
    """The reader must be able to tell the series apart and read how each grows."""
    drawn = growth_figure(points(1.0, 1.5), xlabel="rows", caption="c", alt="a")
    for label in ("law 1.0, exponent 1.00", "law 1.5, exponent 1.50", "seconds (log scale)"):
        assert label in drawn.svg


def test_a_series_of_one_size_is_a_point():
    """A library that was measured once must be shown, without an exponent."""
    one = points(1.0).head(1)
    drawn = growth_figure(one, xlabel="rows", caption="c", alt="a")
    assert "law 1.0" in drawn.svg
    assert "exponent" not in drawn.svg


def test_steps_are_drawn_from_zero_on():
    """No mobility is a case of its own and must be on the axis."""
    steps = pd.DataFrame({"mobility": [0, 0.01, 0.1], "steps": [1, 60, 20], "bound": [9, 90, 30]})
    drawn = steps_figure(steps, caption="c", alt="a")
    for label in (">0<", ">1<", ">10<", "counted", "bound", "percent"):
        assert label in drawn.svg
