"""How two-way fixed effects weigh effects that differ: some count negatively."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demean import demean
from tradedig_helpers.estimation.effects import drop_singletons
from tradedig_helpers.estimation.estimability import COLLINEAR
from tradedig_helpers.estimation.specifications import FIRM, YEAR
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import require_columns, require_present


def twoway_weights(
    frame: pd.DataFrame, treated: pd.Series, *, firm: str = FIRM, year: str = YEAR
) -> pd.DataFrame:
    r"""Return how two-way fixed effects weigh the effect in each treated firm-year.

    With D̃ the treatment less firm and year effects, the coefficient of D is
    Σ D̃ y / Σ D̃², which, if trends are parallel, has the mean Σ w τ over treated rows
    with w = D̃ / Σ D̃². Weights add up to one, and some may be negative (de Chaisemartin
    and D'Haultfœuille 2020). Rows alone in their firm or year weigh nothing and are left out.

    Parameters
    ----------
    frame : ``firm``, ``year``
    treated : whether a row is treated (flags or 0 and 1), index as ``frame``
    firm, year : the columns that hold them

    Returns
    -------
    firm, year, ``weight`` of the treated rows

    Raises
    ------
    TypeError, ValueError
        On bad columns, a treatment of other rows, or that is missing or neither 0 nor 1, or if
        it does not vary within firms and years.
    """
    key = [firm, year]
    used = drop_singletons(_with_treatment(frame, treated, key), key)
    values = used["treated"].to_numpy(dtype=float)[:, None]
    left = demean(values, used, key)[:, 0]
    if left @ left <= COLLINEAR * len(left):
        raise ValueError(
            f"the treatment of {len(used)} rows is spanned by firm and year effects; give "
            "firms that are seen before and after they adopt"
        )
    weight = left / (left @ left)
    chosen = values[:, 0] == 1
    weights: pd.DataFrame = used.loc[chosen, key].assign(weight=weight[chosen])
    return weights.reset_index(drop=True)


def _with_treatment(frame: pd.DataFrame, treated: pd.Series, key: list[str]) -> pd.DataFrame:
    """Return firm, year and ``treated``, 0 or 1, of each row."""
    rows = plain(frame, "frame")
    require_columns(rows, key, "frame")
    require_present(rows, key, "frame")
    if not isinstance(treated, pd.Series) or not treated.index.equals(frame.index):
        raise ValueError("treated must be a column of the rows of frame, with the same index")
    values = plain(treated.to_frame("treated"), "treated")["treated"]
    if bad := int((~values.isin([0, 1])).sum()):
        raise ValueError(
            f"treated is neither 0 nor 1 in {bad} of {len(values)} rows; repair or drop them"
        )
    return rows[key].assign(treated=values)


def negative_share(weights: pd.DataFrame) -> tuple[float, float]:
    """Return the share of treated rows with a negative weight, and the sum of those weights."""
    negative = weights["weight"] < 0
    return float(np.mean(negative)), float(weights.loc[negative, "weight"].sum())
