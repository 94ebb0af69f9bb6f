"""Flows: shipments summed by firm, product, destination, mode and year, and their markets."""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import (
    Frame,
    count,
    exact,
    floats,
    materialize,
    scalars,
    unwrap,
    wrap,
)
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.plain import EXACT_DOUBLE
from tradedig_helpers.schema.checks import Rule, checked, repeated_keys

FIRM_YEAR = ["firm", "year"]
FLOW = ["firm", "product", "destination", "mode", "year"]
MARKET = ["product", "destination", "year"]
AMOUNTS = ["quantity", "value"]
GAPS = ("quantity_gap", "price_gap")
FLOWS = "flows"
"""What a ledger of flows counts."""


@own_names
def to_flows(customs: IntoFrameT, *, firm: str = "firm", year: str = "year") -> IntoFrameT:
    """Return shipments summed to firm-product-destination-mode-year, with unit value ``price``.

    They are computed once, in the call, of lazy frames too.

    Parameters
    ----------
    customs : shipments with ``firm``, ``product`` (text of digits), ``destination``, ``mode``,
        ``year``, ``quantity`` (units) and ``value`` (dollars)
    firm, year : names of the firm and the year in the frame, and in the answer

    Raises
    ------
    TypeError, ValueError
        On a missing column or identifier, or a quantity or value that is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> flow = {"firm": 1, "product": "85171210", "destination": "US", "mode": "ordinary"}
    >>> customs = pd.DataFrame({**flow, "year": 2004, "quantity": [10, 30], "value": [50, 150]})
    >>> to_flows(customs)[["firm", "quantity", "value"]]
       firm  quantity  value
    0     1      40.0  200.0
    """
    own = OwnNames(firm, year)
    customs = own.taken(customs, "customs")
    flows = materialize(compute_flows(check_shipments(customs)))
    return own.given_back(unwrap(flows, customs))


def market_size(flows: IntoFrameT) -> IntoFrameT:
    """Return ``flows`` with ``market_size``: how many share the product, destination and year."""
    frame = checked(flows, "flows", present=MARKET, years=["year"])
    return unwrap(frame.with_columns(market_size=_market_size()), flows, same_rows=True)


def market_gaps(flows: Frame) -> Frame:
    """Add ``quantity_gap``, ``price_gap``: logs less their market means; and ``market_size``.

    Equation (10) regresses y = ln q + σ ln p on destination-year effects, product by
    product. Those effects are dummies of the product-destination-year market and nothing
    else is in the regression, so the fitted value is the market mean of y and ε the
    deviation from it: one grouped mean replaces a regression per product. A market has one
    σ, so the deviation of y is that of ln q plus σ times that of ln p, for any σ.
    """
    logs = {gap: floats(gap.removesuffix("_gap")).log() for gap in GAPS}
    gaps = {gap: nw.col(gap) - nw.col(gap).mean().over(*MARKET) for gap in GAPS}
    return flows.with_columns(**logs).with_columns(**gaps, market_size=_market_size())


def compute_flows(customs: Frame, summed: bool = False) -> Frame:
    """Sum quantity and value over the shipments of a flow, unless that is done, and add price.

    The shipments are those that :func:`check_shipments` has passed.
    """
    flows = customs.select(*FLOW, *(exact(customs, name) for name in AMOUNTS))
    if not summed:
        flows = flows.group_by(*FLOW).agg(nw.col(*AMOUNTS).sum())
    return flows.with_columns(floats(*AMOUNTS)).with_columns(
        price=nw.col("value") / nw.col("quantity")
    )


def check_shipments(customs: IntoFrame, summed: bool = False) -> Frame:
    """Return shipments or flows as a narwhals frame, after the checks of every quality.

    A column ``unit``, if there is one, must be the same for all rows of a market.
    """
    kinds = wrap(customs, "customs", AMOUNTS).collect_schema()
    whole = [name for name in AMOUNTS if name in kinds and kinds[name].is_integer()]
    frame = checked(
        customs,
        "customs",
        present=FLOW,
        years=["year"],
        codes=["product"],
        positive=AMOUNTS,
        rules=[_summable(name) for name in whole],
    )
    if summed:
        require_summed(frame)
    if "unit" in frame.collect_schema().names():
        _require_one_unit(frame)
    return frame


def _summable(column: str) -> Rule:
    """Return the rule that whole numbers are so small that their sums do not wrap round."""
    return Rule(
        floats(column) >= EXACT_DOUBLE,
        f"customs.{column} reaches {{extreme:g}} in {{bad}} of {{rows}} rows, which whole "
        "numbers cannot add up; give it in larger units, or as floats",
        floats(column).max(),
    )


def require_summed(flows: Frame) -> None:
    """Raise ``ValueError`` if two rows are of one flow, which only shipments may be."""
    rows, repeated = repeated_keys(flows, FLOW)
    if repeated:
        raise ValueError(
            f"customs repeats the key {FLOW} in {repeated} of {rows} rows; "
            "leave out summed=True to add them up"
        )


def _require_one_unit(customs: Frame) -> None:
    """Raise ``ValueError`` if the quantities of a market are in several units."""
    markets = customs.select(*MARKET, "unit").unique().group_by(*MARKET).agg(units=nw.len())
    found = scalars(markets, markets=nw.len(), mixed=count(nw.col("units") > 1))
    if found["mixed"]:
        raise ValueError(
            f"customs.unit differs within {int(found['mixed'])} of {found['markets']} markets "
            f"{MARKET}, where quantities are compared; convert them to one unit, or measure the "
            "rows of each unit apart"
        )


def _market_size() -> nw.Expr:
    return nw.len().over(*MARKET).cast(nw.Int64())
