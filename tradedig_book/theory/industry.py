"""The parameters of an industry with free entry, and of a firm that chooses to digitise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tradedig_book.theory.parameter_fields import ParameterValue, check_fields, parameter
from tradedig_book.theory.parameters import ABOUT


def shared(name: str) -> Any:
    """Declare a field with the meaning, default and range it has in ``Parameters``."""
    return parameter(**ABOUT[name]._asdict())


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry, or an array of industries: firms draw costs c from (c/c_M)^k.

    ``L, beta, gamma, e, psi, phi`` are those of :class:`.Parameters`, the same for all firms.

    Raises
    ------
    ParameterError
        If a value is not a finite positive number inside its range, or if arrays do not
        broadcast.

    Examples
    --------
    >>> Industry(k=3.0).k
    3.0
    """

    L: ParameterValue = shared("L")
    beta: ParameterValue = shared("beta")
    gamma: ParameterValue = shared("gamma")
    e: ParameterValue = shared("e")
    psi: ParameterValue = shared("psi")
    phi: ParameterValue = shared("phi")
    alpha: ParameterValue = parameter(
        latex=r"\alpha", glyph="α", brief="demand level",
        meaning="willingness to pay for the first unit of a variety without quality",
        unit="numeraire", group="Buyers",
        default=1.8, low=1.2, high=4.0,
    )  # fmt: skip
    c_M: ParameterValue = parameter(
        latex="c_M", glyph="c_M", brief="highest cost",
        meaning="the highest cost that an entrant can draw",
        unit="numeraire per unit of good", group="Entry",
        default=1.5, low=1.0, high=3.0,
    )  # fmt: skip
    k: ParameterValue = parameter(
        latex="k", glyph="k", brief="shape of costs",
        meaning="how much the draws of cost bunch near the highest one",
        unit="no unit", group="Entry",
        default=2.0, low=0.5, high=6.0,
    )  # fmt: skip
    f_E: ParameterValue = parameter(
        latex="f_E", glyph="f_E", brief="cost of entry",
        meaning="what it costs to learn one's cost; sunk",
        unit="numeraire", group="Entry",
        default=0.05, low=0.005, high=0.2,
    )  # fmt: skip

    def __post_init__(self) -> None:
        """Check every field."""
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Choice:
    """A firm that chooses how much to digitise, or an array of firms.

    ``L, beta, gamma, e, phi`` are those of :class:`.Parameters`; ψ is chosen.

    Raises
    ------
    ParameterError
        If a value is not a finite positive number inside its range, or if arrays do not
        broadcast.
    """

    L: ParameterValue = shared("L")
    beta: ParameterValue = shared("beta")
    gamma: ParameterValue = shared("gamma")
    e: ParameterValue = shared("e")
    phi: ParameterValue = shared("phi")
    c: ParameterValue = parameter(
        latex="c", glyph="c", brief="marginal cost",
        meaning="the firm's marginal cost of output, 1/φ",
        unit="numeraire per unit of good", group="The firm",
        default=0.6, low=0.05, high=1.0,
    )  # fmt: skip
    c_D: ParameterValue = parameter(
        latex="c_D", glyph="c_D", brief="cutoff cost",
        meaning="the cost at which a firm just stops selling, 1/φ_D",
        unit="numeraire per unit of good", group="The market",
        default=1.0, low=0.5, high=2.0,
    )  # fmt: skip
    psi_1: ParameterValue = parameter(
        latex=r"\psi_1", glyph="ψ₁", brief="reach of digitization",
        meaning="how much digitization can add to ψ, at most",
        unit="index", group="Digitization",
        default=1.5, low=0.1, high=1.9,
    )  # fmt: skip
    mu: ParameterValue = parameter(
        latex=r"\mu", glyph="μ", brief="cost of digitization",
        meaning="the cost of digitization is μ·dig²",
        unit="numeraire", group="Digitization",
        default=0.01, low=0.001, high=0.1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        """Check every field."""
        check_fields(self)
