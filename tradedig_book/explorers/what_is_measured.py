"""The explorer of measured effects: one true effect of ψ, as equation (10) reads it.

Markets obey (2), (5), (6) and (8). The measure takes demand to have one elasticity σ; along (2)
each flow has its own, η = p/(b·x), which falls with what the firm sells.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import WITH_SOLUTION, curves, failures, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    CONDITIONS,
    Condition,
    OutcomeInfo,
    ParameterInfo,
    Program,
    program,
)
from tradedig_book.theory import derivation as d
from tradedig_book.theory.consistent_measure import demand_slope, sigma
from tradedig_book.theory.free_entry import c, c_D, schedules
from tradedig_book.theory.industry import Choice
from tradedig_book.theory.parameter_fields import about

_FIRM = about(Choice)
SLIDERS = {
    "c": _FIRM["c"],
    "psi": ABOUT["psi"],
    "sigma": ParameterInfo(
        latex=r"\sigma", glyph="σ", brief="elasticity in the table",
        meaning="the one elasticity that equation (10) takes all flows of the market to have",
        unit="no unit", group="The measure",
        default=4.0, low=1.5, high=12.0,
    ),
    "c_D": _FIRM["c_D"],
} | {name: ABOUT[name] for name in ("beta", "phi", "L", "gamma", "e")}  # fmt: skip
_UNIT = "elasticity in ψ"
_VIEWS = {
    "measured": OutcomeInfo(
        r"\hat\epsilon", "ε̂", "measured", "response of measured quality to ψ", _UNIT
    ),
    "true_response": OutcomeInfo(
        r"\epsilon", "ε", "true", "response of true quality to ψ", _UNIT
    ),
    "eta": OutcomeInfo(
        r"\eta", "η", "own elasticity", "the flow's own elasticity of demand, p/(b·x)", "no unit"
    ),
    "price_response": OutcomeInfo(
        r"\epsilon_p", "ε_p", "price", "response of the flow's price to ψ", _UNIT
    ),
}  # fmt: skip
_SELLS = Condition(
    "DeltaC",
    ">",
    "c < c_D",
    "the firm sells something",
    "The firm does not sell: its cost c is not below the cutoff c_D",
    "does not sell",
)
_TELLS = Condition(
    "margin",
    ">",
    r"\sigma > 1",
    "demand tells quality",
    "With σ at or below 1 demand does not tell quality: the division by σ − 1 fails",
    "σ at most 1",
)


@cache
def formulas() -> Program:
    """Append to equations (5)-(8) the responses to ψ of quality, price and measured quality.

    Raises
    ------
    NotDerived
        If a response is not the derivative of what it responds for.
    """
    quality, price, quantity = sp.symbols("quality price quantity")
    B, true_response, b, eta, margin, price_response = sp.symbols(
        "B true_response b eta margin price_response"
    )
    costs = {d.varphi: 1 / c, d.varphi_D: 1 / c_D}
    steps = {name: step.subs(costs) for name, step in program().steps.items() if name != "profit"}
    steps |= {
        "true_response": 1 / (1 - d.L * d.psi * B**2 / (4 * d.gamma * (1 - d.e) ** 2)),
        "b": demand_slope(),
        "eta": price / (b * quantity),
        "price_response": (d.beta + 1 / d.phi) * quality * true_response / (2 * price),
        "margin": sigma - 1,
        "measured": (
            eta * d.beta * quality * true_response / price + (sigma - eta) * price_response
        )
        / margin,
    }
    written = Program(tuple(SLIDERS), steps, (_SELLS, *CONDITIONS[1:], _TELLS))
    written.hold_to(_responses())
    return written


def _responses() -> dict[str, sp.Expr]:
    """Differentiate logs at the optimum: of (8), of (5), and of what (10) takes for quality."""
    best = schedules()
    by_psi = {name: d.psi * sp.diff(best[name], d.psi) / best[name] for name in best}
    measured = (by_psi["quantity"] + sigma * by_psi["price"]) / (sigma - 1)
    return {
        "true_response": by_psi["quality"],
        "price_response": by_psi["price"],
        "measured": measured,
    }


def spec() -> ExplorerSpec:
    """Show how the response that (10) measures leaves the true one, along cost, ψ and σ."""
    return ExplorerSpec(
        id="what-is-measured",
        title="What the measure measures",
        parameters=sliders(SLIDERS, WITH_SOLUTION | {"c": (0.05, 0.95)}),
        outcomes=curves(
            _VIEWS,
            ranges={
                "measured": (-1.0, 4.0),
                "true_response": (-1.0, 4.0),
                "eta": (1.0, 100.0),
                "price_response": (0.0, 2.0),
            },
            log=("eta",),
        ),
        conditions=failures(formulas()),
        equation="",
        inside="Measured and true response have the same axis: level it with the true one.",
        axes=("c", "psi", "sigma"),
        open=("c", "psi", "sigma"),
    )
