"""The flows on which (11) is estimated: those with an instrument for their price, and a rival."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, cast

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import Frame, count, floats, scalars, materialize, select_columns, unwrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_names, require_option
from tradedig_helpers.measure.elasticities import Missing, attach_sigma, require_sigma
from tradedig_helpers.measure.flows import FLOW, MARKET, UNIT, flows_of, shipments

Instrument = Literal["lagged price", "other destinations"]
LOGS = ("log_price", "log_quantity")


def demand_sample(
    customs: IntoFrameT,
    sigma: float | IntoFrame,
    instruments: Iterable[Instrument],
    missing_sigma: Missing = "error",
) -> tuple[IntoFrameT, Ledger]:
    """Return the flows on which (11) is estimated, and the ledger of those that are not.

    A flow needs every one of ``instruments``, and a rival in its market that has them too.
    Added columns: ``sigma``, ``log_price``, ``log_quantity``, and each instrument's name.

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame, bad columns, codes, years, quantities, values or options, or
        if no flow is left.
    """
    sample, ledger = estimation_sample(customs, sigma, instruments, missing_sigma)
    return unwrap(sample, customs), ledger


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


def estimation_sample(
    customs: IntoFrame,
    sigma: float | IntoFrame,
    instruments: Iterable[Instrument],
    missing_sigma: Missing = "error",
    summed: bool = False,
    carried: Sequence[str] | None = None,
) -> tuple[Frame, Ledger]:
    """Return what ``demand_sample`` does as a narwhals frame, whose keys and prices are there.

    Of the other columns it has all, or ``carried`` alone.
    """
    require_option(missing_sigma, Missing, "missing_sigma")
    names = cast(tuple[Instrument, ...], require_names(instruments, "instruments"))
    for name in names:
        require_option(name, Instrument, "instrument")
    flows = materialize(select_columns(_priced(customs, summed), [*FLOW, *LOGS], carried))
    for name in names:
        flows = materialize(INSTRUMENTS[name](flows))
    unknown, incomplete = nw.col("sigma").is_null(), nw.col("_incomplete") > 0
    missing = (nw.col(name).is_null().cast(nw.Int64()) for name in names)
    flows = attach_sigma(flows, sigma).with_columns(_incomplete=nw.sum_horizontal(*missing))
    complete = (~unknown & ~incomplete).cast(nw.Int64())
    flows = materialize(flows.with_columns(_rivals=complete.sum().over(*MARKET)))
    if missing_sigma == "error" or not scalars(flows, known=count(~unknown))["known"]:
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
    return flows_of(shipments(customs, summed), summed).with_columns(
        log_price=nw.col("price").log(), log_quantity=nw.col("quantity").log()
    )


def keep(flows: Frame, rules: Mapping[str, nw.Expr], ledger: Ledger) -> tuple[Frame, Ledger]:
    """Return the flows that pass all rules, which are counted in one query, in their order.

    Of flows that have a value, the ledger knows the share that each rule keeps.

    Raises
    ------
    ValueError
        If a rule leaves no flow, with what every rule so far leaves.
    """
    schema, passed, sums = flows.collect_schema(), nw.lit(True), {}
    valued = "value" in schema and schema["value"].is_numeric()
    for place, holds in enumerate(rules.values()):
        passed = passed & holds
        sums[f"flows{place}"] = count(passed)
        if valued:
            sums[f"value{place}"] = nw.when(passed).then(floats("value")).otherwise(0.0).sum()
    if valued:
        sums["value"] = floats("value").sum()
    found = scalars(flows, flows=nw.len(), **sums)
    before, value = int(found["flows"]), found.get("value")
    for place, rule in enumerate(rules):
        after, left = int(found[f"flows{place}"]), found.get(f"value{place}")
        ledger = ledger.record(rule, UNIT, before, after, left / value if value else None)
        if not after:
            raise ValueError(
                f"no flow is left: {ledger.in_words}; loosen the rule {rule!r}, or give more "
                "flows or years"
            )
        before, value = after, left
    return flows.filter(passed), ledger
