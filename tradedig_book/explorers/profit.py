"""Profit in quality: the summit, and what becomes of it at the edge of the region."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, hold, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    Outcome,
    Program,
    program,
    second_order,
)
from tradedig_book.theory import derivation as d
from tradedig_book.theory.parameter_fields import ParameterInfo
from tradedig_book.theory.solution import CONDITIONS

QUALITY_TRIED = ParameterInfo(
    latex=r"\lambda",
    glyph="λ",
    brief="quality tried",
    meaning="quality that the firm tries",
    unit="units of quality",
    group="The firm",
    default=0.1,
    low=0.0,
    high=1.5,
)


@cache
def profit_program() -> Program:
    """Write profit (7) at any quality, its slope in quality, and the best quality.

    The second-order condition does not bound this program: where it fails, profit still has
    a value at every quality, only no maximum.
    """
    B, DeltaC, margin = sp.symbols("B DeltaC margin")
    share = d.L / (4 * d.gamma * (1 - d.e))
    base = program().steps
    steps = {
        "B": base["B"],
        "DeltaC": base["DeltaC"],
        "D": base["D"],
        "best": d.L * B * DeltaC / sp.Symbol("D"),
        "margin": DeltaC + B * d.lam,
        "tried": share * margin**2 - (1 - d.e) * d.lam**2 / d.psi,
        "curvature": -sp.Symbol("D") / (2 * d.gamma * (1 - d.e)),
        "slope": 2 * share * B * margin - 2 * (1 - d.e) * d.lam / d.psi,
    }
    written = Program((*ABOUT, "lam"), steps, CONDITIONS[:1])
    profit = d.derive().profit.subs(d.mu, 0)
    hold(written, "tried", profit)
    hold(written, "slope", sp.diff(profit, d.lam))
    hold(written, "best", d.derive().quality)
    hold(written, "curvature", d.derive().second_order)
    return written


def profit_spec() -> ExplorerSpec:
    """Profit in quality: the summit, and what becomes of it at the edge of the region."""
    return ExplorerSpec(
        id="profit",
        title="Profit in quality explorer",
        parameters=sliders({"lam": QUALITY_TRIED} | ABOUT),
        outcomes=curves(
            {
                "tried": Outcome(
                    r"\pi", "π", "profit", "profit before digitization cost", "numeraire"
                ),
                "slope": Outcome(
                    r"\pi'", "π′", "gain from more quality", "slope of profit in quality",
                    "numeraire per unit of quality",
                ),
            },
            ranges={"tried": (-0.1, 0.2), "slope": (-0.4, 0.4)},
        ),
        conditions=failures(profit_program()),
        equation=live_equation(
            "<mfrac><mrow><msup><mo>∂</mo><mn>2</mn></msup><mi>π</mi></mrow>"
            "<mrow><mo>∂</mo><msup><mi>λ</mi><mn>2</mn></msup></mrow></mfrac>",
            second_order().right,
            "curvature",
        ),
        inside="Where the curvature is negative, profit has a summit: the best quality, marked.",
        axes=("lam",),
        marks=({"step": "best", "axis": "lam", "name": "best quality"},),
    )  # fmt: skip
