"""How two-way fixed effects weigh effects that differ: some count negatively."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.absorb import SPANNED, take_off
from tradedig_helpers.evidence.effects import drop_singletons
from tradedig_helpers.evidence.events.cohorts import KEY


def twoway_weights(frame: pd.DataFrame, treated: pd.Series) -> pd.DataFrame:
    r"""Return how two-way fixed effects weigh the effect in each treated firm-year.

    With D̃ the treatment less firm and year effects, the coefficient of D is
    Σ D̃ y / Σ D̃², which, if trends are parallel, has the mean Σ w τ over treated rows
    with w = D̃ / Σ D̃². Weights add up to one, and some may be negative (de Chaisemartin
    and D'Haultfœuille 2020). Rows alone in their firm or year weigh nothing and are left out.

    Parameters
    ----------
    frame : ``firm``, ``year``
    treated : whether a row is treated, index as ``frame``

    Returns
    -------
    ``firm``, ``year``, ``weight`` of the treated rows

    Raises
    ------
    ValueError
        If the treatment does not vary within firms and years.
    """
    used = drop_singletons(frame, KEY)
    values = treated.loc[used.index].to_numpy(dtype=float)[:, None]
    left = take_off(values, used, KEY)[:, 0]
    if left @ left <= SPANNED * len(left):
        raise ValueError(
            f"the treatment of {len(used)} rows is spanned by firm and year effects; give "
            "firms that are seen before and after they adopt"
        )
    weight = left / (left @ left)
    chosen = values[:, 0] == 1
    weights: pd.DataFrame = used.loc[chosen, KEY].assign(weight=weight[chosen])
    return weights.reset_index(drop=True)


def negative_share(weights: pd.DataFrame) -> tuple[float, float]:
    """Return the share of treated rows with a negative weight, and the sum of those weights."""
    negative = weights["weight"] < 0
    return float(np.mean(negative)), float(weights.loc[negative, "weight"].sum())
