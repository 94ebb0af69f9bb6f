"""The explorer of the choice to digitise, and of the sorting that it brings."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import OPTIMUM, curves, failures, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import OUTCOMES, OutcomeInfo, Program
from tradedig_book.theory import derivation as d
from tradedig_book.theory.adoption import choice_program
from tradedig_book.theory.industry import Choice
from tradedig_book.theory.parameter_fields import about

_VIEWS = {
    "dig": OutcomeInfo("dig^*", "dig*", "digitization", "best digitization", "level"),
    "psi": OutcomeInfo(
        r"\psi", "ψ", "flexible productivity", "flexible productivity", "index, 1/θ"
    ),
    "quality": OUTCOMES["quality"],
    "value": OutcomeInfo("V", "V", "value", "profit less the cost of digitization", "numeraire"),
}


@cache
def formulas() -> Program:
    """Append to the choice to digitise the quality without it and the yes/no threshold."""
    base = choice_program()
    B, lead = sp.symbols("B DeltaC")
    steps = {
        "without": d.L * B * lead / (4 * d.gamma * (1 - d.e) ** 2 - d.L * B**2),
        "threshold": sp.Symbol("c_D") - sp.Symbol("least_lead"),
    }
    return Program(base.arguments, {**base.steps, **steps}, base.conditions)


def spec() -> ExplorerSpec:
    """Show best digitization and what it brings against a firm's cost and that of digitization."""
    return ExplorerSpec(
        id="choice",
        title="Choice to digitise explorer",
        parameters=sliders(about(Choice), {"e": (0.05, 0.5)}),
        outcomes=curves(
            _VIEWS,
            ranges={
                "dig": (0.0, 8.0),
                "psi": (0.0, 3.0),
                "quality": OPTIMUM["quality"],
                "value": OPTIMUM["profit"],
            },
            log=("quality", "value"),
        ),
        conditions=failures(formulas()),
        equation="",
        inside="The firm sells, and has one best level of digitization.",
        axes=("c", "mu", "psi_1", "e"),
        open=("c", "psi_1", "mu"),
        hero=True,
        marks=({"step": "threshold", "axis": "c", "name": "yes/no threshold"},),
    )
