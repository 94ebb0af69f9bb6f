"""The flows on which (11) is estimated: those with an instrument for their price, and a rival."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, cast

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import (
    Frame,
    materialize,
    select_columns,
    unwrap,
)
from tradedig_helpers.frames.ledger import Ledger, Rules
from tradedig_helpers.frames.options import require_names, require_option
from tradedig_helpers.measure.elasticities import (
    Missing,
    Sigma,
    attach_sigma,
    check_sigma,
    lacks_sigma,
    require_sigma,
)
from tradedig_helpers.measure.flows import FLOW, FLOWS, MARKET, check_shipments, compute_flows

Instrument = Literal["lagged price", "other destinations"]
LOG_AMOUNTS = ("log_price", "log_quantity")


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
    require_option(missing_sigma, Missing, "missing_sigma")
    names = require_names(instruments, "instruments")
    for name in names:
        require_option(name, Instrument, "instrument")
    flows, known = compute_flows(check_shipments(customs)), check_sigma(sigma)
    sample, ledger = compute_sample(
        flows, known, cast(tuple[Instrument, ...], names), missing_sigma
    )
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


def compute_sample(
    flows: Frame,
    sigma: Sigma,
    instruments: Sequence[Instrument],
    missing_sigma: Missing = "error",
    carried: Sequence[str] | None = None,
) -> tuple[Frame, Ledger]:
    """Return what ``demand_sample`` does, of flows with their price and σ known to be good.

    Of the other columns it has all, or ``carried`` alone.
    """
    logs = {log: nw.col(log.removeprefix("log_")).log() for log in LOG_AMOUNTS}
    flows = materialize(select_columns(flows.with_columns(**logs), [*FLOW, *LOG_AMOUNTS], carried))
    for name in instruments:
        flows = INSTRUMENTS[name](flows)
    flows = select_columns(flows, [*MARKET, "firm", *LOG_AMOUNTS, *instruments], carried)
    flows = materialize(attach_sigma(flows, sigma))
    unknown, missing = nw.col("sigma").is_null(), [nw.col(name).is_null() for name in instruments]
    rules = {
        "σ is known": ~unknown,
        "price has an instrument": ~nw.any_horizontal(*missing, ignore_nulls=True),
    }
    complete, ledger = Ledger().keep(flows, rules, FLOWS)
    if lacks_sigma(ledger, missing_sigma):
        require_sigma(flows, unknown)
    require_flows(ledger)
    del flows  # the rest needs only those that are complete
    complete = materialize(complete.with_columns(_rivals=nw.len().over(*MARKET)))
    rival = {"market has more than one such flow": nw.col("_rivals") > 1}
    sample, ledger = keep_flows(complete, rival, ledger)
    return sample.drop("_rivals"), ledger


def keep_flows(flows: Frame, rules: Rules, ledger: Ledger) -> tuple[Frame, Ledger]:
    """Return the flows that pass all rules, which leave some, as :meth:`.Ledger.keep` does."""
    kept, ledger = ledger.keep(flows, rules, FLOWS)
    require_flows(ledger)
    return kept, ledger


def require_flows(ledger: Ledger) -> None:
    """Raise ``ValueError`` if a rule leaves no flow, with what every rule so far leaves."""
    for place, (rule, _, _, after) in enumerate(ledger.steps):
        if not after:
            so_far = Ledger(ledger.steps[: place + 1]).in_words
            raise ValueError(
                f"no flow is left: {so_far}; loosen the rule {rule!r}, or give more flows or years"
            )
