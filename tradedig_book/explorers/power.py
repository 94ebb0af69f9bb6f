"""The explorer of power: what a two-sided test among so many firms can see.

Power is that of the normal approximation.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.economy.simulate import SAMPLE_FIRMS
from tradedig_book.explorers.declare import curves, live_equation, sliders
from tradedig_book.explorers.normal import (
    TEST_LEVELS,
    critical_value,
    density,
    quantile,
    survival,
    upper_tail,
)
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.published import PAPER_FIRMS, published
from tradedig_book.theory import OutcomeInfo, ParameterInfo, Program

effect, error, reference, firms, level = sp.symbols(
    "effect error reference firms level", positive=True
)
std_error, distance, z, power = sp.symbols("std_error distance z power", positive=True)
TARGET_POWER = sp.Rational(4, 5)
"""The power that a planned study should have, by convention."""
QSY_DIGIT = 1e-4
"""Unit of effects and errors, in QSY: the last digit that the paper prints."""
THOUSAND = 1000
"""Unit of numbers of firms."""


def printed_estimate(table: int, column: int, term: str, unit: float) -> tuple[float, float]:
    """Return a published estimate and its error in ``unit``, with a slider's two decimals."""
    row = published(table, column).set_index("term").loc[term, ["estimate", "std_error"]]
    in_units = (row.to_numpy(dtype=float) / unit).round(2)
    return float(in_units[0]), float(in_units[1])


_EFFECT, _ERROR = printed_estimate(2, 6, "lndig", QSY_DIGIT)
_PAPER, _SAMPLE = round(PAPER_FIRMS / THOUSAND, 2), round(SAMPLE_FIRMS / THOUSAND, 2)
FIRMS_SLIDER = ParameterInfo(
    latex="N", glyph="N", brief="firms",
    meaning="number of firms in the study",
    unit="thousand firms", group="The test",
    default=_SAMPLE, low=0.5, high=200.0,
)  # fmt: skip
SLIDERS = {
    "effect": ParameterInfo(
        latex=r"\beta", glyph="β", brief="true effect",
        meaning="true effect of one log point of digitization on quality",
        unit="0.0001 of QSY", group="The test",
        default=_EFFECT, low=1.0, high=60.0,
    ),
    "firms": FIRMS_SLIDER,
    "level": ParameterInfo(
        latex=r"\alpha", glyph="α", brief="level",
        meaning="probability of a finding where there is no effect",
        unit="probability", group="The test",
        default=0.05, low=float(TEST_LEVELS[0]), high=float(TEST_LEVELS[1]),
    ),
    "error": ParameterInfo(
        latex="s_0", glyph="s₀", brief="known error",
        meaning="standard error of a study whose size is known",
        unit="0.0001 of QSY", group="A study that was done",
        default=_ERROR, low=0.5, high=40.0,
    ),
    "reference": ParameterInfo(
        latex="N_0", glyph="N₀", brief="its firms",
        meaning="number of firms of that study",
        unit="thousand firms", group="A study that was done",
        default=_PAPER, low=0.5, high=200.0,
    ),
}  # fmt: skip
_VIEWS = {
    "power": OutcomeInfo(
        "P", "P", "power", "probability that the test finds the effect", "probability"
    ),
    "std_error": OutcomeInfo("s", "s", "error", "standard error of the estimate", "0.0001 of QSY"),
    "detectable": OutcomeInfo(
        "d", "d", "detectable", "effect that the test finds with a probability of 80 per cent",
        "0.0001 of QSY",
    ),
    "exaggeration": OutcomeInfo(
        "M", "M", "exaggeration", "mean size of significant estimates over the true effect",
        "ratio, 1 = right",
    ),
}  # fmt: skip


@cache
def formulas() -> Program:
    """Write what a study of ``firms`` firms can see, from an error known at ``reference``.

    An estimate divided by its error is normal around ``distance``, the true effect in errors,
    with variance one. The error shrinks with the root of the number of firms.

    Steps
    -----
    std_error : error x sqrt(reference/firms), in the unit of ``effect``
    power : P(estimate is more than z errors from zero)
    detectable : the effect found with probability TARGET_POWER, (z + z_target) errors; the other
        tail, below 4e-4 at any level in TEST_LEVELS, is neglected
    exaggeration : mean size of an estimate that is significant, over the true effect
        (Gelman and Carlin's type M error)
    needed : firms at which ``effect`` is detectable
    paper, sample : firms of the paper and of this book, which the axis marks
    """
    upper, lower = sp.symbols("upper lower")
    wanted = z + sp.Symbol("z_target")
    steps = {
        "std_error": root_law(error),
        "distance": effect / std_error,
        **critical_value("z", level),
        **survival("upper", z - distance),
        **upper_tail("lower", z + distance),
        "power": upper + lower,
        "z_target": quantile(TARGET_POWER),
        "detectable": wanted * std_error,
        "exaggeration": (distance * (upper - lower) + density(z - distance) + density(z + distance))
        / (distance * power),
        "needed": reference * (wanted * error / effect) ** 2,
        "paper": sp.Float(_PAPER),
        "sample": sp.Float(_SAMPLE),
    }
    return Program(("effect", "error", "reference", "firms", "level"), steps)


def root_law(known: sp.Expr) -> sp.Expr:
    """Return the standard error among ``firms`` firms, if it is ``known`` at ``reference``."""
    return sp.Mul(known, sp.sqrt(reference), 1 / sp.sqrt(firms), evaluate=False)


def spec() -> ExplorerSpec:
    """Power, error, detectable effect and exaggeration, against the number of firms."""
    steps = formulas().steps
    return ExplorerSpec(
        id="power",
        title="Power explorer",
        parameters=sliders(SLIDERS, log=("firms",)),
        outcomes=curves(
            _VIEWS,
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
        open=("firms", "effect", "level"),
        hero=True,
        marks=(
            {"step": "sample", "axis": "firms", "name": "this book"},
            {"step": "needed", "axis": "firms", "name": "80% power"},
            {"step": "paper", "axis": "firms", "name": "the paper"},
            {"step": "detectable", "axis": "effect", "name": "80% power"},
        ),
    )
