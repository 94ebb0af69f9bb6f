"""Small pieces of an explorer's declaration, and words and symbols that several share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sympy as sp

from tradedig_book.theory import OutcomeInfo, ParameterInfo, Program
from tradedig_book.theory.printing import mathml_numbers

OPTIMUM = {
    "quality": (0.03, 10.0),
    "price": (0.5, 10.0),
    "quantity": (0.1, 30.0),
    "profit": (0.01, 3.0),
}
"""Vertical axes of what a firm chooses, all logarithmic."""
WITH_SOLUTION = {"psi": (0.25, 3.25), "e": (0.05, 0.7)}
"""Travel of two sliders of which nearly all has a solution at the defaults."""
EQUATION_8_HOLDS = "Inside the region: every condition for equation (8) holds."
OPTIMAL_QUALITY = "<msup><mi>λ</mi><mo>*</mo></msup>"
_SLIDER_FIELDS = ("glyph", "brief", "meaning", "unit", "group", "default", "low", "high")


_HUES = {
    "ψ": "psi", "λ": "quality", "λ*": "quality", "e": "variety",
    "dig": "dig", "dig*": "dig", "dig_tr": "dig", "dig_im": "dig", "dig_tfp": "dig",
    "lndig": "dig", "lndigs": "dig", "dig_ivt": "dig", "DIG": "dig", "flex": "psi",
    **dict.fromkeys(("QSY", "QBW", "QKL", "QLP", "QOP"), "quality"),
}  # fmt: skip
"""The colour of a quantity that has one of its own, by its symbol or the name of its measure."""
_SCALES = {"thousand firms": "thousand", "0.0001 of QSY": "× 0.0001", "0.01 of flex": "× 0.01"}
"""What stands beside a slider's number that is counted in a unit of its own."""


def hue(glyph: str) -> str:
    """Return the role in the palette of the quantity that ``glyph`` stands for."""
    return _HUES.get(glyph, "now")


def sliders(
    parameters: Mapping[str, ParameterInfo],
    travel: Mapping[str, tuple[float, float]] | None = None,
    log: Collection[str] = (),
) -> tuple[dict[str, Any], ...]:
    """Declare one slider for each parameter, over its declared range or over its ``travel``.

    What is ``log`` is drawn on a logarithmic axis when curves stand against it.
    """
    ends = dict(travel or {})
    return tuple(
        {"name": name}
        | {key: getattr(info, key) for key in _SLIDER_FIELDS}
        | ({"low": ends[name][0], "high": ends[name][1]} if name in ends else {})
        | {"hue": hue(info.glyph), "scale": _SCALES.get(info.unit, "")}
        | ({"axis": "log"} if name in log else {})
        for name, info in parameters.items()
    )


def curves(
    outcomes: Mapping[str, OutcomeInfo],
    ranges: Mapping[str, tuple[float, float]],
    log: Collection[str] = (),
    free: Collection[str] = (),
) -> tuple[dict[str, Any], ...]:
    """Declare one view for each outcome, on a vertical axis that holds still.

    A logarithmic one shows equal ratios as equal heights. What is ``free`` is bound by no condition
    of the program.
    """
    return tuple(
        {"name": name}
        | outcome._asdict()
        | {
            "range": list(ranges[name]),
            "scale": "log" if name in log else "linear",
            "free": name in free,
            "hue": hue(outcome.glyph),
        }
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
