"""The explorer of comparative statics: every elasticity at the current point, as bars."""

from __future__ import annotations

from functools import cache

from tradedig_book.explorers.declare import EQUATION_8_HOLDS, WITH_SOLUTION, failures, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import ABOUT, OUTCOMES, Program, program

_UNIT = "per cent, for one per cent more of each parameter"
_LONGEST_BAR = 6.0


@cache
def formulas() -> Program:
    """Append to equations (5)-(8) the elasticity of every outcome in every parameter."""
    return program().with_elasticities(list(OUTCOMES), list(ABOUT))


def spec() -> ExplorerSpec:
    """Show, for each outcome, a bar for its elasticity in each parameter."""
    return ExplorerSpec(
        id="elasticities",
        title="Elasticities at the current point",
        parameters=sliders(ABOUT, WITH_SOLUTION),
        outcomes=tuple(
            {"name": name, "reach": _LONGEST_BAR, "bars": _bars(name)}
            | outcome._asdict()
            | {"unit": _UNIT}
            for name, outcome in OUTCOMES.items()
        ),
        conditions=failures(program()),
        equation="",
        inside=EQUATION_8_HOLDS,
        axes=("psi",),
        open=("psi", "e"),
    )


def _bars(outcome: str) -> list[dict[str, str]]:
    return [{"step": f"e_{outcome}_{name}", "glyph": one.glyph} for name, one in ABOUT.items()]
