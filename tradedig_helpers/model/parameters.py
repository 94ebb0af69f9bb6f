"""The parameters of the model: symbol, meaning, default, range and unit, once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Values = float | NDArray[np.float64]


class ParameterError(ValueError):
    """A parameter is not a number, or lies outside the values it may take."""


class About(NamedTuple):
    """What a reader, a slider and a check need to know about one parameter."""

    latex: str
    glyph: str
    brief: str
    meaning: str
    unit: str
    group: str
    default: float
    low: float
    high: float
    below: float = np.inf

    @property
    def allowed(self) -> str:
        """The open interval of values for which the parameter has a meaning."""
        upper = "" if np.isinf(self.below) else f" < {self.below:g}"
        return f"0 < {self.glyph}{upper}"


def _parameter(*about: Any, below: float = np.inf) -> Any:
    described = About(*about)._replace(below=below)
    return field(default=described.default, metadata={"about": described})


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
        :func:`tradedig_helpers.model.region`.

    Examples
    --------
    >>> Parameters(psi=2.0).psi
    2.0
    """

    L: Values = _parameter(
        "L", "L", "market size", "number of consumers", "relative to 1", "Buyers", 1.0, 0.25, 4.0
    )
    beta: Values = _parameter(
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
    gamma: Values = _parameter(
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
    e: Values = _parameter(
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
    psi: Values = _parameter(
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
    phi: Values = _parameter(
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
    varphi: Values = _parameter(
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
    varphi_D: Values = _parameter(
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
        """Turn every field into a float or a float array, or say which one is wrong."""
        for name, about in ABOUT.items():
            object.__setattr__(self, name, _checked(name, about, getattr(self, name)))
        shapes = {name: np.shape(getattr(self, name)) for name in ABOUT}
        try:
            np.broadcast_shapes(*shapes.values())
        except ValueError:
            arrays = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
            raise ParameterError(
                f"parameters have shapes that do not fit together: {arrays}; "
                "give scalars or arrays of one length"
            ) from None


def _checked(name: str, about: About, value: ArrayLike) -> Values:
    try:
        array = np.asarray(value, dtype=float) if not isinstance(value, str) else None
    except (TypeError, ValueError):
        array = None
    if array is None:
        raise ParameterError(f"{name} = {value!r} is not a number; it needs {about.allowed}")
    wrong = ~(np.isfinite(array) & (array > 0) & (array < about.below))
    if wrong.any():
        first = float(array[wrong][0])
        count = f" ({int(wrong.sum())} of {array.size} values)" if array.ndim else ""
        raise ParameterError(
            f"{name} = {first:g} is outside {about.allowed}{count}: {about.meaning}"
        )
    return array if array.ndim else float(array)


ABOUT: dict[str, About] = {f.name: f.metadata["about"] for f in fields(Parameters)}


def parameter_table() -> pd.DataFrame:
    """Return the notation table of the parameters, one row for each.

    Returns
    -------
    DataFrame
        Columns ``symbol`` (LaTeX), ``name`` (in code), ``meaning``, ``default``,
        ``range`` (of the sliders), ``allowed`` and ``unit``.
    """
    rows = [
        {
            "symbol": f"${about.latex}$",
            "name": name,
            "meaning": about.meaning,
            "default": about.default,
            "range": f"{about.low:g} to {about.high:g}",
            "allowed": about.allowed,
            "unit": about.unit,
        }
        for name, about in ABOUT.items()
    ]
    return pd.DataFrame(rows)
