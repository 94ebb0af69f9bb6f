"""The parameters of the model: symbol, meaning, default, range and unit, once."""

from __future__ import annotations

from dataclasses import dataclass

from tradedig_book.theory.parameter_fields import ParameterValue, about, check_fields, parameter


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

    L: ParameterValue = parameter(
        latex="L", glyph="L", brief="market size",
        meaning="number of consumers",
        unit="relative to 1", group="Buyers",
        default=1.0, low=0.25, high=4.0,
    )  # fmt: skip
    beta: ParameterValue = parameter(
        latex=r"\beta", glyph="β", brief="taste for quality",
        meaning="what buyers pay for one more unit of quality",
        unit="numeraire per unit of quality", group="Buyers",
        default=1.5, low=0.5, high=3.0,
    )  # fmt: skip
    gamma: ParameterValue = parameter(
        latex=r"\gamma", glyph="γ", brief="satiation",
        meaning="how fast marginal utility falls with quantity",
        unit="numeraire per unit of good squared", group="Buyers",
        default=1.0, low=0.25, high=4.0,
    )  # fmt: skip
    e: ParameterValue = parameter(
        latex="e", glyph="e", brief="substitutability",
        meaning="how easily one variety replaces another; the smaller, the stronger the taste "
        "for variety",
        unit="no unit", group="Buyers",
        default=0.4, low=0.05, high=0.95, below=1.0,
    )  # fmt: skip
    psi: ParameterValue = parameter(
        latex=r"\psi", glyph="ψ", brief="flexible productivity",
        meaning="efficiency in the fixed cost of quality, raised by trade digitization (dig_tr)",
        unit="index, 1/θ", group="The firm",
        default=1.0, low=0.25, high=4.0,
    )  # fmt: skip
    phi: ParameterValue = parameter(
        latex=r"\phi", glyph="ϕ", brief="intelligent production",
        meaning="efficiency in the marginal cost of quality, raised by intelligent production "
        "(dig_im)",
        unit="index, 1/δ", group="The firm",
        default=1.25, low=0.4, high=4.0,
    )  # fmt: skip
    varphi: ParameterValue = parameter(
        latex=r"\varphi", glyph="φ", brief="production efficiency",
        meaning="efficiency in the marginal cost of output, raised by digital production (dig_tfp)",
        unit="index, 1/c", group="The firm",
        default=1.5, low=0.5, high=4.0,
    )  # fmt: skip
    varphi_D: ParameterValue = parameter(
        latex=r"\varphi_D", glyph="φ_D", brief="marginal firm",
        meaning="production efficiency of the firm that just survives in the market",
        unit="index, 1/c_D", group="The market",
        default=1.0, low=0.5, high=4.0,
    )  # fmt: skip

    def __post_init__(self) -> None:
        """Check every field."""
        check_fields(self)


ABOUT = about(Parameters)
"""What is declared about each parameter, by its name in code."""
