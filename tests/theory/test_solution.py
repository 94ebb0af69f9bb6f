"""Numbers of the model against closed forms, brute force and the edge of the region."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from tradedig_book.theory import (
    ABOUT,
    CONDITIONS,
    OutsideRegion,
    ParameterError,
    Parameters,
    derive,
    evaluate,
    evaluate_at,
    numeric,
    optimal_quality,
    profit_at,
    solve,
    verdict,
)

points = st.fixed_dictionaries(
    {name: st.floats(about.low, about.high) for name, about in ABOUT.items()}
)


def test_defaults_by_hand() -> None:
    """B = 0.7, lead = 1/3, D = 1.44 - 0.49: K = 0.7/0.95 and quality = K/3."""
    solved = solve(Parameters())
    assert pytest.approx(0.7 / 0.95) == solved.K
    assert solved.quality == pytest.approx(0.7 / 0.95 / 3)
    assert solved.price == pytest.approx((1 + 2 / 3 + (1.5 + 0.8) * solved.quality) / 2)
    assert solved.quantity == pytest.approx((1 / 3 + 0.7 * solved.quality) / 1.2)


@given(points)
def test_optimum_beats_a_numerical_search(point: dict[str, float]) -> None:
    """Inside the region no other quality earns more; outside, the solver refuses."""
    parameters = Parameters(**point)
    if verdict(parameters):
        with pytest.raises(OutsideRegion):
            solve(parameters)
        return
    solved = solve(parameters)
    best = float(solved.quality)
    assert profit_at(parameters, best) == pytest.approx(float(solved.profit), rel=1e-6, abs=1e-9)
    found = minimize_scalar(
        lambda quality: -float(profit_at(parameters, quality)),
        bounds=(0, 2 * best + 1),
        method="bounded",
    )
    assert -found.fun <= float(solved.profit) * (1 + 1e-9) + 1e-12


@given(points)
def test_arrays_give_what_scalars_give(point: dict[str, float]) -> None:
    """Broadcasting changes nothing."""
    one = evaluate(Parameters(**point))
    many = evaluate(Parameters(**{name: [value, value] for name, value in point.items()}))
    assert all(np.array_equal(many[name], [one[name]] * 2, equal_nan=True) for name in one)


@pytest.mark.parametrize(
    ("inside", "outside", "number"),
    [
        ({"varphi": 1.0}, {"varphi": np.nextafter(1.0, 0)}, 1),
        ({"phi": np.nextafter(2.0, 3), "beta": 0.5}, {"phi": 2.0, "beta": 0.5}, 2),
        # With these values 4γ(1−e)² and Lψ(β−1/ϕ)² are exact in binary: equality is exact.
        (
            {"e": 0.5, "phi": 1.0, "beta": 2.0, "psi": np.nextafter(1.0, 0)},
            {"e": 0.5, "phi": 1.0, "beta": 2.0, "psi": 1.0},
            3,
        ),
    ],
)
def test_edge_of_the_region(
    inside: dict[str, float], outside: dict[str, float], number: int
) -> None:
    """One floating-point step decides: the verdict is exact where the numbers are."""
    assert verdict(Parameters(**inside)) == 0
    assert verdict(Parameters(**outside)) == number
    with pytest.raises(OutsideRegion, match=CONDITIONS[number - 1].otherwise[:20]):
        solve(Parameters(**outside))


def test_refusal_counts_and_shows_the_first_point() -> None:
    """With a million firms the message still says how many and which."""
    with pytest.raises(OutsideRegion, match=r"2 of 3 points.*ψ = 3,"):
        optimal_quality(Parameters(psi=[1.0, 3.0, 4.0]))


def test_first_order_condition_holds_numerically() -> None:
    """The slope of profit at the optimum is zero, on a grid."""
    psi = np.linspace(0.3, 2.5, 50)
    parameters = Parameters(psi=psi)
    best, step = optimal_quality(parameters), 1e-5
    slope = (profit_at(parameters, best + step) - profit_at(parameters, best - step)) / (2 * step)
    assert np.abs(slope).max() < 1e-8


def test_any_expression_becomes_a_function() -> None:
    """Names are the symbols'; a wrong one is refused with the right ones."""
    x, y = sp.symbols("x y")
    assert numeric(x / y)(x=[1.0, 2.0], y=2.0) == pytest.approx([0.5, 1.0])
    with pytest.raises(ParameterError, match="give exactly x, y; got x"):
        numeric(x / y)(x=1.0)
    expected = float(solve(Parameters()).quality)
    assert evaluate_at(derive().quality, Parameters()) == pytest.approx(expected)
