"""The explorer of free entry: who sells at which quality, before and after."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import WITH_SOLUTION, curves, failures, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import OUTCOMES, Condition, OutcomeInfo, ParameterInfo, Program
from tradedig_book.theory import derivation as d
from tradedig_book.theory.equilibrium import industry_program
from tradedig_book.theory.free_entry import c, c_M, k, schedules
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.parameter_fields import about

_SLIDERS = about(Industry) | {
    "c": ParameterInfo(
        latex="c", glyph="c", brief="marginal cost",
        meaning="marginal cost of the firm that is looked at",
        unit="numeraire per unit of good", group="A firm",
        default=0.5, low=0.02, high=1.5,
    ),
}  # fmt: skip
_VIEWS = {f"own_{name}": OUTCOMES[name] for name in ("quality", "price", "profit")} | {
    "density": OutcomeInfo(
        "g", "g", "density of costs", "density of entrants' costs", "per unit of cost"
    )
}
_SELLS = Condition(
    "lead",
    ">=",
    r"c \le c_D",
    "the firm's cost is not above the cutoff",
    "This firm does not sell: its cost is above the cutoff that free entry sets",
    "leaves the market",
)


@cache
def formulas() -> Program:
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
    written = Program(tuple(_SLIDERS), {**base.steps, **steps}, (*base.conditions, _SELLS))
    at_any_cutoff = {name: step for name, step in written.steps.items() if name != "c_D"}
    replace(written, steps=at_any_cutoff).hold_to(
        {f"own_{name}": schedules()[name] for name in ("quality", "price", "profit")}
    )
    return written


def spec() -> ExplorerSpec:
    """Show one firm's quality, price and profit, and the density of costs, against its cost."""
    return ExplorerSpec(
        id="industry",
        title="Industry explorer",
        parameters=sliders(_SLIDERS, WITH_SOLUTION | {"c": (0.02, 1.25)}),
        outcomes=curves(
            _VIEWS,
            ranges={
                "own_quality": (0.0, 2.0),
                "own_price": (0.0, 3.0),
                "own_profit": (0.0, 1.5),
                "density": (0.0, 3.0),
            },
        ),
        conditions=failures(formulas()),
        equation="",
        inside="This firm sells; the cutoff is where free entry just pays.",
        axes=("c",),
        open=("c", "psi", "e"),
        hero=True,
        marks=(
            {"step": "c_D", "axis": "c", "name": "cutoff"},
            {"step": "turning", "axis": "c", "name": "losers begin"},
        ),
    )
