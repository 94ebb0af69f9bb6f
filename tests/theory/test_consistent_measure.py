"""Protects what prices and quantities tell in the model's markets, and that it is proved."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from tradedig_book.theory import NotDerived, Parameters, numeric, solve
from tradedig_book.theory import consistent_measure as m
from tradedig_book.theory import derivation as d
from tradedig_book.theory.parameter_fields import values

RNG = np.random.default_rng(15)
SOME = Parameters(
    psi=RNG.uniform(0.3, 2, 200), e=RNG.uniform(0.1, 0.45, 200), varphi=RNG.uniform(1.05, 4, 200)
)


def test_sellers_lie_on_the_line() -> None:
    """At 200 points, from the numbers of (5) and (6) and not from the algebra."""
    line = m.price_quantity_line()
    found = solve(SOME)
    given = {k: v for k, v in values(SOME).items() if k not in ("varphi", "varphi_D", "alpha")}
    slope = numeric(line.slope)(**given)
    gap = found.price - (1 / SOME.varphi_D + slope * found.quantity)
    assert np.abs(gap).max() < 1e-12


def test_the_ratio_knows_no_lead() -> None:
    """λ*/x* is the same whatever the cost."""
    assert m.inverted_condition().free_symbols == {d.psi, d.beta, d.phi, d.e}
    found = solve(SOME)
    given = {name: getattr(SOME, name) for name in ("psi", "beta", "phi", "e")}
    gap = found.quality / found.quantity - numeric(m.inverted_condition())(**given)
    assert np.abs(gap).max() < 1e-12


def test_the_change_of_the_measure_is_that_of_small_steps() -> None:
    """Move quality and price of one flow along demand (2), and measure by (10) again."""
    beta, slope, level, sigma = 1.5, 0.6, 1.0, 4.0
    quality, price, step = 0.4, 1.1, 1e-6
    moves = {"dlambda": 0.7, "dlnp": -0.2}

    def measure(t: float) -> float:
        moved = price * np.exp(t * moves["dlnp"])
        bought = (level + beta * (quality + t * moves["dlambda"]) - moved) / slope
        return float((np.log(bought) + sigma * np.log(moved)) / (sigma - 1))

    bought = (level + beta * quality - price) / slope
    symbols = {m.sigma: sigma, m.eta: price / (slope * bought), m.p: price, d.beta: beta}
    symbols |= {m.d_quality: moves["dlambda"], m.d_ln_p: moves["dlnp"]}
    slope_of_measure = (measure(step) - measure(-step)) / (2 * step)
    assert float(m.measured_change().subs(symbols)) == pytest.approx(slope_of_measure, rel=1e-8)


def test_a_false_claim_is_not_derived() -> None:
    """Every formula passes through this door."""
    with pytest.raises(NotDerived, match="that one is two does not follow"):
        m.require(sp.Integer(1), "that one is two")
