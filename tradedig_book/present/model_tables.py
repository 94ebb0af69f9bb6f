"""Tables of the theory chapters, generated from where parameters and conditions are declared."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tradedig_book.present.tables import PageTable, math
from tradedig_book.theory import ABOUT, CONDITIONS, OUTCOMES, Condition
from tradedig_helpers.measure.dictionary import DICTIONARY


def _code(name: str) -> str:
    return f"<code>{name}</code>"


def parameter_notation() -> PageTable:
    """Lay out every parameter: symbol, name in code, meaning, default, range, unit."""
    return PageTable(
        caption="Parameters of the model",
        style="text",
        header=("Symbol", "In code", "Meaning", "Default", "Slider", "Allowed", "Unit"),
        rows=tuple(
            (
                math(about.latex),
                _code(name),
                f"{about.brief}: {about.meaning}",
                f"{about.default:g}",
                f"{about.low:g} to {about.high:g}",
                escape(about.allowed),
                about.unit,
            )
            for name, about in ABOUT.items()
        ),
    )


def outcome_notation() -> PageTable:
    """Lay out what the model determines: symbol, name in code, meaning, unit."""
    return PageTable(
        caption="What the model determines",
        style="text",
        header=("Symbol", "In code", "Meaning", "Unit"),
        rows=tuple(
            (math(outcome.latex), _code(name), outcome.meaning, outcome.unit)
            for name, outcome in OUTCOMES.items()
        ),
    )


def measure_notation() -> PageTable:
    """Lay out what is measured for each firm and year: name in data, meaning, unit."""
    return PageTable(
        caption="Measures of a firm in a year",
        style="text",
        header=("Measure", "Meaning", "Unit"),
        rows=tuple((_code(one.name), one.meaning, one.unit) for one in DICTIONARY.values()),
    )


def conditions() -> PageTable:
    """Lay out the conditions of equation (8): what holds inside the region, and outside."""
    return conditions_table(CONDITIONS, caption="The region in which equation (8) holds")


def conditions_table(asked: Sequence[Condition], *, caption: str) -> PageTable:
    """Lay out conditions: in symbols, in words, and what happens where they fail."""
    return PageTable(
        caption=caption,
        header=("Condition", "It means", "Where it fails"),
        rows=tuple((math(c.latex), c.words, escape(c.otherwise)) for c in asked),
        style="text",
    )
