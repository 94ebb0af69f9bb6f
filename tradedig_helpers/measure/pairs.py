"""The paper's second measure of flexibility: new destination-product pairs."""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrameT

from tradedig_helpers.frames.engine import Frame, log_where, unwrap
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import checked


@own_names
def measure_pairs(
    customs: IntoFrameT, base_year: int | None = None, *, firm: str = "firm", year: str = "year"
) -> IntoFrameT:
    """Return lncnpd, the log of the cumulative number of new destination-product pairs.

    A pair is new in the first year in which the records show that the firm exports it.

    Parameters
    ----------
    customs : shipments or flows with ``firm``, ``year``, ``product`` and ``destination``
    base_year : pairs exported in or before it are not new; without it every pair is new
        once, those of the first year of the records included
    firm, year : names of the firm and the year in the frame, and in the answer

    Returns
    -------
    frame
        One row for each firm-year of ``customs``: ``firm``, ``year``, ``new_pairs`` (in
        that year), ``pairs`` (up to and including it) and ``lncnpd`` = ln pairs, which is
        missing as long as the firm has no new pair.

    Raises
    ------
    TypeError, ValueError
        If a column is absent, missing in a row, or the year is not a number.

    Examples
    --------
    >>> import pandas as pd
    >>> customs = pd.DataFrame({"firm": 1, "year": [2004, 2005, 2005], "product": "85171210"})
    >>> customs["destination"] = ["US", "US", "JP"]
    >>> measure_pairs(customs).round(2)
       firm  year  new_pairs  pairs  lncnpd
    0     1  2004          1      1    0.00
    1     1  2005          1      2    0.69
    """
    own = OwnNames(firm, year)
    customs = own.taken(customs, "customs")
    frame = checked(
        customs,
        "customs",
        present=["firm", "product", "destination"],
        years=["year"],
        codes=["product"],
    )
    pairs = unwrap(compute_pairs(frame, base_year), customs, sort=FIRM_YEAR)
    return own.given_back(pairs)


def compute_pairs(customs: Frame, base_year: int | None = None) -> Frame:
    """Return what :func:`measure_pairs` does, of shipments or flows that are known to be good."""
    first = customs.group_by("firm", "product", "destination").agg(nw.col("year").min())
    if base_year is not None:
        first = first.filter(nw.col("year") > base_year)
    new = first.group_by(*FIRM_YEAR).agg(new_pairs=nw.len())
    counts = (
        customs.select(*FIRM_YEAR)
        .unique()
        .join(new, on=FIRM_YEAR, how="left")
        .with_columns(new_pairs=nw.col("new_pairs").fill_null(0).cast(nw.Int64()))
        .with_columns(pairs=nw.col("new_pairs").cum_sum().over("firm", order_by="year"))
    )
    lncnpd = log_where(nw.col("pairs") > 0, nw.col("pairs"))
    return counts.with_columns(lncnpd=lncnpd)
