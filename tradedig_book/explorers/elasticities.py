"""Comparative statics at a glance: every elasticity at the current point."""

from __future__ import annotations

from functools import cache

from tradedig_book.explorers.declare import INSIDE, failures, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    OUTCOMES,
    Program,
    program,
)


@cache
def elasticity_program() -> Program:
    """Append to equations (5)-(8) the elasticity of every outcome in every parameter."""
    return program().with_elasticities(list(OUTCOMES), list(ABOUT))


def elasticity_spec() -> ExplorerSpec:
    """Show comparative statics at a glance: every elasticity at the current point."""
    return ExplorerSpec(
        id="elasticities",
        title="Elasticities at the current point",
        parameters=sliders(ABOUT),
        outcomes=tuple(
            {"name": name, "reach": 6.0, "bars": _bars(name)}
            | outcome._asdict()
            | {"unit": "per cent, for one per cent more of each parameter"}
            for name, outcome in OUTCOMES.items()
        ),
        conditions=failures(program()),
        equation="",
        inside=INSIDE,
        axes=("psi",),
    )


def _bars(outcome: str) -> list[dict[str, str]]:
    return [{"step": f"e_{outcome}_{name}", "glyph": about.glyph} for name, about in ABOUT.items()]
