"""Free entry against quadrature, simulation of derivatives, and the utility function itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from tradedig_book.theory import OutsideRegion, ParameterError
from tradedig_book.theory import derivation as d
from tradedig_book.theory.equilibrium import (
    equilibrium,
    hold_to_free_entry,
    industry_program,
    schedule_at,
)
from tradedig_book.theory.free_entry import c, mean_over_sellers
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameter_fields import about
from tradedig_book.theory.zero_profit import zero_profit


@st.composite
def industries(draw: st.DrawFn) -> Industry:
    """Draw an industry inside the region: ψ from s < 1, and f_E from a cutoff that fits."""
    point = {n: draw(st.floats(a.low, a.high)) for n, a in about(Industry).items()}
    point |= {"beta": draw(st.floats(1.0, 3.0)), "phi": draw(st.floats(1.2, 4.0))}
    L, gamma, e, k = (point[name] for name in ("L", "gamma", "e", "k"))
    s, place = draw(st.floats(0.01, 0.95)), draw(st.floats(0.3, 0.95))
    point["psi"] = s * 4 * gamma * (1 - e) ** 2 / (L * (point["beta"] - 1 / point["phi"]) ** 2)
    cutoff = place * min(point["c_M"], point["alpha"])
    earned = L * cutoff ** (k + 2) / (point["c_M"] ** k * (1 - s))
    point["f_E"] = earned / (2 * gamma * (1 - e) * (k + 1) * (k + 2))
    return Industry(**point)


def density(industry: Industry, cost: float) -> float:
    """Density of the entrants' draws."""
    return float(industry.k * cost ** (industry.k - 1) / industry.c_M**industry.k)


def test_defaults_by_hand() -> None:
    """B = 0.7, s = 0.49/1.44, k = 2: the cutoff's fourth power is 1.2·12·1.5²·0.05·(1−s)."""
    s = 0.49 / 1.44
    assert equilibrium(Industry()).c_D == pytest.approx((32.4 * 0.05 * (1 - s)) ** 0.25)


@given(industries())
def test_expected_profit_pays_for_entry(industry: Industry) -> None:
    """The closed form solves the integral equation."""
    solved = equilibrium(industry)
    cutoff = float(solved.c_D)

    def expected(cost: float) -> float:
        return float(schedule_at("profit", industry, cost, cutoff)) * density(industry, cost)

    assert quad(expected, 0, cutoff, limit=200)[0] == pytest.approx(industry.f_E, rel=1e-5)


@given(industries())
def test_averages_and_market_by_quadrature(industry: Industry) -> None:
    """Means over sellers, and demand: the marginal firm's choke price is its cost."""
    solved = equilibrium(industry)
    cutoff = float(solved.c_D)
    # Equal slices of sellers: the midpoints of 20,000 quantiles of their costs.
    cost = cutoff * ((np.arange(20_000) + 0.5) / 20_000) ** (1 / industry.k)
    for name in ("quality", "price", "adjusted_price"):
        mean = schedule_at(name, industry, cost, cutoff).mean()
        assert mean == pytest.approx(float(getattr(solved, name)), rel=1e-4, abs=1e-6)
    sold = float(solved.sellers) * schedule_at("quantity", industry, cost, cutoff).mean()
    choke = industry.alpha - industry.gamma * industry.e * sold / industry.L
    assert choke == pytest.approx(cutoff, rel=1e-4, abs=1e-4)


@given(industries())
def test_surplus_is_utility_of_the_allocation(industry: Industry) -> None:
    """Utility (1) summed over varieties, less spending, is the closed form."""
    solved = equilibrium(industry)
    cutoff, n = float(solved.c_D), 20_000
    cost = cutoff * ((np.arange(n) + 0.5) / n) ** (1 / industry.k)
    price, quality = (schedule_at(x, industry, cost, cutoff) for x in ("price", "quality"))
    q = schedule_at("quantity", industry, cost, cutoff) / industry.L
    slice_ = float(solved.sellers) / n
    tastes = (1 - industry.e) * slice_ * (q**2).sum() + industry.e * (slice_ * q.sum()) ** 2
    bought = slice_ * ((industry.alpha + industry.beta * quality - price) * q).sum()
    assert bought - industry.gamma / 2 * tastes == pytest.approx(float(solved.surplus), rel=1e-3)


@given(industries())
def test_everyones_flexibility(industry: Industry) -> None:
    """Cutoff and adjusted price fall; mean quality and surplus rise; the turning cost turns."""
    before = equilibrium(industry)
    after = equilibrium(replace(industry, psi=industry.psi * (1 + 1e-6)))
    assert after.c_D < before.c_D
    assert after.quality > before.quality
    assert after.surplus > before.surplus
    assert after.adjusted_price < before.adjusted_price
    room = float(before.c_D - before.turning)
    for cost, gains in ((before.turning - room / 2, True), (before.turning + room / 2, False)):
        old = schedule_at("quality", industry, cost, before.c_D)
        new = float(after.K * (after.c_D - cost))
        assert (new > float(old)) is gains


@pytest.mark.parametrize(
    ("alpha", "more_sellers", "more_entrants"), [(1.2, True, True), (1.8, False, True), (4.0, 0, 0)]
)
def test_masses_may_rise_or_fall(alpha: float, more_sellers: bool, more_entrants: bool) -> None:
    """All three cases of the theorem occur; which one depends on c_D/α."""
    before, after = (equilibrium(Industry(alpha=alpha, psi=psi)) for psi in (1.0, 1.001))
    share = float(before.c_D) / alpha
    assert (after.sellers > before.sellers) == bool(more_sellers) == (share > 3 / 4)
    assert (after.entrants > before.entrants) == bool(more_entrants) == (share > 1 / 2)


@pytest.mark.parametrize(
    "step", ["c_D", "sellers", "entrants", "quality", "price", "adjusted_price", "surplus", "K"]
)
def test_a_wrong_step_is_found(step: str) -> None:
    """A slip in the program differs from what the integrals give."""
    program = industry_program()
    wrong = replace(program, steps={**program.steps, step: program.steps[step] * 2})
    with pytest.raises(NotDerived):
        hold_to_free_entry(wrong)


def test_average_of_a_power() -> None:
    """Mean cost of sellers is k/(k+1) of the cutoff, a textbook fact of the distribution."""
    mean = mean_over_sellers(c)
    k, c_D = sp.symbols("k c_D", positive=True)
    assert d.same(mean, k * c_D / (k + 1))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"f_E": 0.5}, "Every entrant sells"),
        ({"alpha": 1.0}, "Nobody buys"),
        ({"psi": 4.0}, "no best quality"),
        ({"phi": 0.5}, "Quality does not pay"),
        ({"psi": [1.0, 4.0]}, "1 of 2 points"),
    ],
)
def test_refusals_say_why(changed: dict[str, Any], words: str) -> None:
    """Outside the region there is no number, but a reason."""
    with pytest.raises(OutsideRegion, match=words):
        equilibrium(Industry(**changed))


@pytest.mark.parametrize("name", about(Industry))
@pytest.mark.parametrize("value", [0.0, float("nan"), "2", None])
def test_nonsense_is_named(name: str, value: object) -> None:
    """The message names the parameter and what it may be."""
    with pytest.raises(ParameterError, match=f"^{name} .*0 < "):
        Industry(**{name: value})


def test_arrays_that_do_not_fit_are_named() -> None:
    """Two samples mixed up are found at the door."""
    with pytest.raises(ParameterError, match=r"psi \(2,\).*k \(3,\)"):
        Industry(psi=[1.0, 2.0], k=[1.0, 2.0, 3.0])


def test_unknown_schedule_lists_the_known() -> None:
    """A typing error gets an answer."""
    with pytest.raises(KeyError, match="choose one of price"):
        schedule_at("prise", Industry(), 0.5, 1.0)


@pytest.mark.parametrize("cost", [1e-6, 0.001, 0.02, 0.3])
def test_zero_profit_by_brute_force(cost: float) -> None:
    """Quadrature and a root in the choke cost, without the closed form of the integral."""
    industry = Industry()
    scale = float(schedule_at("profit", industry, 0.0, 1.0))
    lead = np.sqrt(cost / scale)

    def margin(choke: float) -> float:
        def net(own: float) -> float:
            return (scale * (choke - own) ** 2 - cost) * density(industry, own)

        return quad(net, 0, choke - lead)[0] - float(industry.f_E)

    solved = zero_profit(industry, cost)
    assert solved.choke == pytest.approx(brentq(margin, lead, 3.0), rel=1e-9)
    assert schedule_at("profit", industry, solved.cutoff, solved.choke) == pytest.approx(cost)
    assert solved.cutoff < solved.printed < solved.choke
    assert solved.marginal_quality == pytest.approx(
        float(schedule_at("quality", industry, solved.cutoff, solved.choke))
    )


def test_without_a_cost_the_printed_cutoff_is_right() -> None:
    """At F = 0 nothing changes, and the cost broadcasts against the industry."""
    solved, plain = zero_profit(Industry(), [0.0, 0.01]), equilibrium(Industry())
    assert solved.cutoff[0] == solved.choke[0] == plain.c_D
    assert solved.surplus[0] == pytest.approx(float(plain.surplus))
    assert solved.sellers[0] == pytest.approx(float(plain.sellers))
    assert solved.surplus[1] < solved.surplus[0]


@pytest.mark.parametrize("cost", [-1.0, float("nan"), "0.1", [0.1, -0.1], None])
def test_cost_of_digitization_is_checked(cost: Any) -> None:
    """A negative or missing cost is refused."""
    with pytest.raises(ParameterError, match="cost"):
        zero_profit(Industry(), cost)


def test_cost_that_fits_no_industry_or_no_market_is_refused() -> None:
    """Shapes are named; a cost that empties the market says so."""
    with pytest.raises(ParameterError, match="does not fit"):
        zero_profit(Industry(psi=[1.0, 1.1]), [0.1, 0.2, 0.3])
    with pytest.raises(OutsideRegion, match=r"choke cost .* is not below α"):
        zero_profit(Industry(), 2.0)
