"""Many tests at once: p-values that hold the chance of any false rejection."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradedig_helpers.frames.plain import plain


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted so that the chance of any false rejection is held (Holm 1979).

    Parameters
    ----------
    p : p-values of one family, shape (m,), in any order; the tests may depend on each other

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If they have more than one dimension, or one is missing or not between 0 and 1.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    if np.ndim(p) != 1:
        raise ValueError(
            f"p has {np.ndim(p)} dimensions; give the p-values of one family as a list"
        )
    column = plain(pd.DataFrame({"p": pd.Series(p)}), "p-values")["p"]
    if not pd.api.types.is_numeric_dtype(column):
        raise TypeError(f"p holds {column.dtype}; give p-values as numbers")
    values = column.to_numpy(dtype=float)
    if bad := int((~((values >= 0) & (values <= 1))).sum()):
        raise ValueError(f"{bad} of {values.size} p-values are missing or not between 0 and 1")
    order = np.argsort(values)
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted
