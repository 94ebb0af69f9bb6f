"""Flexible productivity as the order book shows it, and how it answers to lndig."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.economy.orders import COUNT_RESPONSE

Floats = NDArray[np.float64]


def flexibility(shipments: pd.DataFrame, rows: int) -> Floats:
    """Return (sd/mean of shipment value) x ln(number of shipments), shape (rows,).

    The standard deviation divides by n - 1. A firm-year with one shipment gets 0 here,
    since it shows no flexibility; the measure calls it undefined.
    """
    count, mean, deviation = _moments(shipments, rows)
    return deviation / mean * np.log(count)


def flex_response(
    shipments: pd.DataFrame, flows: pd.DataFrame, rows: int, dispersion: float
) -> Floats:
    """Return ∂flex/∂lndig of each firm-year at its own draws, shape (rows,).

    A larger dispersion stretches the shipments of a flow around an unchanged total, so
    only the standard deviation moves: d sd = cov(value, d value)/sd. More shipments are
    taken at an unchanged coefficient of variation; one per flow is sure, the rest respond.
    """
    row = shipments["row"].to_numpy()
    count, mean, deviation = _moments(shipments, rows)
    value = shipments["value"].to_numpy()
    comoment = np.bincount(row, (value - mean[row]) * value * shipments["stretch"], minlength=rows)
    covariance = comoment / np.maximum(count - 1, 1)
    stretched = np.divide(covariance, deviation, out=np.zeros(rows), where=deviation > 0)
    extra = 1 - np.bincount(flows["row"], minlength=rows) / count
    return dispersion * stretched / mean * np.log(count) + deviation / mean * COUNT_RESPONSE * extra


def _moments(shipments: pd.DataFrame, rows: int) -> tuple[Floats, Floats, Floats]:
    """Return number, mean and standard deviation of shipment values per firm-year."""
    row, value = shipments["row"].to_numpy(), shipments["value"].to_numpy()
    count = np.bincount(row, minlength=rows).astype(float)
    mean = np.bincount(row, value, minlength=rows) / count
    squares = np.bincount(row, (value - mean[row]) ** 2, minlength=rows)
    return count, mean, np.sqrt(squares / np.maximum(count - 1, 1))
