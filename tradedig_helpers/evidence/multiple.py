"""Many tests at once: p-values that hold the chance of any false rejection."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted so that the chance of any false rejection is held (Holm 1979).

    Parameters
    ----------
    p : p-values of one family, shape (m,), in any order; the tests may depend on each other

    Raises
    ------
    ValueError
        If one is missing or not between 0 and 1.
    """
    values = np.asarray(p, dtype=float)
    if bad := int((~((values >= 0) & (values <= 1))).sum()):
        raise ValueError(f"{bad} of {values.size} p-values are missing or not between 0 and 1")
    order = np.argsort(values)
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted
