"""From one firm to all: the bounds against equilibria, in which nothing of them is used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from tests.theory.test_equilibrium import density, industries
from tradedig_book.theory import derivation as d
from tradedig_book.theory.aggregate import (
    all_over_one,
    in_part,
    mean_effect,
    part,
    rise,
    small_change,
    tilt,
)
from tradedig_book.theory.entry_statics import s
from tradedig_book.theory.equilibrium import equilibrium, schedule_at
from tradedig_book.theory.free_entry import k
from tradedig_book.theory.industry import Industry


def share(industry: Industry) -> float:
    """Compute s."""
    B = industry.beta - 1 / industry.phi
    return float(industry.L * industry.psi * B**2 / (4 * industry.gamma * (1 - industry.e) ** 2))


@given(industries(), st.floats(0.01, 0.99))
def test_any_rise_is_inside_the_bounds(industry: Industry, how_far: float) -> None:
    """For a rise of any size, in logs of the mean and in means of the log."""
    more = replace(industry, psi=industry.psi * (1 + how_far * (1 / share(industry) - 1)))
    before, after = equilibrium(industry), equilibrium(more)
    one = np.log(float(after.K / before.K))
    together = np.log(float(after.quality / before.quality))
    low, high = mean_effect(one, float(industry.k))
    assert low < together < high
    x = np.log((1 - share(industry)) / (1 - share(more)))
    ratio = all_over_one().subs({rise: np.log(more.psi / industry.psi), tilt: x, k: industry.k})
    assert together / one == pytest.approx(float(ratio), rel=1e-9)
    places = (np.arange(2_000) + 0.5) ** (1 / industry.k) / 2_000 ** (1 / industry.k)
    logs = [
        np.log(schedule_at("quality", market, places * float(found.c_D), found.c_D)).mean()
        for market, found in ((industry, before), (more, after))
    ]
    assert logs[1] - logs[0] == pytest.approx(together, rel=1e-6)


def test_small_change_by_hand() -> None:
    """1 − s/(k+2), with the ends that a mean effect is given."""
    assert d.same(small_change(), 1 - s / (k + 2))
    assert mean_effect(-0.004, 2) == (-0.004, -0.003)
    assert mean_effect(0.004, 0) == (0.002, 0.004)
    with pytest.raises(ValueError, match="k = -1"):
        mean_effect(0.004, -1)


@pytest.mark.parametrize("m", [0.2, 0.7])
def test_a_part_of_the_market_by_quadrature(m: float) -> None:
    """A part of the entrants has a little more ψ: the cutoff that pays for entry, solved."""
    start, step = Industry(), 1e-5
    more = replace(start, psi=start.psi * (1 + step))

    def margin(last: float) -> float:
        def expected(cost: float) -> float:
            earned = [float(schedule_at("profit", one, cost, last)) for one in (start, more)]
            return ((1 - m) * earned[0] + m * earned[1]) * density(start, cost)

        return quad(expected, 0, last, epsabs=1e-13)[0] - float(start.f_E)

    cutoff = brentq(margin, 0.5, 1.5, xtol=1e-14)
    others = np.log(cutoff / float(equilibrium(start).c_D)) / step
    movers = others + np.log(float(equilibrium(more).K / equilibrium(start).K)) / step
    at = {s: share(start), k: start.k, part: m}
    proved = [float(expr.subs(at)) for expr in in_part()]
    np.testing.assert_allclose([movers, others], proved, rtol=1e-3)
    gap = sp.simplify(in_part()[0] - in_part()[1] - 1 / (1 - s))
    assert gap == 0
