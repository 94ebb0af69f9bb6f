"""Free entry: who sells at which quality, before and after."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import by_name, curves, failures, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    OUTCOMES,
    Outcome,
    Program,
)
from tradedig_book.theory import derivation as d
from tradedig_book.theory.equilibrium import industry_program
from tradedig_book.theory.free_entry import c, c_M, k, schedules
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameter_fields import ParameterInfo, about
from tradedig_book.theory.program import Condition

COST = ParameterInfo(
    latex="c",
    glyph="c",
    brief="marginal cost",
    meaning="marginal cost of the firm that is looked at",
    unit="numeraire per unit of good",
    group="A firm",
    default=0.5,
    low=0.02,
    high=1.5,
)
INDUSTRY_ABOUT = about(Industry) | {"c": COST}
"""Inputs of :func:`industry_view_program`."""
SELLS_AT_ALL = Condition(
    "lead",
    ">=",
    r"c \le c_D",
    "the firm's cost is not above the cutoff",
    "This firm does not sell: its cost is above the cutoff that free entry sets",
    "leaves the market",
)


@cache
def industry_view_program() -> Program:
    """Append to the free-entry equilibrium one firm's density, quality, price and profit."""
    base = industry_program()
    cut, lead, K, s = sp.symbols("c_D lead K s")
    steps = {
        "lead": cut - c,
        "density": k * c ** (k - 1) / c_M**k,
        "own_quality": K * lead,
        "own_price": (cut + c + (d.beta + 1 / d.phi) * K * lead) / 2,
        "own_profit": d.L * lead**2 / (4 * d.gamma * (1 - d.e) * (1 - s)),
    }
    written = Program(
        tuple(INDUSTRY_ABOUT), {**base.steps, **steps}, (*base.conditions, SELLS_AT_ALL)
    )
    given = {name: step for name, step in written.steps.items() if name != "c_D"}
    for name in ("quality", "price", "profit"):
        ours = Program(written.arguments, given).expand(f"own_{name}")
        if not d.same(by_name(ours), by_name(schedules()[name])):
            raise NotDerived(f"step 'own_{name}' does not follow from the derivation")
    return written


def industry_spec() -> ExplorerSpec:
    """Free entry: who sells at which quality, before and after."""
    return ExplorerSpec(
        id="industry",
        title="Industry explorer",
        parameters=sliders(INDUSTRY_ABOUT),
        outcomes=curves(
            {
                "own_quality": OUTCOMES["quality"],
                "own_price": OUTCOMES["price"],
                "own_profit": OUTCOMES["profit"],
                "density": Outcome(
                    "g", "g", "density of costs", "density of entrants' costs", "per unit of cost"
                ),
            },
            ranges={
                "own_quality": (0.0, 2.0),
                "own_price": (0.0, 3.0),
                "own_profit": (0.0, 1.5),
                "density": (0.0, 3.0),
            },
        ),
        conditions=failures(industry_view_program()),
        equation="",
        inside="This firm sells; the cutoff is where free entry just pays.",
        axes=("c",),
        marks=(
            {"step": "c_D", "axis": "c", "name": "cutoff"},
            {"step": "turning", "axis": "c", "name": "losers begin"},
        ),
    )
