"""What the order book shows of flexible productivity, and how it answers to lndig."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradedig_book.economy.orders import COUNT_RESPONSE
from tradedig_book.economy.world import DESTINATION_COUNT, FIRST_YEAR
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.measure.flexibility import flex_of
from tradedig_helpers.schema.declare import Columns

FIRST_OPEN, OPEN_BY_TENURE = -0.6, 0.15


def open_share(panel: Columns, opening: Mapping[str, float]) -> dict[str, Floats]:
    """Return ``open_share`` of each firm's portfolio, and ``open_response`` = ∂ln of it/∂lndig.

    The share is 1 - exp(-exp(o)), with o linear in the log of years in the survey and in
    ``lndig``: digital firms reach markets earlier.
    """
    year, entry, lndig = (panel[name] for name in ("year", "entry", "lndig"))
    tenure = np.log1p(year - np.maximum(entry, FIRST_YEAR))
    rate = np.exp(FIRST_OPEN + OPEN_BY_TENURE * tenure + opening["lndig"] * lndig)
    share = -np.expm1(-rate)
    response = opening["lndig"] * rate * (1 - share) / share
    return {"open_share": share, "open_response": response}


def flexibility(shipments: Columns, flows: Columns, panel: Columns) -> dict[str, Floats]:
    """Return ``flex`` and ``flex_response`` = ∂flex/∂lndig of each firm-year of ``panel``.

    flex = (sd/mean of shipment value) x ln(number of shipments), with a standard deviation
    that divides by n - 1. A firm-year with one shipment gets 0 here, since it shows no
    flexibility; the measure calls it undefined.

    A larger dispersion stretches the shipments of a flow around an unchanged total, so
    only the standard deviation moves: d sd = cov(value, d value)/sd. More shipments and
    more flows are taken at an unchanged coefficient of variation; one shipment per flow
    is sure, the rest respond.
    """
    rows = len(panel["firm"])
    moments = count, mean, deviation = _moments(shipments, rows)
    variation = deviation / mean
    extra = COUNT_RESPONSE * (1 - np.bincount(flows["row"], minlength=rows) / count)
    more = np.where(count > 1, extra + panel["open_response"], 0.0)
    stretched = panel["spread_response"] * _stretch_slope(shipments, moments)
    return {
        "flex": flex_of(deviation, mean, np.log(count)),
        "flex_response": stretched + variation * more,
    }


def stretch_slope(shipments: Columns | pd.DataFrame, rows: int) -> Floats:
    """Return ∂flex by one more unit of dispersion within flows, shape (rows,)."""
    return _stretch_slope(shipments, _moments(shipments, rows))


def _stretch_slope(
    shipments: Columns | pd.DataFrame, moments: tuple[Floats, Floats, Floats]
) -> Floats:
    """Return :func:`stretch_slope` from the moments of shipments."""
    count, mean, deviation = moments
    row, value, stretch = (shipments[name] for name in ("row", "value", "stretch"))
    rows = len(count)
    comoment = np.bincount(row, (value - mean[row]) * value * stretch, minlength=rows)
    covariance = comoment / np.maximum(count - 1, 1)
    stretched = np.divide(covariance, deviation, out=np.zeros(rows), where=deviation > 0)
    return stretched / mean * np.log(count)


def log_pairs(flows: Columns, panel: Columns) -> Floats:
    """Return lncnpd, the log of how many destination-product pairs a firm has ever served.

    Shape (rows of ``panel``,); flows and panel are ordered by firm and year.
    """
    row = flows["row"]
    firm = panel["firm"]
    market = flows["product"] * DESTINATION_COUNT + flows["destination"]
    new = ~pd.Series((firm[row] - firm[0]) * (1 << 32) + market).duplicated().to_numpy()
    served = np.cumsum(np.bincount(row[new], minlength=len(firm)))
    starts = np.r_[True, firm[1:] != firm[:-1]]
    before = np.where(starts, np.r_[0, served[:-1]], 0)
    return np.log(served - np.maximum.accumulate(before))


def _moments(shipments: Columns | pd.DataFrame, rows: int) -> tuple[Floats, Floats, Floats]:
    """Return number, mean and standard deviation of shipment values per firm-year."""
    row, value = shipments["row"], shipments["value"]
    count = np.bincount(row, minlength=rows).astype(float)
    mean = np.bincount(row, value, minlength=rows) / count
    squares = np.bincount(row, (value - mean[row]) ** 2, minlength=rows)
    return count, mean, np.sqrt(squares / np.maximum(count - 1, 1))
