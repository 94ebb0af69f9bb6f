"""Every symbol that text and formulas explain, from where it is declared: one table for pages."""

from __future__ import annotations

from typing import NamedTuple

from tradedig_book.explorers.channels import CHANNELS
from tradedig_book.explorers.declare import hue
from tradedig_book.explorers.demand import QUALITY
from tradedig_book.theory import ABOUT, OUTCOMES, OutcomeInfo, ParameterInfo
from tradedig_book.theory.industry import Choice, Industry
from tradedig_book.theory.parameter_fields import about
from tradedig_helpers.measure.dictionary import DICTIONARY

OF_ONE_EXPLORER = ("lam", *CHANNELS)
"""Symbols whose default is an explorer's alone."""
AMBIGUOUS = ("alpha", "k", "c", "psi_1")
"""Parameters of one chapter whose symbols mean something else in another."""


class Symbol(NamedTuple):
    """What pages say of a symbol, and its colour, empty if it has none of its own.

    ``default`` is empty where there is none; ``measure`` tells a column of data from a symbol of
    the model.
    """

    glyph: str
    meaning: str
    unit: str
    default: str
    hue: str
    measure: bool


def symbols() -> dict[str, Symbol]:
    """Return parameters, outcomes and measures by their names in code.

    Examples
    --------
    >>> symbols()["psi"].default, symbols()["flex"].hue
    ('1', 'psi')
    """
    model: dict[str, ParameterInfo | OutcomeInfo] = {
        **about(Industry), **about(Choice), **ABOUT, **OUTCOMES, "lam": QUALITY, **CHANNELS,
    }  # fmt: skip
    found = {name: _of_model(name, one) for name, one in model.items() if name not in AMBIGUOUS}
    return found | {
        name: Symbol(name, one.meaning, one.unit, "", _own(name), True)
        for name, one in DICTIONARY.items()
    }


def _of_model(name: str, one: ParameterInfo | OutcomeInfo) -> Symbol:
    meaning, default = one.meaning, ""
    if isinstance(one, ParameterInfo) and name not in OF_ONE_EXPLORER:
        meaning, default = f"{one.brief}: {meaning}", f"{one.default:g}"
    return Symbol(one.glyph, meaning, one.unit, default, _own(one.glyph), False)


def _own(glyph: str) -> str:
    role = hue(glyph)
    return "" if role == "now" else role
