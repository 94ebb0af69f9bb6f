"""The explorer of a mediated effect: two paths, their product, and its tests."""

from __future__ import annotations

from typing import Any

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.power import FIRMS_ABOUT, SMALL, THOUSAND, printed
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.published import PAPER_FIRMS
from tradedig_book.theory import About, Outcome, Program
from tradedig_book.theory.mediation import SCALE, mediation_program

B0, S0 = printed(5, 7, "lndig", 1 / SCALE)
M1, S1 = printed(5, 8, "flex", SMALL)
B1, SD = printed(5, 8, "lndig", SMALL)
REACH = 6.0
"""Errors at which a bar ends."""
ERRORS = "Errors of the paper's sample"

MEDIATION_ABOUT = {
    "beta0": About(
        r"\beta_0", "β₀", "to the mediator", "effect of digitization on the mediator",
        "0.01 of flex", "Paths", B0, 0.0, 60.0,
    ),
    "mu1": About(
        r"\mu_1", "μ₁", "from the mediator", "effect of the mediator on quality",
        "0.0001 of QSY", "Paths", M1, 0.0, 60.0,
    ),
    "direct": About(
        r"\beta_1", "β₁", "direct", "effect of digitization on quality, at a given mediator",
        "0.0001 of QSY", "Paths", B1, 0.0, 60.0,
    ),
    "error0": About(
        "s_0", "s₀", "of β₀", "standard error of the path to the mediator",
        "0.01 of flex", ERRORS, S0, 0.5, 10.0,
    ),
    "error1": About(
        "s_1", "s₁", "of μ₁", "standard error of the path from the mediator",
        "0.0001 of QSY", ERRORS, S1, 0.2, 10.0,
    ),
    "error_direct": About(
        "s_d", "s_d", "of β₁", "standard error of the direct path", "0.0001 of QSY",
        ERRORS, SD, 0.5, 10.0,
    ),
    "firms": FIRMS_ABOUT,
    "correlation": About(
        "r", "r", "correlation", "correlation of the estimates of β₀ and μ₁", "from −1 to 1",
        "The test", 0.0, -0.95, 0.95,
    ),
}  # fmt: skip
OUTCOMES = {
    "z": Outcome(
        "z", "z", "of ME", "mediated effect over its error by the joint delta method",
        "standard errors",
    ),
    "p": Outcome("p", "p", "p-value", "p-value of the mediated effect", "probability"),
    "share": Outcome(
        "m", "m", "share mediated", "mediated effect as a share of the total", "share of total",
    ),
}  # fmt: skip
TESTS = {
    "z0": "β₀",
    "z1": "μ₁",
    "z_direct": "β₁",
    "z_sobel": "ME_S",
    "z_aroian": "ME_A",
    "z": "ME_J",
}
"""Estimates that the view with bars divides by their errors: paths, and ME by three methods."""
WRITTEN = {"ME": "<mi>ME</mi>", "share": "<mi>m</mi>", "sobel": "<msub><mi>s</mi><mi>S</mi></msub>"}
"""Steps in the live equation, and how it writes them."""


def mediation_formulas() -> Program:
    """Return the program whose errors are those of the paper's sample."""
    return mediation_program(PAPER_FIRMS / THOUSAND)


def mediation_spec() -> ExplorerSpec:
    """Mediated effect: when its test says less, or more, than the tests of its paths."""
    steps = mediation_formulas().steps
    written = {name: steps[name] for name in WRITTEN}
    written["sobel"] = written["sobel"].subs(sp.Symbol("variance"), steps["variance"])
    written["share"] = written["share"].subs(sp.Symbol("total"), steps["total"])
    return ExplorerSpec(
        id="mediation",
        title="Mediation explorer",
        parameters=sliders(MEDIATION_ABOUT),
        outcomes=(*curves(OUTCOMES, ranges={"p": (0.0, 1.0), "share": (0.0, 1.0)}), _tests()),
        conditions=failures(mediation_formulas()),
        equation="".join(
            live_equation(symbol, written[name], name) for name, symbol in WRITTEN.items()
        ),
        inside="Errors are those of the paper's sample, carried to this number of firms.",
        axes=("beta0", "mu1", "firms", "correlation", "error0", "error1", "direct"),
        marks=tuple(
            {"step": step, "axis": axis, "name": name}
            for step, axis, name in (
                ("path_beta0", "beta0", "β₀ at 5%"),
                ("path_mu1", "mu1", "μ₁ at 5%"),
                ("ME_from_beta0", "beta0", "ME at 5%"),
                ("ME_to_beta0", "beta0", "ME at 5%"),
                ("ME_from_mu1", "mu1", "ME at 5%"),
                ("ME_to_mu1", "mu1", "ME at 5%"),
                ("ME_from_firms", "firms", "ME at 5%"),
                ("ME_from_correlation", "correlation", "ME at 5%"),
            )
        ),
    )


def _tests() -> dict[str, Any]:
    """Declare the view in which paths and product stand side by side, in errors."""
    shown = Outcome("z", "z", "of each", "each estimate over its error", "standard errors")
    bars = [{"step": step, "glyph": glyph} for step, glyph in TESTS.items()]
    return {"name": "tests", "reach": REACH, "bars": bars} | shown._asdict()
