"""Export-weighted characteristics of the destinations that a firm serves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import (
    require_above,
    require_columns,
    require_key,
    require_present,
)

MARKET = ["product", "destination", "year"]


def measure_destinations(flows: pd.DataFrame, destinations: pd.DataFrame) -> pd.DataFrame:
    """Return ``lnpgp``, ``lngdp`` and ``lnsdp`` of each firm-year.

    ``lnpgp`` and ``lngdp`` are export-value-weighted logs of GDP per head and GDP.
    ``lnsdp``, the information cost, is the export-weighted log coefficient of variation
    of prices in the destination-product-year market. A market with one price has none;
    its flows are left out of ``lnsdp`` and the weights of the others rescaled, and a
    firm-year with no other flow has no ``lnsdp``.

    Parameters
    ----------
    flows : ``firm``, ``product``, ``destination``, ``year``, ``value``, ``price``
    destinations : ``destination``, ``year``, ``gdp``, ``gdp_per_head``

    Raises
    ------
    TypeError, ValueError
        On bad columns or values, or if a destination-year of a flow is not in the table.
    """
    require_columns(flows, ["firm", *MARKET, "value", "price"], "flows")
    require_present(flows, ["firm", *MARKET], "flows")
    require_above(flows, ["value", "price"], "flows")
    logs = pd.DataFrame(
        {
            **_incomes(flows, destinations),
            "lnsdp": price_dispersion(flows),
        }
    )
    return weighted_mean(logs, flows[["firm", "year"]], flows["value"])


def price_dispersion(flows: pd.DataFrame) -> pd.Series:
    """Return ln(sd/mean) of prices in each flow's market, NaN where it has no dispersion.

    The flow's own price is among them, so a firm's quality, which its price reflects,
    moves its own ``lnsdp``. The standard deviation divides by n - 1.
    """
    price = flows.groupby(MARKET, observed=True, sort=False)["price"]
    variation = price.transform("std") / price.transform("mean")
    return _log(variation.where(variation > 0))


def weighted_mean(values: pd.DataFrame, keys: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """Return the weighted mean of each column by key; missing values carry no weight."""
    groups = [keys[column] for column in keys.columns]
    present = values.notna().mul(weight, axis=0)
    totals = values.mul(weight, axis=0).fillna(0).groupby(groups, observed=True).sum()
    weights = present.groupby(groups, observed=True).sum()
    return (totals / weights.where(weights > 0)).reset_index()


def _incomes(flows: pd.DataFrame, destinations: pd.DataFrame) -> dict[str, pd.Series]:
    """Return log GDP per head and log GDP of each flow's destination and year."""
    key = ["destination", "year"]
    columns = ["gdp", "gdp_per_head"]
    require_columns(destinations, [*key, *columns], "destinations")
    require_key(destinations, key, "destinations")
    require_above(destinations, columns, "destinations")
    found = flows[key].merge(destinations[[*key, *columns]], on=key, how="left", validate="m:1")
    if missing := int(found["gdp"].isna().sum()):
        raise ValueError(
            f"destinations lacks the destination and year of {missing} of "
            f"{len(flows)} flows; add them"
        )
    found = found.set_index(flows.index)
    return {"lnpgp": _log(found["gdp_per_head"]), "lngdp": _log(found["gdp"])}


def _log(values: pd.Series) -> pd.Series:
    """Return natural logs with the index of ``values``."""
    return pd.Series(np.log(values.to_numpy(dtype=float)), index=values.index)
