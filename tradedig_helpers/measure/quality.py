"""Export quality from customs records: equation (10), standardised, by firm and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import (
    require_above,
    require_columns,
    require_key,
    require_option,
    require_present,
)
from tradedig_helpers.measure.ledger import Ledger

FLOW = ["firm", "product", "destination", "mode", "year"]
MARKET = ["product", "destination", "year"]
UNIT = "flows"

Rule = Literal["drop", "keep"]
Missing = Literal["error", "drop"]


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of flows and of firm-years, with the ledger of what was dropped.

    Attributes
    ----------
    flows : one row per firm, product, destination, mode and year, with ``price``,
        ``sigma``, ``residual`` (ε of equation 10), ``log_quality`` (ln λ-hat) and
        ``quality`` (standardised, 0 to 1)
    firm_years : ``firm``, ``year``, ``quality`` (export-value weighted) and ``flows``
    ledger : rule by rule, how many flows were dropped
    """

    flows: pd.DataFrame
    firm_years: pd.DataFrame
    ledger: Ledger


def measure_quality(
    customs: pd.DataFrame,
    elasticities: pd.DataFrame,
    *,
    missing_sigma: Missing = "error",
    sigma_margin: float = 0.05,
    single: Rule = "drop",
) -> Quality:
    """Return the quality of every flow and firm-year.

    Parameters
    ----------
    customs : shipments or flows with ``firm``, ``product`` (text, at least four digits),
        ``destination``, ``mode``, ``year``, ``quantity`` (units) and ``value`` (dollars)
    elasticities : ``hs4``, ``destination``, ``sigma``
    missing_sigma : what to do with flows whose σ is not in the table
    sigma_margin : flows with σ below 1 + margin are dropped, because ε/(σ-1) explodes there
    single : what to do with the only flow of a market; its ε is zero by construction

    Raises
    ------
    TypeError, ValueError
        On bad columns, quantities, values or options, σ ≤ 1, or if no flow is left.

    Notes
    -----
    The paper does not state its rules for σ near 1, single flows and products without
    range; these are ours, and the ledger counts what each one drops.
    """
    if not sigma_margin >= 0:
        raise ValueError(f"sigma_margin = {sigma_margin:g}; give 0 or more")
    require_option(single, Rule, "single")
    flows = with_sigma(to_flows(customs), elasticities, missing_sigma)
    ledger = Ledger().record("σ is known", UNIT, _flow_count(customs), len(flows))
    flows, ledger = _keep(flows, flows["sigma"] >= 1 + sigma_margin, "σ is not near 1", ledger)
    if single == "drop":
        flows, ledger = _keep(
            flows, market_size(flows) > 1, "market has more than one flow", ledger
        )
    flows = demand_residual(flows)
    flows = flows.assign(quality=standardise(flows))
    flows, ledger = _keep(flows, flows["quality"].notna(), "product has a range", ledger)
    if flows.empty:
        raise ValueError("no flow is left to measure quality from; see the rules and loosen one")
    return Quality(flows, to_firm_years(flows), ledger)


def to_flows(customs: pd.DataFrame) -> pd.DataFrame:
    """Return shipments summed to firm-product-destination-mode-year, with unit value ``price``."""
    require_columns(customs, [*FLOW, "quantity", "value"], "customs")
    require_present(customs, FLOW, "customs")
    require_above(customs, ["quantity", "value"], "customs")
    grouped = customs.groupby(FLOW, observed=True, sort=False)
    flows = grouped[["quantity", "value"]].sum().reset_index()
    return flows.assign(price=flows["value"] / flows["quantity"])


def with_sigma(
    flows: pd.DataFrame, elasticities: pd.DataFrame, missing: Missing = "error"
) -> pd.DataFrame:
    """Return ``flows`` with σ of their HS4 group (first four digits) and destination.

    Raises
    ------
    ValueError
        If a σ is not above 1, a pair is listed twice, or σ is missing and that is an error.
    """
    require_option(missing, Missing, "missing_sigma")
    require_columns(elasticities, ["hs4", "destination", "sigma"], "elasticities")
    require_key(elasticities, ["hs4", "destination"], "elasticities")
    require_above(elasticities, ["sigma"], "elasticities", bound=1.0)
    table = elasticities.assign(hs4=_text(elasticities["hs4"])).set_index(["hs4", "destination"])
    markets = flows[["product", "destination"]].drop_duplicates()
    markets = markets.assign(hs4=_text(markets["product"]).str[:4])
    pairs = pd.MultiIndex.from_frame(
        markets[["hs4", "destination"]].astype({"destination": object})
    )
    table.index = pd.MultiIndex.from_tuples(table.index.to_list(), names=pairs.names)
    markets = markets.assign(sigma=table["sigma"].reindex(pairs).to_numpy()).drop(columns="hs4")
    merged = flows.merge(markets, on=["product", "destination"], how="left", validate="m:1")
    unknown = merged["sigma"].isna()
    if unknown.any() and missing == "error":
        pairs_text = int(markets["sigma"].isna().sum())
        raise ValueError(
            f"σ is missing for {int(unknown.sum())} of {len(flows)} flows ({pairs_text} "
            "product-destination pairs); add them to elasticities or use missing_sigma='drop'"
        )
    return merged[~unknown].reset_index(drop=True)


def demand_residual(flows: pd.DataFrame) -> pd.DataFrame:
    """Return ``flows`` with ε of equation (10) and ln λ-hat = ε/(σ-1).

    Equation (10) regresses y = ln q + σ ln p on destination-year effects, product by
    product. Those effects are dummies of the product-destination-year market and nothing
    else is in the regression, so the fitted value is the market mean of y and ε the
    deviation from it: one grouped mean replaces a regression per product.
    """
    y = np.log(flows["quantity"]) + flows["sigma"] * np.log(flows["price"])
    market = [flows[column] for column in MARKET]
    residual = y - y.groupby(market, observed=True, sort=False).transform("mean")
    return flows.assign(residual=residual, log_quality=residual / (flows["sigma"] - 1))


def standardise(flows: pd.DataFrame) -> pd.Series:
    """Return (ln λ-hat - min)/(max - min) within product (Shi 2014); NaN without range."""
    grouped = flows.groupby("product", observed=True, sort=False)["log_quality"]
    low, high = grouped.transform("min"), grouped.transform("max")
    return (flows["log_quality"] - low) / (high - low).where(high > low)


def market_size(flows: pd.DataFrame) -> pd.Series:
    """Return how many flows share each flow's product-destination-year market."""
    return flows.groupby(MARKET, observed=True, sort=False)["value"].transform("size")


def to_firm_years(flows: pd.DataFrame) -> pd.DataFrame:
    """Return the export-value-weighted mean quality of each firm-year, and its flows."""
    weighted = flows.assign(product_sum=flows["quality"] * flows["value"])
    grouped = weighted.groupby(["firm", "year"], observed=True)
    sums = grouped[["product_sum", "value"]].sum()
    quality = (sums["product_sum"] / sums["value"]).rename("quality")
    return pd.concat([quality, grouped.size().rename("flows")], axis=1).reset_index()


def _keep(
    flows: pd.DataFrame, keep: pd.Series, rule: str, ledger: Ledger
) -> tuple[pd.DataFrame, Ledger]:
    """Return the kept flows and the ledger with the rule recorded."""
    kept = flows[keep].reset_index(drop=True)
    return kept, ledger.record(rule, UNIT, len(flows), len(kept))


def _flow_count(customs: pd.DataFrame) -> int:
    return int((~customs.duplicated(FLOW)).sum())


def _text(codes: pd.Series) -> pd.Series:
    """Return codes as text; a number would have lost its leading zeros."""
    if pd.api.types.is_numeric_dtype(codes):
        raise TypeError(f"{codes.name} is numeric and may have lost leading zeros; give text")
    return codes.astype(object).astype("str")
