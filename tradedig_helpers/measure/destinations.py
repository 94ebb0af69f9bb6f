"""Export-weighted characteristics of the destinations that a firm serves."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import (
    Frame,
    as_key,
    floats,
    log_where,
    look_up,
    materialize,
    unwrap,
    wrap,
)
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.measure.flows import FIRM_YEAR, MARKET
from tradedig_helpers.schema.checks import Rule, checked, require_rules, row_rules

LOGS = {"lnpgp": "gdp_per_head", "lngdp": "gdp", "IUI": "internet"}
NO_DISPERSION = 1e-12
"""A coefficient of variation that is nothing but the rounding of equal prices."""


@own_names
def measure_destinations(
    flows: IntoFrameT, destinations: IntoFrame, *, firm: str = "firm", year: str = "year"
) -> IntoFrameT:
    """Return ``lnpgp``, ``lngdp``, ``lnsdp`` and ``IUI`` of each firm-year.

    ``lnpgp``, ``lngdp`` and ``IUI`` are export-value-weighted logs of GDP per head, GDP and
    internet users per 100 inhabitants. ``lnsdp``, the information cost, is the
    export-weighted log coefficient of variation of prices in the destination-product-year
    market. A market with one price has none; its flows are left out of ``lnsdp`` and the
    weights of the others rescaled, and a firm-year with no other flow has no ``lnsdp``.

    Parameters
    ----------
    flows : ``firm``, ``product``, ``destination``, ``year``, ``value``, ``price``
    destinations : ``destination``, ``year``, ``gdp``, ``gdp_per_head`` and, for ``IUI``,
        ``internet``
    firm, year : names of the firm and the year in the frames, and in the answer

    Raises
    ------
    TypeError, ValueError
        On bad columns or values, or if a destination-year of a flow is not in the table.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"firm": [1, 1, 2], "destination": ["JP", "US", "US"], "year": 2004})
    >>> flows = flows.assign(product="85171210", value=[20.0, 60.0, 30.0], price=[2.0, 6.0, 3.0])
    >>> destinations = pd.DataFrame({"destination": ["JP", "US"], "year": 2004})
    >>> destinations = destinations.assign(gdp=[4.9e12, 12.2e12], gdp_per_head=[38e3, 42e3])
    >>> measure_destinations(flows, destinations).round(2)
       firm  year  lnpgp  lngdp  lnsdp
    0     1  2004  10.62  29.90  -0.75
    1     2  2004  10.65  30.13  -0.75
    """
    own = OwnNames(firm, year)
    flows = own.taken(flows, "flows")
    destinations = OwnNames(year=year).taken(destinations, "destinations")
    names = known_logs(destinations)
    frame, rules = row_rules(
        flows,
        "flows",
        present=["firm", *MARKET],
        years=["year"],
        codes=["product"],
        positive=["value", "price"],
    )
    means = compute_destinations(frame, check_destinations(destinations, names), names, rules=rules)
    return own.given_back(unwrap(means, flows, sort=FIRM_YEAR))


def known_logs(destinations: IntoFrame) -> list[str]:
    """Return which of ``LOGS`` a table of destinations must give: all, ``IUI`` if it can."""
    present = wrap(destinations, "destinations").collect_schema().names()
    return [log for log, name in LOGS.items() if log != "IUI" or name in present]


def compute_dispersion(flows: Frame) -> Frame:
    """Return ``lnsdp`` alone of flows that are known to be good; it needs prices only."""
    frame = flows.select(*FIRM_YEAR, "product", "destination", floats("value", "price"))
    return weighted_means(price_dispersion(frame), [])


def compute_destinations(
    flows: Frame,
    destinations: Frame,
    names: Sequence[str],
    *,
    dispersion: bool = True,
    rules: Sequence[Rule] = (),
) -> Frame:
    """Return what :func:`measure_destinations` does, of two frames that are known to be good.

    Parameters
    ----------
    flows, destinations : of one engine
    names : those of ``LOGS`` that are wanted, at least one
    dispersion : whether ``lnsdp`` is wanted, too
    rules : what is yet to be checked of the flows, in the scan that looks up destinations

    Raises
    ------
    TypeError, ValueError
        If a rule is broken, or the table lacks the destination and year of a flow.
    """
    logs = {name: floats(LOGS[name]).log() for name in names}
    table = destinations.select("destination", "year", **logs)
    keys = {column: as_key(flows, column) for column in ("destination", "year")}
    frame = flows.select(*FIRM_YEAR, "product", "destination", floats("value", "price"))
    frame = materialize(look_up(frame, table, "destinations", keys, list(keys)))
    require_rules(frame, [*rules, _listed(names[0])], "flows")
    if dispersion:
        return weighted_means(price_dispersion(frame), names)
    return weighted_means(frame.with_columns(lnsdp=nw.lit(0.0)), names).drop("lnsdp")


def price_dispersion(flows: Frame) -> Frame:
    """Add ``lnsdp``, ln(sd/mean) of prices in each flow's market, missing without dispersion.

    The flow's own price is among them, so a firm's quality, which its price reflects,
    moves its own ``lnsdp``. The standard deviation divides by n - 1.
    """
    price, variation = nw.col("price"), nw.col("lnsdp")
    flows = flows.with_columns(_sd=price.std().over(*MARKET), _mean=price.mean().over(*MARKET))
    flows = flows.with_columns(lnsdp=nw.col("_sd") / nw.col("_mean")).drop("_sd", "_mean")
    return flows.with_columns(lnsdp=log_where(variation > NO_DISPERSION, variation))


def weighted_means(flows: Frame, names: Sequence[str]) -> Frame:
    """Return export-weighted means by firm-year of ``names``, and of ``lnsdp`` where it is there.

    Flows without ``lnsdp`` have no weight in its mean.
    """
    value, dispersed = nw.col("value"), nw.col("_dispersed")
    sums = (
        flows.with_columns(_dispersed=nw.when(~nw.col("lnsdp").is_null()).then(value))
        .select(*FIRM_YEAR, "value", "_dispersed", nw.col(*names, "lnsdp") * value)
        .group_by(*FIRM_YEAR)
        .agg(nw.col("value", "_dispersed", *names, "lnsdp").sum())
    )
    lnsdp = nw.when(dispersed > 0).then(nw.col("lnsdp") / dispersed)
    means = [nw.col(*names) / value] if names else []
    return sums.select(*FIRM_YEAR, *means, lnsdp=lnsdp)


def check_destinations(destinations: IntoFrame, names: Sequence[str]) -> Frame:
    """Return destination-years whose columns behind ``names`` are good."""
    key = ["destination", "year"]
    positive = [LOGS[name] for name in names]
    return checked(destinations, "destinations", key=key, years=["year"], positive=positive)


def _listed(name: str) -> Rule:
    """Return the rule that the destination and year of a flow are in the table."""
    return Rule(
        nw.col(name).is_null(),
        "destinations lacks the destination and year of {bad} of {rows} flows; add them",
    )
