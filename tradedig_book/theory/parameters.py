"""The parameters of the model: symbol, meaning, default, range and unit, once."""

from __future__ import annotations

from dataclasses import dataclass

from tradedig_book.theory.points import Values, about, check_fields, parameter


@dataclass(frozen=True, slots=True)
class Parameters:
    """One point, or one array of points, in the model's parameter space.

    Every field is a positive float or an array of positive floats; arrays broadcast
    against each other.
    The normalisations are the paper's: ``c0 = delta0 = theta0 = 1``, so a firm's marginal
    cost is ``c = 1/varphi``, the cutoff cost ``c_D = 1/varphi_D``, and the two costs of
    quality ``delta = 1/phi`` and ``theta = 1/psi``.

    Raises
    ------
    ParameterError
        If a value is not numeric, is NaN or infinite, lies outside its interval, or if
        arrays do not broadcast.
        Whether the point has an optimal quality at all is another question: see
        :func:`tradedig_book.theory.verdict`.

    Examples
    --------
    >>> Parameters(psi=2.0).psi
    2.0
    """

    L: Values = parameter(
        "L", "L", "market size", "number of consumers", "relative to 1", "Buyers", 1.0, 0.25, 4.0
    )
    beta: Values = parameter(
        r"\beta",
        "β",
        "taste for quality",
        "what buyers pay for one more unit of quality",
        "numeraire per unit of quality",
        "Buyers",
        1.5,
        0.5,
        3.0,
    )
    gamma: Values = parameter(
        r"\gamma",
        "γ",
        "satiation",
        "how fast marginal utility falls with quantity",
        "numeraire per unit of good squared",
        "Buyers",
        1.0,
        0.25,
        4.0,
    )
    e: Values = parameter(
        "e",
        "e",
        "substitutability",
        "how easily one variety replaces another; the smaller, the stronger the taste for variety",
        "no unit",
        "Buyers",
        0.4,
        0.05,
        0.95,
        below=1.0,
    )
    psi: Values = parameter(
        r"\psi",
        "ψ",
        "flexible productivity",
        "efficiency in the fixed cost of quality, raised by trade digitization (dig_tr)",
        "index, 1/θ",
        "The firm",
        1.0,
        0.25,
        4.0,
    )
    phi: Values = parameter(
        r"\phi",
        "ϕ",
        "intelligent production",
        "efficiency in the marginal cost of quality, raised by intelligent production (dig_im)",
        "index, 1/δ",
        "The firm",
        1.25,
        0.4,
        4.0,
    )
    varphi: Values = parameter(
        r"\varphi",
        "φ",
        "production efficiency",
        "efficiency in the marginal cost of output, raised by digital production (dig_tfp)",
        "index, 1/c",
        "The firm",
        1.5,
        0.5,
        4.0,
    )
    varphi_D: Values = parameter(
        r"\varphi_D",
        "φ_D",
        "marginal firm",
        "production efficiency of the firm that just survives in the market",
        "index, 1/c_D",
        "The market",
        1.0,
        0.5,
        4.0,
    )

    def __post_init__(self) -> None:
        """Check every field."""
        check_fields(self)


ABOUT = about(Parameters)
"""What is declared about each parameter, by its name in code."""
