"""Flexible productivity from shipments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import require_above, require_columns, require_present


def measure_flexibility(customs: pd.DataFrame) -> pd.DataFrame:
    """Return flex = (sd/mean of shipment value) x ln(number of shipments) by firm-year.

    Returns
    -------
    DataFrame
        ``firm``, ``year``, ``transactions`` and ``flex``. The standard deviation divides
        by n - 1 (the paper does not say); with one transaction flex is undefined and missing.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, or a value is not a positive finite number.
    """
    require_columns(customs, ["firm", "year", "value"], "customs")
    require_present(customs, ["firm", "year"], "customs")
    require_above(customs, ["value"], "customs")
    size = customs.groupby(["firm", "year"], observed=True)["value"]
    moments = size.agg(["std", "mean", "count"])
    flex = moments["std"] / moments["mean"] * np.log(moments["count"])
    return pd.DataFrame({"transactions": moments["count"], "flex": flex}).reset_index()
