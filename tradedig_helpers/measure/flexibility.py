"""Flexible productivity from shipments."""

from __future__ import annotations

from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

from tradedig_helpers.frames.engine import Frame, floats, unwrap, whole
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import checked


@own_names
def measure_flexibility(
    customs: IntoFrameT, *, ddof: int = 1, firm: str = "firm", year: str = "year"
) -> IntoFrameT:
    """Return flex = (sd/mean of shipment value) x ln(number of shipments) by firm-year.

    Parameters
    ----------
    customs : one row per shipment, with ``firm``, ``year`` and ``value``
    ddof : the standard deviation divides by n - ``ddof``; the paper does not say, so 1
    firm, year : names of the firm and the year in the frames, and in the answer

    Returns
    -------
    frame
        ``firm``, ``year``, ``transactions`` and ``flex``, which is undefined and missing
        for one transaction.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a value is not a positive finite number, or ``ddof`` is
        neither 0 nor 1.

    Examples
    --------
    >>> import pandas as pd
    >>> customs = pd.DataFrame({"firm": [1, 1, 2], "year": 2004, "value": [100, 300, 50]})
    >>> measure_flexibility(customs)
       firm  year  transactions      flex
    0     1  2004             2  0.490129
    1     2  2004             1       NaN
    """
    own = OwnNames(firm, year)
    customs = own.taken(customs, "customs")
    if ddof not in (0, 1):
        raise ValueError(f"ddof = {ddof!r}; give 1 (divide by n - 1) or 0 (divide by n)")
    frame = checked(customs, "customs", present=FIRM_YEAR, years=["year"], positive=["value"])
    return own.given_back(unwrap(compute_flexibility(frame, ddof=ddof), customs, sort=FIRM_YEAR))


def compute_flexibility(customs: Frame, *, ddof: int = 1) -> Frame:
    """Return what :func:`measure_flexibility` does, of shipments that are known to be good."""
    size, transactions = nw.col("size"), nw.col("transactions")
    moments = (
        customs.select(*FIRM_YEAR, size=floats("value"))
        .group_by(*FIRM_YEAR)
        .agg(transactions=nw.len(), mean=size.mean(), sd=size.std(ddof=ddof))
    )
    flex = flex_of(nw.col("sd"), nw.col("mean"), transactions.log())
    return moments.select(
        *FIRM_YEAR, whole("transactions"), flex=nw.when(transactions > 1).then(flex)
    )


def flex_of(deviation: Any, mean: Any, log_count: Any) -> Any:
    """Return (sd/mean of shipment value) x ln(number of shipments): arrays or expressions."""
    return deviation / mean * log_count
