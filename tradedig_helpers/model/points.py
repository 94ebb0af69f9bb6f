"""Points in a model's parameter space: checked fields, and refusals in words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradedig_helpers.model.parameters import About, ParameterError, Values, _checked
from tradedig_helpers.model.program import Program
from tradedig_helpers.model.solution import OutsideRegion


def about(point: Any) -> dict[str, About]:
    """Return what is declared about each field of a parameter class, or of a point in it."""
    return {f.name: f.metadata["about"] for f in fields(point)}


def values(point: Any) -> dict[str, Values]:
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


def evaluate_inside(program: Program, point: Any) -> dict[str, NDArray[np.float64]]:
    """Evaluate a program at points that must all meet its conditions.

    Raises
    ------
    OutsideRegion
        Naming the condition that fails, at how many points, and the first of them.
    """
    failed = program.verdict(values(point))
    if not failed.any():
        return program.evaluate(values(point))
    where = np.flatnonzero(failed)[0]
    condition = program.conditions[failed.flat[where] - 1]
    described = ", ".join(
        f"{about(point)[name].glyph} = {np.broadcast_to(value, failed.shape).flat[where]:g}"
        for name, value in values(point).items()
    )
    many = f"{np.count_nonzero(failed)} of {failed.size} points, first here"
    count = f" at {many}" if failed.ndim else ""
    raise OutsideRegion(f"{condition.otherwise}{count}. Parameters: {described}")
