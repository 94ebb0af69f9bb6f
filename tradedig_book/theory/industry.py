"""The parameters of an industry with free entry, and of a firm that chooses to digitise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tradedig_book.theory.parameters import ABOUT
from tradedig_book.theory.points import Values, check_fields, parameter


def shared(name: str) -> Any:
    """Declare a field with the meaning, default and range it has in ``Parameters``."""
    return field(default=ABOUT[name].default, metadata={"about": ABOUT[name]})


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

    L: Values = shared("L")
    beta: Values = shared("beta")
    gamma: Values = shared("gamma")
    e: Values = shared("e")
    psi: Values = shared("psi")
    phi: Values = shared("phi")
    alpha: Values = parameter(
        r"\alpha",
        "α",
        "demand level",
        "willingness to pay for the first unit of a variety without quality",
        "numeraire",
        "Buyers",
        1.8,
        1.2,
        4.0,
    )
    c_M: Values = parameter(
        "c_M",
        "c_M",
        "highest cost",
        "the highest cost that an entrant can draw",
        "numeraire per unit of good",
        "Entry",
        1.5,
        1.0,
        3.0,
    )
    k: Values = parameter(
        "k",
        "k",
        "shape of costs",
        "how much the draws of cost bunch near the highest one",
        "no unit",
        "Entry",
        2.0,
        0.5,
        6.0,
    )
    f_E: Values = parameter(
        "f_E",
        "f_E",
        "cost of entry",
        "what it costs to learn one's cost; sunk",
        "numeraire",
        "Entry",
        0.05,
        0.005,
        0.2,
    )

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

    L: Values = shared("L")
    beta: Values = shared("beta")
    gamma: Values = shared("gamma")
    e: Values = shared("e")
    phi: Values = shared("phi")
    c: Values = parameter(
        "c",
        "c",
        "marginal cost",
        "the firm's marginal cost of output, 1/φ",
        "numeraire per unit of good",
        "The firm",
        0.6,
        0.05,
        1.0,
    )
    c_D: Values = parameter(
        "c_D",
        "c_D",
        "cutoff cost",
        "the cost at which a firm just stops selling, 1/φ_D",
        "numeraire per unit of good",
        "The market",
        1.0,
        0.5,
        2.0,
    )
    psi_1: Values = parameter(
        r"\psi_1",
        "ψ₁",
        "reach of digitization",
        "how much digitization can add to ψ, at most",
        "index",
        "Digitization",
        1.5,
        0.1,
        1.9,
    )
    mu: Values = parameter(
        r"\mu",
        "μ",
        "cost of digitization",
        "the cost of digitization is μ·dig²",
        "numeraire",
        "Digitization",
        0.01,
        0.001,
        0.1,
    )

    def __post_init__(self) -> None:
        """Check every field."""
        check_fields(self)
