"""Export quality from customs records: equation (10), standardised within product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.measure.aggregate import level_key, weighted_quality
from tradedig_helpers.measure.checks import above, checked, require_option
from tradedig_helpers.measure.elasticities import Missing, attach_sigma, require_sigma
from tradedig_helpers.measure.engine import Frame, count, exact, scalars, settle, unwrap
from tradedig_helpers.measure.ledger import Ledger

FLOW = ["firm", "product", "destination", "mode", "year"]
MARKET = ["product", "destination", "year"]
UNIT = "flows"
NO_RANGE = 1e-9
"""A range of ln λ-hat (log points) that is nothing but the rounding of equal flows."""

ALONE = "market has more than one flow"
RULES = ("σ is known", "σ is not near 1", ALONE, "product has a range")

Single = Literal["drop", "keep"]


@dataclass(frozen=True, slots=True)
class Quality(Generic[IntoFrameT]):
    """Quality of flows and of firm-years, with the ledger of what was dropped.

    Attributes
    ----------
    flows : one row per firm, product, destination, mode and year, with ``quantity``,
        ``value``, ``price``, ``sigma``, ``residual`` (ε of equation 10), ``market_size``
        (flows in the market), ``log_quality`` (ln λ-hat) and ``quality`` (0 to 1)
    firm_years : ``firm``, ``year``, ``quality`` (export-value weighted), ``flows``, ``value``
    ledger : rule by rule, how many flows were dropped
    """

    flows: IntoFrameT
    firm_years: IntoFrameT
    ledger: Ledger


def measure_quality(
    customs: IntoFrameT,
    sigma: float | IntoFrame,
    *,
    missing_sigma: Missing = "error",
    sigma_margin: float = 0.05,
    single: Single = "drop",
    summed: bool = False,
) -> Quality[IntoFrameT]:
    """Return the quality of every flow and firm-year by equation (10).

    Parameters
    ----------
    customs : shipments or flows with ``firm``, ``product`` (text, eight digits),
        ``destination``, ``mode``, ``year``, ``quantity`` (units) and ``value`` (dollars)
    sigma : one σ for all (4.0 is the paper's QKL), or a table with ``destination``,
        ``sigma`` and one column ``hs<N>``, the first N digits of the product (``hs4`` for
        QSY, ``hs3`` for QBW)
    missing_sigma : what to do with flows whose σ is not in the table
    sigma_margin : flows with σ below 1 + margin are dropped, because ε/(σ-1) explodes there
    single : what to do with the only flow of a market; its ε is zero by construction
    summed : whether ``customs`` is what ``to_flows`` gives, which is not summed again

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame, bad columns, quantities, values or options, σ ≤ 1, or if
        no flow is left.

    Notes
    -----
    The paper does not state its rules for σ near 1, single flows and products without
    range; these are ours, and the ledger counts what each one drops.

    The flows are computed once, in the call, also of lazy frames. Shipments are only read, so
    those of ``polars.scan_parquet`` may be larger than memory as long as their flows are not.
    With DuckDB's ``read_parquet`` and ``set memory_limit = '1GB'`` the flows may be, too: they
    are in a temporary table, which moves to disk (see ``engine.settle``).
    """
    require_option(single, Single, "single")
    require_option(missing_sigma, Missing, "missing_sigma")
    if not sigma_margin >= 0:
        raise ValueError(f"sigma_margin = {sigma_margin:g}; give 0 or more")
    flows = attach_sigma(flows_of(_shipments(customs), summed), sigma)
    flows = range_in_product(_set_aside(market_deviation(flows), sigma_margin, single))
    flows = settle(flows)
    ledger = _ledger(flows, single)
    (_, _, before, known), *_, (_, _, _, left) = ledger.steps
    if missing_sigma == "error" and known < before:
        require_sigma(flows, nw.col("passed") == 0)
    if left == 0:
        raise ValueError("no flow is left to measure quality from; see the rules and loosen one")
    flows = flows.filter(~nw.col("quality").is_null()).drop("passed")
    key = level_key("firm")
    firm_years = unwrap(weighted_quality(flows, key), customs, sort=key)
    return Quality(unwrap(flows, customs), firm_years, ledger)


def to_flows(customs: IntoFrameT) -> IntoFrameT:
    """Return shipments summed to firm-product-destination-mode-year, with unit value ``price``.

    They are computed once, in the call, of lazy frames too.

    Raises
    ------
    TypeError, ValueError
        On a missing column or identifier, or a quantity or value that is not positive.
    """
    return unwrap(settle(flows_of(_shipments(customs))), customs)


def demand_residual(flows: IntoFrameT) -> IntoFrameT:
    """Return ``flows`` with ε of equation (10), ``residual``, and ln λ-hat, ``log_quality``.

    ``market_size`` is added too: over how many flows the market mean is taken.

    Parameters
    ----------
    flows : ``product``, ``destination``, ``year``, ``quantity``, ``price`` and ``sigma``

    Raises
    ------
    TypeError, ValueError
        On a missing column, a quantity or price that is not positive, or σ ≤ 1.
    """
    frame = checked(
        flows,
        "flows",
        present=MARKET,
        numbers=["sigma"],
        positive=["quantity", "price"],
        rules=above(["sigma"], "flows", 1.0),
    )
    return unwrap(market_deviation(frame), flows, same_rows=True)


def standardise(flows: IntoFrameT) -> IntoFrameT:
    """Return ``flows`` with ``quality`` = (ln λ-hat - min)/(max - min) in product (Shi 2014).

    It is missing where the flows of a product do not differ in ``log_quality``.
    """
    frame = checked(flows, "flows", present=["product"], numbers=["log_quality"])
    return unwrap(range_in_product(frame), flows, same_rows=True)


def market_size(flows: IntoFrameT) -> IntoFrameT:
    """Return ``flows`` with ``market_size``: how many share the product, destination and year."""
    frame = checked(flows, "flows", present=MARKET)
    return unwrap(frame.with_columns(market_size=_market_size()), flows, same_rows=True)


def market_deviation(flows: Frame) -> Frame:
    """Add ``market_size``, ε of equation (10) and ln λ-hat = ε/(σ-1), missing where σ is.

    Equation (10) regresses y = ln q + σ ln p on destination-year effects, product by
    product. Those effects are dummies of the product-destination-year market and nothing
    else is in the regression, so the fitted value is the market mean of y and ε the
    deviation from it: one grouped mean replaces a regression per product.
    """
    y = nw.col("quantity").log() + nw.col("sigma") * nw.col("price").log()
    residual = nw.col("residual")
    return (
        flows.with_columns(residual=y)
        .with_columns(
            residual=residual - residual.mean().over(*MARKET),
            market_size=_market_size(),
        )
        .with_columns(log_quality=residual / (nw.col("sigma") - 1))
    )


def range_in_product(flows: Frame) -> Frame:
    """Add ``quality``, ln λ-hat from 0 (the product's worst flow) to 1 (its best)."""
    level, low, high = (nw.col(name) for name in ("log_quality", "_low", "_high"))
    extremes = {"_low": level.min().over("product"), "_high": level.max().over("product")}
    share = nw.when(high - low > NO_RANGE).then((level - low) / (high - low))
    return flows.with_columns(**extremes).with_columns(quality=share).drop("_low", "_high")


def flows_of(customs: Frame, summed: bool = False) -> Frame:
    """Sum quantity and value over the shipments of a flow, unless that is done, and add price."""
    flows = customs.select(*FLOW, exact(customs, "quantity"), exact(customs, "value"))
    if not summed:
        flows = flows.group_by(*FLOW).agg(nw.col("quantity", "value").sum())
    return flows.with_columns(nw.col("quantity", "value").cast(nw.Float64())).with_columns(
        price=nw.col("value") / nw.col("quantity")
    )


def _shipments(customs: IntoFrame) -> Frame:
    return checked(customs, "customs", present=FLOW, positive=["quantity", "value"])


def _market_size() -> nw.Expr:
    return nw.len().over(*MARKET).cast(nw.Int64())


def _set_aside(flows: Frame, sigma_margin: float, single: Single) -> Frame:
    """Add ``passed``, how many rules a flow passes, and remove ln λ-hat from the others.

    σ is the same for all flows of a market, so the rules keep or drop whole markets: the
    means and sizes of those that stay are what they would be without the others.
    """
    alone = (nw.col("market_size") < 2) if single == "drop" else nw.lit(False)
    passed = (
        nw.when(nw.col("sigma").is_null())
        .then(0)
        .otherwise(
            nw.when(nw.col("sigma") < 1 + sigma_margin)
            .then(1)
            .otherwise(nw.when(alone).then(2).otherwise(3))
        )
    )
    kept = nw.when(nw.col("passed") == 3).then(nw.col("log_quality"))
    return flows.with_columns(passed=passed).with_columns(log_quality=kept)


def _ledger(flows: Frame, single: Single) -> Ledger:
    """Return what each rule drops, counted in one query."""
    passed, ranged = nw.col("passed"), ~nw.col("quality").is_null()
    left = [count(passed >= 1), count(passed >= 2), count(passed == 3), count(ranged)]
    found = scalars(flows, flows=nw.len(), **dict(zip(RULES, left, strict=True)))
    ledger, before = Ledger(), int(found.pop("flows"))
    for rule, after in found.items():
        if rule != ALONE or single == "drop":
            ledger = ledger.record(rule, UNIT, before, int(after))
            before = int(after)
    return ledger
