"""What a parameter does when it changes for all firms, against differences of equilibria."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import brentq

from tests.theory.test_equilibrium import density, industries
from tradedig_book.theory import derivation as d
from tradedig_book.theory import entry_statics as es
from tradedig_book.theory import free_entry as entry
from tradedig_book.theory.entry_statics import MOVED, entry_effect, entry_effects, sizes
from tradedig_book.theory.equilibrium import equilibrium, schedule_at
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.numeric import evaluate_at
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.signs import NotProved

STEP = 1e-6
SIGNS = {"+": 1, "-": -1}


def raised(industry: Industry, name: str) -> Industry:
    """Raise one parameter by a little, in proportion."""
    return replace(industry, **{name: getattr(industry, name) * (1 + STEP)})


@given(industries())
def test_signs_and_sizes_are_those_of_two_equilibria(industry: Industry) -> None:
    """Cutoff and mean quality move as proved, by the elasticity that the table prints."""
    before = equilibrium(industry)
    for name, effect in entry_effects().items():
        after, size = equilibrium(raised(industry, name)), sizes(effect, industry)
        for outcome, sign, elasticity in (
            ("c_D", effect.cutoff, size.cutoff),
            ("quality", effect.average, size.average),
        ):
            moved = np.log(getattr(after, outcome) / getattr(before, outcome)) / STEP
            assert np.sign(moved) == SIGNS[sign], (name, outcome)
            assert moved == pytest.approx(elasticity, rel=1e-3, abs=1e-6), (name, outcome)


@given(industries())
def test_single_firms_turn_at_the_turning_cost(industry: Industry) -> None:
    """Half way to zero and half way to the cutoff, quality moves as the two columns say."""
    cutoff = float(equilibrium(industry).c_D)
    for name, effect in entry_effects().items():
        distance = effect.distance
        share = 0.5 if distance is None else evaluate_at(es.in_parameters(distance), industry)
        turning, more = cutoff * (1 - float(share)), raised(industry, name)
        after = float(equilibrium(more).c_D)
        for cost, sign in ((turning / 2, effect.below), ((turning + cutoff) / 2, effect.above)):
            old = float(schedule_at("quality", industry, cost, cutoff))
            new = float(schedule_at("quality", more, cost, after))
            assert np.sign(new - old) == SIGNS[sign], name


@pytest.mark.parametrize("name", MOVED)
def test_cutoff_by_quadrature(name: str) -> None:
    """The sign and size at the defaults, with no closed form of the cutoff."""
    nodes, weights = np.polynomial.legendre.leggauss(40)

    def cutoff(industry: Industry) -> float:
        def margin(last: float) -> float:
            cost = last * (nodes + 1) / 2
            earned = schedule_at("profit", industry, cost, last)
            draws = np.array([density(industry, one) for one in cost])
            return float((weights * earned * draws).sum() * last / 2 - industry.f_E)

        return float(brentq(margin, 0.2, 2.0, xtol=1e-13))

    start = Industry()
    moved = np.log(cutoff(raised(start, name)) / cutoff(start)) / STEP
    assert moved == pytest.approx(sizes(entry_effect(name), start).cutoff, abs=1e-4)


def test_shares_by_hand() -> None:
    """With k = 2, s = 0.49/1.44 the share beyond a cost at distance x is 1 − (1 − x)²."""
    s = 0.49 / 1.44
    by_hand = {"psi": s / 4, "phi": 2 * s / (4 * (1 + s)), "e": (1 + s) / 8, "L": 1 / 4}
    for name, distance in by_hand.items():
        beyond = sizes(entry_effect(name), Industry()).beyond
        assert beyond == pytest.approx(1 - (1 - distance) ** 2)


def test_what_is_not_in_the_table() -> None:
    """The level of demand moves neither the cutoff nor K, so it moves no firm's quality."""
    assert not entry.cutoff().has(d.alpha)
    assert not entry.schedules()["quality"].has(d.alpha)
    assert np.isnan(sizes(entry_effect("f_E"), Industry()).beyond)
    with pytest.raises(NotDerived, match="f_E moves the quality of all sellers"):
        entry.turning_cost(entry.f_E)
    with pytest.raises(KeyError, match="choose one of psi"):
        entry_effect("alpha")
    with pytest.raises(NotProved):
        es.one_sign(d.beta - 2 / d.phi)
