"""Points in a model's parameter space: what is known about each field, and their checks."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

ParameterValue = float | NDArray[np.float64]


class ParameterError(ValueError):
    """A parameter is not a number, or lies outside the values it may take."""


class ParameterInfo(NamedTuple):
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


def parameter(**declared: Any) -> Any:
    """Declare a dataclass field by the fields of :class:`ParameterInfo`."""
    info = ParameterInfo(**declared)
    return field(default=info.default, metadata={"about": info})


def about(point: Any) -> dict[str, ParameterInfo]:
    """Return what is declared about each field of a parameter class, or of a point in it."""
    return {f.name: f.metadata["about"] for f in fields(point)}


def values(point: Any) -> dict[str, ParameterValue]:
    """Return the fields of a point by their names in code."""
    return {name: getattr(point, name) for name in about(point)}


def check_fields(point: Any) -> None:
    """Turn every field of a frozen point into a float or a float array, or say which is wrong.

    Raises
    ------
    ParameterError
        Naming the parameter, its value and the allowed range, or the shapes that do not fit.
    """
    for name, declared in about(point).items():
        object.__setattr__(point, name, _checked(name, declared, getattr(point, name)))
    shapes = {name: np.shape(value) for name, value in values(point).items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        arrays = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
        raise ParameterError(
            f"parameters have shapes that do not fit together: {arrays}; "
            "give scalars or arrays of one length"
        ) from None


def _checked(name: str, about: ParameterInfo, value: ArrayLike) -> ParameterValue:
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
