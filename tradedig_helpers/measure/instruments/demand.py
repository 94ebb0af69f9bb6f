"""Export quality with an instrumented price: equation (11), for all products at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tradedig_helpers.measure.aggregate import aggregate
from tradedig_helpers.measure.checks import require_numbers, require_option
from tradedig_helpers.measure.elasticities import Missing, with_sigma
from tradedig_helpers.measure.instruments.slopes import product_slopes, within
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.quality import FLOW, UNIT, market_size, standardise, to_flows

Instrument = Literal["lagged price", "other destinations"]
Divisor = Literal["table", "estimate"]


@dataclass(frozen=True, slots=True)
class InstrumentedQuality:
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

    flows: pd.DataFrame
    firm_years: pd.DataFrame
    products: pd.DataFrame
    ledger: Ledger


def measure_instrumented(
    customs: pd.DataFrame,
    sigma: float | pd.DataFrame,
    instrument: Instrument,
    *,
    divide_by: Divisor = "table",
    missing_sigma: Missing = "error",
    sigma_margin: float = 0.05,
    min_firms: int = 10,
    min_first_stage: float = 10.0,
) -> InstrumentedQuality:
    """Return quality by equation (11): QLP (lagged price) or QOP (other destinations).

    Parameters
    ----------
    customs, sigma, missing_sigma : as in ``measure_quality``, but pandas frames only
    instrument : of the log price; see ``lagged_price`` and ``other_destinations_price``
    divide_by : ε is divided by σ-1 with σ of the table, as in the paper, or as estimated
    sigma_margin : flows whose divisor σ is below 1 + margin are dropped
    min_firms, min_first_stage : products with fewer firms, or with a smaller first-stage
        F, are dropped; 0 keeps all

    Raises
    ------
    TypeError, ValueError
        On bad columns, quantities, values or options, or if a rule leaves no flow.

    Notes
    -----
    The paper states none of these rules. Those after the slope remove whole markets, so
    the residuals of the flows that stay are those of the regression. Codes held as
    categories are several times as fast as text.
    """
    if not sigma_margin >= 0:
        raise ValueError(f"sigma_margin = {sigma_margin:g}; give 0 or more")
    require_option(divide_by, Divisor, "divide_by")
    sample, ledger = demand_sample(customs, sigma, [instrument], missing_sigma)
    products = product_slopes(sample, instrument)
    flows, ledger = keep_strong(
        sample, products, ledger, min_firms=min_firms, min_first_stage=min_first_stage
    )
    flows = flows.merge(products[["product", "sigma_hat"]], on="product", how="left")
    divisor = flows["sigma" if divide_by == "table" else "sigma_hat"]
    flows, ledger = _keep(flows, divisor >= 1 + sigma_margin, "σ is not near 1", ledger)
    flows = standardise(_with_residual(flows, divide_by))
    flows, ledger = _keep(flows, flows["quality"].notna(), "product has a range", ledger)
    products = products.assign(used=products["product"].isin(flows["product"]))
    return InstrumentedQuality(flows, aggregate(flows, "firm"), products, ledger)


def demand_sample(
    customs: pd.DataFrame,
    sigma: float | pd.DataFrame,
    instruments: Iterable[Instrument],
    missing_sigma: Missing = "error",
) -> tuple[pd.DataFrame, Ledger]:
    """Return the flows on which (11) is estimated, and the ledger of those that are not.

    A flow needs every one of ``instruments``, and a rival in its market that has them too.
    Added columns: ``sigma``, ``log_price``, ``log_quantity``, and each instrument's name.
    """
    if not isinstance(customs, pd.DataFrame):
        raise TypeError(f"customs is a {type(customs).__name__}; convert it to a pandas DataFrame")
    flows, names = to_flows(customs), list(instruments)
    require_numbers(flows, ["year"], "customs")
    flows = flows.assign(log_price=np.log(flows["price"]), log_quantity=np.log(flows["quantity"]))
    for name in names:
        require_option(name, Instrument, "instrument")
        flows = flows.assign(**{name: INSTRUMENTS[name](flows)})
    known = with_sigma(flows, sigma, missing_sigma)
    ledger = Ledger().record("σ is known", UNIT, len(flows), len(known))
    has_all = known[names].notna().all(axis=1)
    known, ledger = _keep(known, has_all, "price has an instrument", ledger)
    shared = market_size(known)["market_size"] > 1
    return _keep(known, shared, "market has more than one such flow", ledger)


def keep_strong(
    sample: pd.DataFrame,
    products: pd.DataFrame,
    ledger: Ledger,
    *,
    min_firms: int = 10,
    min_first_stage: float = 10.0,
) -> tuple[pd.DataFrame, Ledger]:
    """Return the flows of products whose slope is identified by a strong first stage.

    ``products`` is what ``product_slopes`` gives for ``sample``. Clustered errors, and so
    F, mean little with few firms; with two they can be zero.
    """
    for name, value in (("min_firms", min_firms), ("min_first_stage", min_first_stage)):
        if not value >= 0:
            raise ValueError(f"{name} = {value:g}; give 0 or more")
    rules = {
        "slope is identified": products["std_error"].notna(),
        f"product has at least {min_firms} firms": products["firms"] >= min_firms,
        f"first-stage F is at least {min_first_stage:g}": (
            products["first_stage_F"] >= min_first_stage
        ),
    }
    for rule, holds in rules.items():
        good = sample["product"].isin(products.loc[holds, "product"])
        sample, ledger = _keep(sample, good, rule, ledger)
    return sample, ledger


def lagged_price(flows: pd.DataFrame) -> pd.Series:
    """Return the log price of the same firm, product, destination and mode one year before.

    Missing if there was no such flow in that very year; an older price does not count.
    """
    before = flows[[*FLOW, "log_price"]].assign(year=flows["year"] + 1)
    matched = flows[FLOW].merge(before, on=FLOW, how="left", validate="1:1")
    return matched["log_price"].set_axis(flows.index)


def other_destinations_price(flows: pd.DataFrame) -> pd.Series:
    """Return the firm's mean log price of the same product and year in other destinations.

    The mean is over flows: each destination and mode counts once, whatever its value, and
    every flow to the own destination is left out. Missing if there is no other.
    """
    sums = [
        flows.groupby(key, observed=True, sort=False)["log_price"].transform(how)
        for how in ("sum", "size")
        for key in (["firm", "product", "year"], ["firm", "product", "year", "destination"])
    ]
    total, own, count, own_count = sums
    others = count - own_count
    return (total - own) / others.where(others > 0)


INSTRUMENTS: Mapping[Instrument, Callable[[pd.DataFrame], pd.Series]] = {
    "lagged price": lagged_price,
    "other destinations": other_destinations_price,
}


def _with_residual(flows: pd.DataFrame, divide_by: Divisor) -> pd.DataFrame:
    """Return ``flows`` with ε of equation (11) and ln λ-hat = ε/(σ-1)."""
    residual = within(flows, "log_quantity") + flows["sigma_hat"] * within(flows, "log_price")
    divisor = flows["sigma" if divide_by == "table" else "sigma_hat"] - 1
    return flows.assign(residual=residual, log_quality=residual / divisor)


def _keep(
    flows: pd.DataFrame, condition: pd.Series, rule: str, ledger: Ledger
) -> tuple[pd.DataFrame, Ledger]:
    """Return the kept flows and the ledger with the rule recorded; refuse to keep none."""
    kept = flows[condition].reset_index(drop=True)
    if kept.empty:
        raise ValueError(
            f"no flow is left: of the last {len(flows)} none passes the rule {rule!r}; "
            "loosen it, or give more flows or years"
        )
    return kept, ledger.record(rule, UNIT, len(flows), len(kept))
