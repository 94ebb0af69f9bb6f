"""Small pieces of an explorer's declaration, from what the model declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from tradedig_book.theory import NotDerived, Outcome, Program
from tradedig_book.theory import derivation as d
from tradedig_book.theory.parameter_fields import ParameterInfo
from tradedig_book.theory.printing import mathml_numbers

INSIDE = "Inside the region: every condition for equation (8) holds."
SLIDER = ("glyph", "brief", "meaning", "unit", "group", "default", "low", "high")


def sliders(about: Mapping[str, ParameterInfo]) -> tuple[dict[str, Any], ...]:
    """Declare one slider for each parameter."""
    return tuple(
        {"name": name} | {key: getattr(one, key) for key in SLIDER} for name, one in about.items()
    )


def curves(
    outcomes: Mapping[str, Outcome], ranges: Mapping[str, tuple[float, float]] | None = None
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


def hold(written: Program, step: str, expected: sp.Expr) -> None:
    """Check that a step of a program is what the derivation has.

    Raises
    ------
    NotDerived
        Naming the step.
    """
    if not d.same(by_name(written.expand(step)), by_name(expected)):
        raise NotDerived(f"step {step!r} does not follow from the derivation")


def by_name(expr: sp.Expr) -> sp.Expr:
    """Take symbols by their names alone."""
    return expr.subs({symbol: sp.Symbol(symbol.name) for symbol in expr.free_symbols})
