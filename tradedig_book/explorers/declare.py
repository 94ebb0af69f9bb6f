"""Small pieces of an explorer's declaration, and words and symbols that several share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from tradedig_book.theory import OutcomeInfo, ParameterInfo, Program
from tradedig_book.theory.printing import mathml_numbers

EQUATION_8_HOLDS = "Inside the region: every condition for equation (8) holds."
OPTIMAL_QUALITY = "<msup><mi>λ</mi><mo>*</mo></msup>"
_SLIDER_FIELDS = ("glyph", "brief", "meaning", "unit", "group", "default", "low", "high")


def sliders(parameters: Mapping[str, ParameterInfo]) -> tuple[dict[str, Any], ...]:
    """Declare one slider for each parameter."""
    return tuple(
        {"name": name} | {key: getattr(info, key) for key in _SLIDER_FIELDS}
        for name, info in parameters.items()
    )


def curves(
    outcomes: Mapping[str, OutcomeInfo], ranges: Mapping[str, tuple[float, float]] | None = None
) -> tuple[dict[str, Any], ...]:
    """Declare one view for each outcome, with a fixed vertical range where one is given."""
    fixed = dict(ranges or {})
    return tuple(
        {"name": name} | outcome._asdict() | ({"range": list(fixed[name])} if name in fixed else {})
        for name, outcome in outcomes.items()
    )


def failures(program: Program) -> tuple[dict[str, str], ...]:
    """Declare the words for each verdict of a program."""
    return tuple({"short": c.short, "otherwise": c.otherwise} for c in program.conditions)


def live_equation(symbol: str, right: sp.Expr, result: str) -> str:
    """Write ``symbol = right = result`` in MathML with places for current numbers."""
    return (
        f'<math display="block"><mrow>{symbol}<mo>=</mo>{mathml_numbers(right)}<mo>=</mo>'
        f'<mn class="td-result" data-value="{result}">0</mn></mrow></math>'
    )
