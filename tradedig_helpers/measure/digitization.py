"""The trade digitization index of Table 1 and the years of digital experience."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import require_columns, require_numbers

TECHNOLOGIES = ("pit", "pdo", "icp")
WEIGHTS = {"pit": 4, "icp": 2, "pdo": 1}


def digitization_index(pit: pd.Series, pdo: pd.Series, icp: pd.Series) -> pd.Series:
    """Return dig = 1 + 4 pit + 2 icp + 1 pdo, a whole number from 1 to 8 (Table 1).

    Raises
    ------
    ValueError
        If a technology is anything but 0 or 1.
    """
    for name, used in {"pit": pit, "pdo": pdo, "icp": icp}.items():
        bad = ~used.isin([0, 1])
        if bad.any():
            raise ValueError(f"{name} must be 0 or 1; {int(bad.sum())} of {len(used)} rows are not")
    index = 1 + WEIGHTS["pit"] * pit + WEIGHTS["icp"] * icp + WEIGHTS["pdo"] * pdo
    return index.astype("int64").rename("dig")


def measure_digitization(firms: pd.DataFrame) -> pd.DataFrame:
    """Return the digital level of each firm-year from first years of use.

    Parameters
    ----------
    firms : ``firm``, ``year`` and ``pit_since``, ``pdo_since``, ``icp_since``: the first
        year in which a technology was used, missing if it never was

    Returns
    -------
    DataFrame
        ``firm``, ``year``, 0/1 columns ``pit``, ``pdo``, ``icp``, the index ``dig``,
        ``lndig`` = ln dig, and ``lndigs`` = ln(1 + the longest number of years of use).
        The 1 inside the last logarithm keeps firms without any technology, at zero.
    """
    since = [f"{technology}_since" for technology in TECHNOLOGIES]
    require_columns(firms, ["firm", "year", *since], "firms")
    require_numbers(firms, ["year"], "firms")
    years = pd.DataFrame(
        {t: firms["year"] - firms[f"{t}_since"].astype("Float64") + 1 for t in TECHNOLOGIES}
    )
    used = (years > 0).fillna(False).astype("int64")
    dig = digitization_index(used["pit"], used["pdo"], used["icp"])
    longest = years.max(axis=1).fillna(0).clip(lower=0).astype("float64")
    return (
        firms[["firm", "year"]]
        .join(used)
        .assign(dig=dig, lndig=np.log(dig.astype("float64")), lndigs=np.log1p(longest))
    )
