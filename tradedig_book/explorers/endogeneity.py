"""The explorer of endogenous adoption: what least squares and last year's value find."""

from __future__ import annotations

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import About, Outcome
from tradedig_book.theory.endogeneity import endogeneity_program

ENDOGENEITY_ABOUT = {
    "rho": About(
        r"\rho", "ρ", "lasting cause", "correlation of the unseen cause from one year to the next",
        "correlation", "Why firms digitise", 0.5, 0.0, 0.99,
    ),
    "r": About(
        "r", "r", "lasting reason", "correlation of the other reason to digitise, such as its "
        "cost, from one year to the next", "correlation", "Why firms digitise", 0.9, 0.0, 0.99,
    ),
    "s": About(
        "s", "s", "selection", "correlation of digitization with the unseen cause",
        "correlation", "Why firms digitise", 0.5, 0.0, 0.95,
    ),
    "beta": About(
        r"\beta", "β", "true effect", "effect of this year's digitization on quality",
        "quality per s.d. of digitization", "What quality answers to", 0.0, -1.0, 1.0,
    ),
    "gamma": About(
        r"\gamma", "γ", "unseen cause", "effect of the unseen cause on quality",
        "quality per s.d. of the cause", "What quality answers to", 0.5, -1.0, 1.0,
    ),
    "delta": About(
        r"\delta", "δ", "last year", "effect of last year's digitization on quality, at a given "
        "level today", "quality per s.d. of digitization", "What quality answers to",
        0.0, -0.5, 0.5,
    ),
}  # fmt: skip
UNIT = "quality per s.d. of digitization"
OUTCOMES = {
    "ols": Outcome("LS", "LS", "least squares", "limit of least squares", UNIT),
    "iv": Outcome("IV", "IV", "lag as instrument", "limit of IV with last year's value", UNIT),
    "firm_ols": Outcome(
        "LS_f", "LS_f", "with firm effects", "limit of least squares with firm effects", UNIT
    ),
    "firm_iv": Outcome(
        "IV_f", "IV_f", "with firm effects", "limit of IV with last year's value and firm effects",
        UNIT,
    ),
}  # fmt: skip
LIMITS = {
    "ols": "<mi>LS</mi>",
    "iv": "<mi>IV</mi>",
    "firm_ols": "<msub><mi>LS</mi><mi>f</mi></msub>",
    "firm_iv": "<msub><mi>IV</mi><mi>f</mi></msub>",
}
"""How the live equation writes each outcome."""


def endogeneity_spec() -> ExplorerSpec:
    """Show selection and the lag: two estimators, without and with firm effects."""
    formulas = endogeneity_program()
    return ExplorerSpec(
        id="selection-bias",
        title="Selection and instrument explorer",
        parameters=sliders(ENDOGENEITY_ABOUT),
        outcomes=curves(OUTCOMES, ranges=dict.fromkeys(OUTCOMES, (-1.0, 1.0))),
        conditions=failures(formulas),
        equation="".join(
            live_equation(symbol, formulas.steps[name], name) for name, symbol in LIMITS.items()
        ),
        inside="In endless firms; an estimator is right where it reads β.",
        axes=("rho", "r", "s", "gamma", "delta"),
    )
