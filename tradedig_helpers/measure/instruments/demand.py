"""Export quality with an instrumented price: equation (11), for all products at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.measure.aggregate import level_key, weighted_quality
from tradedig_helpers.measure.checks import checked, require_option
from tradedig_helpers.measure.elasticities import Missing, attach_sigma, require_sigma
from tradedig_helpers.measure.engine import Frame, count, scalars, settle, unwrap
from tradedig_helpers.measure.instruments.slopes import market_deviations, slopes
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.quality import (
    FLOW,
    MARKET,
    UNIT,
    flows_of,
    range_in_product,
)

Instrument = Literal["lagged price", "other destinations"]
Divisor = Literal["table", "estimate"]


@dataclass(frozen=True, slots=True)
class InstrumentedQuality(Generic[IntoFrameT]):
    """Quality of flows and of firm-years by equation (11), and the demand it rests on.

    Attributes
    ----------
    flows : one row per firm, product, destination, mode and year that has a quality, with
        ``price``, ``sigma`` (of the table), the instrument under its name, ``sigma_hat``,
        ``residual`` (ε of equation 11), ``log_quality`` and ``quality`` (0 to 1)
    firm_years : ``firm``, ``year``, ``quality`` (export-value weighted), ``flows``, ``value``
    products : the demand of every product that has an instrument, see ``product_slopes``;
        ``used`` tells whether it passed the rules
    ledger : rule by rule, how many flows were dropped
    """

    flows: IntoFrameT
    firm_years: IntoFrameT
    products: IntoFrameT
    ledger: Ledger


def measure_instrumented(
    customs: IntoFrameT,
    sigma: float | IntoFrame,
    instrument: Instrument,
    *,
    divide_by: Divisor = "table",
    missing_sigma: Missing = "error",
    sigma_margin: float = 0.05,
    min_firms: int = 10,
    min_first_stage: float = 10.0,
    summed: bool = False,
) -> InstrumentedQuality[IntoFrameT]:
    """Return quality by equation (11): QLP (lagged price) or QOP (other destinations).

    Parameters
    ----------
    customs, sigma, missing_sigma, summed : as in ``measure_quality``
    instrument : of the log price; see ``lagged_price`` and ``other_destinations_price``
    divide_by : ε is divided by σ-1 with σ of the table, as in the paper, or as estimated
    sigma_margin : flows whose divisor σ is below 1 + margin are dropped
    min_firms, min_first_stage : products with fewer firms, or with a smaller first-stage
        F, are dropped; 0 keeps all

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame, bad columns, quantities, values or options, or if a rule
        leaves no flow.

    Notes
    -----
    The paper states none of these rules. Those after the slope remove whole markets, so
    the residuals of the flows that stay are those of the regression. Codes held as
    categories are several times as fast as text.
    """
    if not sigma_margin >= 0:
        raise ValueError(f"sigma_margin = {sigma_margin:g}; give 0 or more")
    require_option(divide_by, Divisor, "divide_by")
    sample, ledger = _sample(customs, sigma, [instrument], missing_sigma, summed)
    deviations = settle(market_deviations(sample, instrument))
    products = settle(slopes(deviations))
    flows, ledger = keep_strong(
        deviations, products, ledger, min_firms=min_firms, min_first_stage=min_first_stage
    )
    flows = flows.join(products.select("product", "sigma_hat"), on="product", how="left")
    divisor = nw.col("sigma" if divide_by == "table" else "sigma_hat")
    flows, ledger = keep(flows, {"σ is not near 1": divisor >= 1 + sigma_margin}, ledger)
    flows = settle(range_in_product(_with_residual(flows, divisor)))
    flows, ledger = keep(flows, {"product has a range": ~nw.col("quality").is_null()}, ledger)
    key = level_key("firm")
    return InstrumentedQuality(
        unwrap(flows, customs),
        unwrap(weighted_quality(flows, key), customs, sort=key),
        unwrap(_marked(products, flows), customs, sort=["product"]),
        ledger,
    )


def demand_sample(
    customs: IntoFrameT,
    sigma: float | IntoFrame,
    instruments: Iterable[Instrument],
    missing_sigma: Missing = "error",
) -> tuple[IntoFrameT, Ledger]:
    """Return the flows on which (11) is estimated, and the ledger of those that are not.

    A flow needs every one of ``instruments``, and a rival in its market that has them too.
    Added columns: ``sigma``, ``log_price``, ``log_quantity``, and each instrument's name.
    """
    sample, ledger = _sample(customs, sigma, instruments, missing_sigma)
    return unwrap(sample, customs), ledger


def keep_strong(
    sample: Frame,
    products: Frame,
    ledger: Ledger,
    *,
    min_firms: int = 10,
    min_first_stage: float = 10.0,
) -> tuple[Frame, Ledger]:
    """Return the flows of products whose slope is identified by a strong first stage.

    ``products`` is what ``product_slopes`` gives for ``sample``. Clustered errors, and so
    F, mean little with few firms; with two they can be zero.
    """
    for name, value in (("min_firms", min_firms), ("min_first_stage", min_first_stage)):
        if not value >= 0:
            raise ValueError(f"{name} = {value:g}; give 0 or more")
    judged = products.select(
        "product",
        _identified=~nw.col("std_error").is_null(),
        _large=nw.col("firms") >= min_firms,
        _strong=nw.col("first_stage_F") >= min_first_stage,
    )
    rules = {
        "slope is identified": nw.col("_identified"),
        f"product has at least {min_firms} firms": nw.col("_large"),
        f"first-stage F is at least {min_first_stage:g}": nw.col("_strong"),
    }
    kept, ledger = keep(sample.join(judged, on="product", how="left"), rules, ledger)
    return kept.drop("_identified", "_large", "_strong"), ledger


def keep(flows: Frame, rules: Mapping[str, nw.Expr], ledger: Ledger) -> tuple[Frame, Ledger]:
    """Return the flows that pass all rules, which are counted in one query, in their order.

    Raises
    ------
    ValueError
        If a rule leaves no flow.
    """
    passed, counts = nw.lit(True), {}
    for rule, holds in rules.items():
        passed = passed & holds
        counts[rule] = count(passed)
    found = scalars(flows, flows=nw.len(), **counts)
    before = int(found.pop("flows"))
    for rule, after in found.items():
        if not after:
            raise ValueError(
                f"no flow is left: of the last {before} none passes the rule {rule!r}; "
                "loosen it, or give more flows or years"
            )
        ledger, before = ledger.record(rule, UNIT, before, int(after)), int(after)
    return flows.filter(passed), ledger


def lagged_price(flows: Frame) -> Frame:
    """Add the log price of the same firm, product, destination and mode one year before.

    Missing if there was no such flow in that very year; an older price does not count.
    """
    before = flows.select(
        *(name for name in FLOW if name != "year"),
        (nw.col("year") + 1).alias("year"),
        nw.col("log_price").alias("lagged price"),
    )
    return flows.join(before, on=FLOW, how="left")


def other_destinations_price(flows: Frame) -> Frame:
    """Add the firm's mean log price of the same product and year in other destinations.

    The mean is over flows: each destination and mode counts once, whatever its value, and
    every flow to the own destination is left out. Missing if there is no other.
    """
    everywhere = ["firm", "product", "year"]
    here = [*everywhere, "destination"]
    price, size = nw.col("log_price").sum(), nw.len().cast(nw.Int64())
    total = price.over(*everywhere) - price.over(*here)
    others = size.over(*everywhere) - size.over(*here)
    mean = nw.when(others > 0).then(total / others)
    return flows.with_columns(mean.alias("other destinations"))


INSTRUMENTS: Mapping[Instrument, Callable[[Frame], Frame]] = {
    "lagged price": lagged_price,
    "other destinations": other_destinations_price,
}


def _sample(
    customs: IntoFrame,
    sigma: float | IntoFrame,
    instruments: Iterable[Instrument],
    missing_sigma: Missing,
    summed: bool = False,
) -> tuple[Frame, Ledger]:
    """Return what ``demand_sample`` does, as a narwhals frame."""
    require_option(missing_sigma, Missing, "missing_sigma")
    names = list(instruments)
    for name in names:
        require_option(name, Instrument, "instrument")
    flows = settle(_priced(customs, summed))
    before = scalars(flows, flows=nw.len())["flows"]
    for name in names:
        flows = settle(INSTRUMENTS[name](flows))
    if scalars(flows, flows=nw.len())["flows"] != before:
        raise ValueError(f"customs repeats the key {FLOW}; leave out summed=True to add them up")
    unknown, incomplete = nw.col("sigma").is_null(), nw.col("_incomplete") > 0
    missing = (nw.col(name).is_null().cast(nw.Int64()) for name in names)
    flows = attach_sigma(flows, sigma).with_columns(_incomplete=nw.sum_horizontal(*missing))
    complete = (~unknown & ~incomplete).cast(nw.Int64())
    flows = settle(flows.with_columns(_rivals=complete.sum().over(*MARKET)))
    if missing_sigma == "error":
        require_sigma(flows, unknown)
    rules = {
        "σ is known": ~unknown,
        "price has an instrument": ~incomplete,
        "market has more than one such flow": nw.col("_rivals") > 1,
    }
    flows, ledger = keep(flows, rules, Ledger())
    return flows.drop("_incomplete", "_rivals"), ledger


def _priced(customs: IntoFrame, summed: bool) -> Frame:
    """Return flows with their log price and log quantity."""
    present = [name for name in FLOW if name != "year"]
    shipments = checked(
        customs, "customs", present=present, numbers=["year"], positive=["quantity", "value"]
    )
    return flows_of(shipments, summed).with_columns(
        log_price=nw.col("price").log(), log_quantity=nw.col("quantity").log()
    )


def _with_residual(deviations: Frame, divisor: nw.Expr) -> Frame:
    """Return flows with ε of equation (11) and ln λ-hat = ε/(σ-1), without the deviations."""
    residual = nw.col("y") + nw.col("sigma_hat") * nw.col("x")
    return (
        deviations.with_columns(residual=residual)
        .with_columns(log_quality=nw.col("residual") / (divisor - 1))
        .drop("x", "y", "z")
    )


def _marked(products: Frame, flows: Frame) -> Frame:
    """Return ``products`` with ``used``, whether ``flows`` has any of them."""
    used = flows.select("product").unique().with_columns(used=nw.lit(True))
    marked = products.join(used, on="product", how="left")
    return marked.with_columns(used=~nw.col("used").is_null())
