"""The explorer of profit in quality: its summit, and what becomes of it at the region's edge."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    CONDITIONS,
    OutcomeInfo,
    ParameterInfo,
    Program,
    program,
    second_order,
)
from tradedig_book.theory import derivation as d

_QUALITY_TRIED = ParameterInfo(
    latex=r"\lambda", glyph="λ", brief="quality tried",
    meaning="quality that the firm tries",
    unit="units of quality", group="The firm",
    default=0.1, low=0.0, high=1.5,
)  # fmt: skip
_VIEWS = {
    "tried": OutcomeInfo(r"\pi", "π", "profit", "profit before digitization cost", "numeraire"),
    "slope": OutcomeInfo(
        r"\pi'", "π′", "gain from more quality", "slope of profit in quality",
        "numeraire per unit of quality",
    ),
}  # fmt: skip
_CURVATURE = (
    "<mfrac><mrow><msup><mo>∂</mo><mn>2</mn></msup><mi>π</mi></mrow>"
    "<mrow><mo>∂</mo><msup><mi>λ</mi><mn>2</mn></msup></mrow></mfrac>"
)


@cache
def formulas() -> Program:
    """Write profit (7) at any quality, its slope in quality, and the best quality.

    Neither β > 1/ϕ nor the second-order condition bounds this program: without them profit still
    has a value at every quality. A firm whose margin would be negative sells nothing; where
    quality does not pay the best is none, and beyond the second-order condition ``best`` is
    negative, so off the axis. Held to (7) and (8) without these two bounds at zero.
    """
    B, DeltaC, sold = sp.symbols("B DeltaC sold")
    share = d.L / (4 * d.gamma * (1 - d.e))
    base = program().steps
    steps = {
        "B": base["B"],
        "DeltaC": base["DeltaC"],
        "D": base["D"],
        "pays": sp.Max(B, 0),
        "best": d.L * sp.Symbol("pays") * DeltaC / sp.Symbol("D"),
        "sold": sp.Max(DeltaC + B * d.lam, 0),
        "tried": share * sold**2 - (1 - d.e) * d.lam**2 / d.psi,
        "curvature": -sp.Symbol("D") / (2 * d.gamma * (1 - d.e)),
        "slope": 2 * share * B * sold - 2 * (1 - d.e) * d.lam / d.psi,
    }
    written = Program((*ABOUT, "lam"), steps, CONDITIONS[:1])
    profit = d.derive().profit.subs(d.mu, 0)
    unbound = {"pays": B, "sold": DeltaC + B * d.lam}
    replace(written, steps=steps | unbound).hold_to(
        {
            "tried": profit,
            "slope": sp.diff(profit, d.lam),
            "best": d.derive().quality,
            "curvature": d.derive().second_order,
        }
    )
    return written


def spec() -> ExplorerSpec:
    """Show profit and its slope against the quality that a firm tries."""
    return ExplorerSpec(
        id="profit",
        title="Profit in quality explorer",
        parameters=sliders({"lam": _QUALITY_TRIED} | ABOUT),
        outcomes=curves(_VIEWS, ranges={"tried": (-0.1, 0.2), "slope": (-0.4, 0.4)}),
        conditions=failures(formulas()),
        equation=live_equation(_CURVATURE, second_order().right, "curvature"),
        inside="Where the curvature is negative, profit has a summit: the best quality, marked. "
        "It is zero where β is below 1/ϕ.",
        axes=("lam",),
        open=("lam", "psi", "e"),
        marks=({"step": "best", "axis": "lam", "name": "best quality"},),
    )
