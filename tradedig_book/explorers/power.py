"""The explorer of power: what a study of so many firms can see."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from tradedig_book.economy.simulate import FIRMS
from tradedig_book.explorers.declare import curves, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.published import PAPER_FIRMS, published
from tradedig_book.theory import About, Outcome, Program
from tradedig_book.theory.normal import LEVELS
from tradedig_book.theory.power import error, power_program, root_law

SMALL = 1e-4
"""Unit of effects and errors, in QSY: the last digit that the paper prints."""
THOUSAND = 1000


def printed(table: int, column: int, term: str, unit: float) -> tuple[float, float]:
    """Return a published estimate and its error in ``unit``, with a slider's two decimals."""
    row = published(table, column).set_index("term").loc[term, ["estimate", "std_error"]]
    estimate, error = (row.to_numpy(dtype=float) / unit).round(2)
    return float(estimate), float(error)


EFFECT, ERROR = printed(2, 6, "lndig", SMALL)
PAPER, SAMPLE = round(PAPER_FIRMS / THOUSAND, 2), round(FIRMS / THOUSAND, 2)
FIRMS_ABOUT = About(
    "N", "N", "firms", "number of firms in the study", "thousand firms",
    "The test", SAMPLE, 0.5, 200.0,
)  # fmt: skip
POWER_ABOUT = {
    "effect": About(
        r"\beta", "β", "true effect", "true effect of one log point of digitization on quality",
        "0.0001 of QSY", "The test", EFFECT, 1.0, 60.0,
    ),
    "firms": FIRMS_ABOUT,
    "level": About(
        r"\alpha", "α", "level", "probability of a finding where there is no effect",
        "probability", "The test", 0.05, float(LEVELS[0]), float(LEVELS[1]),
    ),
    "error": About(
        "s_0", "s₀", "known error", "standard error of a study whose size is known",
        "0.0001 of QSY", "A study that was done", ERROR,
        0.5, 40.0,
    ),
    "reference": About(
        "N_0", "N₀", "its firms", "number of firms of that study", "thousand firms",
        "A study that was done", PAPER, 0.5, 200.0,
    ),
}  # fmt: skip
OUTCOMES = {
    "power": Outcome(
        "P", "P", "power", "probability that the test finds the effect", "probability"
    ),
    "std_error": Outcome("s", "s", "error", "standard error of the estimate", "0.0001 of QSY"),
    "detectable": Outcome(
        "d", "d", "detectable", "effect that the test finds with a probability of 80 per cent",
        "0.0001 of QSY",
    ),
    "exaggeration": Outcome(
        "M", "M", "exaggeration", "mean size of significant estimates over the true effect",
        "ratio, 1 = right",
    ),
}  # fmt: skip


def power_formulas() -> Program:
    """Return the program with the two sample sizes that its axis marks."""
    formulas = power_program()
    places = {"paper": sp.Float(PAPER), "sample": sp.Float(SAMPLE)}
    return replace(formulas, steps={**formulas.steps, **places})


def power_spec() -> ExplorerSpec:
    """Power, error, detectable effect and exaggeration, against the number of firms."""
    steps = power_program().steps
    return ExplorerSpec(
        id="power",
        title="Power explorer",
        parameters=sliders(POWER_ABOUT),
        outcomes=curves(
            OUTCOMES,
            ranges={
                "power": (0.0, 1.0),
                "std_error": (0.0, 60.0),
                "detectable": (0.0, 160.0),
                "exaggeration": (0.0, 5.0),
            },
        ),
        conditions=(),
        equation=live_equation("<mi>s</mi>", root_law(error), "std_error")
        + live_equation("<mi>d</mi>", steps["detectable"], "detectable"),
        inside="The known error, carried to this number of firms by the root law.",
        axes=("firms", "effect", "level"),
        marks=(
            {"step": "sample", "axis": "firms", "name": "this book"},
            {"step": "needed", "axis": "firms", "name": "80% power"},
            {"step": "paper", "axis": "firms", "name": "the paper"},
            {"step": "detectable", "axis": "effect", "name": "80% power"},
        ),
    )
