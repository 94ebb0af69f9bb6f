"""The explorer of variety and demand: what e and β do to one variety's inverse demand (2)."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import ABOUT, Condition, OutcomeInfo, ParameterInfo, Program, equation
from tradedig_book.theory import derivation as d

QUALITY = ParameterInfo(
    latex=r"\lambda", glyph="λ", brief="quality",
    meaning="quality of this variety",
    unit="units of quality", group="The variety",
    default=0.3, low=0.01, high=1.0,
)  # fmt: skip
_SLIDERS = {
    "e": ABOUT["e"],
    "beta": ABOUT["beta"],
    "gamma": ABOUT["gamma"],
    "L": ABOUT["L"],
    "lam": QUALITY,
    "x": ParameterInfo(
        latex="x", glyph="x", brief="quantity",
        meaning="quantity of this variety",
        unit="units of good", group="The variety",
        default=0.5, low=0.01, high=3.0,
    ),
    "X": ParameterInfo(
        latex="X", glyph="X", brief="total sales",
        meaning="quantity of all varieties",
        unit="units of good", group="The market",
        default=1.0, low=0.1, high=2.5,
    ),
    "alpha": ParameterInfo(
        latex=r"\alpha", glyph="α", brief="common demand",
        meaning="willingness to pay for the first unit, without quality",
        unit="numeraire", group="The market",
        default=2.0, low=0.5, high=4.0,
    ),
}  # fmt: skip
_VIEWS = {
    "price": OutcomeInfo("p", "p", "price", "price that buyers pay", "numeraire"),
    "elasticity": OutcomeInfo(
        r"\varepsilon", "ε", "elasticity", "price elasticity of demand",
        "per cent of quantity for one per cent of price",
    ),
}  # fmt: skip
_BUYERS_PAY = Condition(
    "price",
    ">=",
    "p \\ge 0",
    "buyers take this quantity at a positive price",
    "Nobody buys that much: the price would be below zero",
    "price below zero",
)


@cache
def formulas() -> Program:
    """Write inverse demand (2) with its intercept, slope and elasticity."""
    intercept, slope, price = sp.symbols("intercept slope price")
    steps = {
        "intercept": d.alpha + d.beta * d.lam - d.gamma * d.e * d.X / d.L,
        "slope": d.gamma * (1 - d.e) / d.L,
        "price": intercept - slope * d.x,
        "elasticity": price / (slope * d.x),
        "revenue": price * d.x,
    }
    written = Program(tuple(_SLIDERS), steps, (_BUYERS_PAY,))
    written.hold_to({"price": d.derive().inverse_demand})
    return written


def spec() -> ExplorerSpec:
    """Show price and elasticity against quantity, tastes and market."""
    return ExplorerSpec(
        id="demand",
        title="Variety and demand explorer",
        parameters=sliders(_SLIDERS),
        outcomes=curves(_VIEWS, ranges={"price": (0.0, 3.0), "elasticity": (0.0, 10.0)}),
        conditions=failures(formulas()),
        equation=live_equation("<mi>p</mi>", equation("2").right, "price"),
        inside="Buyers take this quantity at a positive price.",
        axes=("x", "e", "beta", "X"),
        open=("x", "e", "lam"),
    )
