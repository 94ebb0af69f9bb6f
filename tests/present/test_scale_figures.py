"""Protects figures of growth and of steps: every series, size and exponent is named."""

import pandas as pd
import pytest

from tradedig_book.present.scale_figures import growth_figure, steps_figure

SIZES = pd.Series([1e5, 2e5, 4e5, 8e5])


def points(*exponents):
    """Return exact power laws, one series each."""
    return pd.concat(
        pd.DataFrame(
            {"series": f"law {b}", "size": SIZES, "seconds": 3e-6 * SIZES**b, "exponent": b}
        )
        for b in exponents
    )


def test_each_series_is_named_with_its_exponent():
    """The reader must be able to tell the series apart and read how each grows."""
    drawn = growth_figure(points(1.0, -0.5), xlabel="rows", caption="c", alt="a")
    for label in ("law 1.0, exponent 1.00", "law −0.5, exponent −0.50", "seconds (log scale)"):
        assert label in drawn.svg


def test_each_size_is_on_the_axis():
    """A logarithmic axis names few numbers by itself; the sizes measured must be among them."""
    drawn = growth_figure(points(1.0), xlabel="rows", caption="c", alt="a")
    for size in ("100.0 k", "200.0 k", "400.0 k", "800.0 k"):
        assert size in drawn.svg


def test_a_series_of_one_size_is_a_point():
    """A library that was measured once must be shown, without an exponent."""
    drawn = growth_figure(points(1.0).head(1), xlabel="rows", caption="c", alt="a")
    assert "law 1.0" in drawn.svg
    assert "exponent" not in drawn.svg


def test_a_time_of_zero_is_refused():
    """What a logarithmic axis would leave out in silence must be named."""
    with pytest.raises(ValueError, match="1 of 4 points"):
        growth_figure(points(1.0).assign(seconds=[0, 1, 2, 3]), xlabel="rows", caption="c", alt="a")


def test_steps_are_drawn_from_zero_on():
    """No mobility is a case of its own and must be on the axis."""
    steps = pd.DataFrame({"mobility": [0, 0.01, 0.1], "steps": [1, 60, 20], "bound": [9, 90, 30]})
    drawn = steps_figure(steps, caption="c", alt="a")
    for label in (">0<", ">1<", ">10<", "counted", "bound", "percent"):
        assert label in drawn.svg
