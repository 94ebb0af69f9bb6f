"""Protects the normal distribution that browsers evaluate: its error bounds, against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.stats import norm

from tradedig_book.explorers import normal
from tradedig_book.theory.printing import javascript
from tradedig_book.theory.program import Program

x = sp.Symbol("x")


def at(steps: dict[str, sp.Expr], values: np.ndarray) -> np.ndarray:
    """Evaluate the last of some steps."""
    return Program(("x",), steps).evaluate({"x": values})[list(steps)[-1]]


def test_small_tails_are_as_exact_as_large_ones() -> None:
    """A p-value of 1e-12 is wrong by one part in ten million, as one of a half is."""
    points = np.linspace(0, normal.LARGEST_ARGUMENT, 4001)
    found = at(normal.upper_tail("tail", x), points)
    np.testing.assert_allclose(found, norm.sf(points), rtol=1e-7)


def test_tail_holds_still_outside_its_range() -> None:
    """Neither a negative argument nor a huge one gives a wild number."""
    inner = at(normal.upper_tail("tail", x), np.array([0.0, float(normal.LARGEST_ARGUMENT)]))
    outer = at(normal.upper_tail("tail", x), np.array([-3.0, 1e6]))
    assert (inner == outer).all()


def test_survival_on_the_whole_line() -> None:
    """Both tails, the middle and what lies beyond the reach, to 1e-7."""
    points = np.linspace(-12, 12, 4001)
    found = at(normal.survival("above", x), points)
    np.testing.assert_allclose(found, norm.sf(points), rtol=0, atol=1e-7)


def test_critical_value_at_every_level_of_the_slider() -> None:
    """Among them the 1.96 of the textbook."""
    levels = np.linspace(*map(float, normal.TEST_LEVELS), 2001)
    found = at(normal.critical_value("z", x), levels)
    np.testing.assert_allclose(found, norm.isf(levels / 2), rtol=1e-6)


def test_density_and_quantile() -> None:
    """The two exact ones, to the digits that code has."""
    points = np.linspace(-5, 5, 101)
    assert at({"f": normal.density(x)}, points) == pytest.approx(norm.pdf(points), rel=1e-11)
    assert float(normal.quantile(sp.Rational(4, 5))) == pytest.approx(norm.ppf(0.8), rel=1e-11)


def test_a_browser_needs_no_error_function() -> None:
    """Only exp, log, min and max are called, which JavaScript has."""
    steps = normal.survival("above", x) | normal.critical_value("z", x)
    assert "const {log, exp, min, max} = Math;" in javascript(["x"], steps)
