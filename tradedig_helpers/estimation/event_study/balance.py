"""How alike two groups are: standardised mean differences and variance ratios."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradedig_helpers.frames.arrays import Floats


def moments(
    treated: pd.DataFrame, controls: pd.DataFrame, weights: Floats, names: Sequence[str]
) -> pd.DataFrame:
    """Return means and variances of ``names``, one row each.

    Columns ``mean``, ``variance`` of the treated, and ``control_mean``,
    ``control_variance``, where controls count by ``weights``, shape (controls,).
    """
    x, z = treated[list(names)].to_numpy(float), controls[list(names)].to_numpy(float)
    mean, other = x.mean(axis=0), np.average(z, axis=0, weights=weights)
    columns = {
        "mean": mean,
        "variance": x.var(axis=0),
        "control_mean": other,
        "control_variance": np.average((z - other) ** 2, axis=0, weights=weights),
    }
    return pd.DataFrame(columns, index=pd.Index(names, name="covariate"))


def balance_table(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return ``covariate``, ``smd_before``, ``smd_after``, ``ratio_before``, ``ratio_after``.

    A difference of means is in units of the root of the mean of both variances *before*
    matching, so that it falls only if the means approach each other (Stuart 2010). A
    ratio is the variance of the treated over that of the controls.
    """
    unit = np.sqrt((before["variance"] + before["control_variance"]) / 2)
    sides = {"before": before, "after": after}
    differences = {
        f"smd_{when}": (side["mean"] - side["control_mean"]) / unit for when, side in sides.items()
    }
    ratios = {
        f"ratio_{when}": side["variance"] / side["control_variance"] for when, side in sides.items()
    }
    return pd.DataFrame(differences | ratios).reset_index()
