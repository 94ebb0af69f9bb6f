"""Export quality with an instrumented price: equation (11), for all products at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import Frame, materialize, select_columns, unwrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_not_negative, require_option
from tradedig_helpers.measure.aggregate import level_key, weighted_quality
from tradedig_helpers.measure.elasticities import Missing, Sigma, check_sigma
from tradedig_helpers.measure.flows import MARKET, check_shipments, compute_flows
from tradedig_helpers.measure.instruments.sample import Instrument, compute_sample, keep_flows
from tradedig_helpers.measure.instruments.slopes import market_deviations, slopes
from tradedig_helpers.measure.quality import SIGMA_MARGIN, range_in_product

Divisor = Literal["table", "estimate"]

MIN_FIRMS, MIN_FIRST_STAGE = 10, 10.0
"""Below which a product's slope is not trusted; the paper states no rule."""


@dataclass(frozen=True, slots=True)
class DemandRules:
    """What a flow or its product must satisfy; see :func:`measure_instrumented`."""

    divide_by: Divisor = "table"
    missing_sigma: Missing = "error"
    sigma_margin: float = SIGMA_MARGIN
    min_firms: int = MIN_FIRMS
    min_first_stage: float = MIN_FIRST_STAGE

    def __post_init__(self) -> None:
        """Refuse options that are unknown or below zero."""
        require_option(self.divide_by, Divisor, "divide_by")
        require_option(self.missing_sigma, Missing, "missing_sigma")
        limits = ("sigma_margin", "min_firms", "min_first_stage")
        require_not_negative(**{name: getattr(self, name) for name in limits})


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


@own_names
def measure_instrumented(
    customs: IntoFrameT,
    sigma: float | IntoFrame,
    instrument: Instrument,
    *,
    divide_by: Divisor = "table",
    missing_sigma: Missing = "error",
    sigma_margin: float = SIGMA_MARGIN,
    min_firms: int = MIN_FIRMS,
    min_first_stage: float = MIN_FIRST_STAGE,
    summed: bool = False,
    firm: str = "firm",
    year: str = "year",
) -> InstrumentedQuality[IntoFrameT]:
    """Return quality by equation (11): QLP (lagged price) or QOP (other destinations).

    Parameters
    ----------
    customs, sigma, missing_sigma, summed, firm, year : as in ``measure_quality``
    instrument : of the log price; see ``lagged_price`` and ``other_destinations_price``
    divide_by : ε is divided by σ-1 with σ of the table, as in the paper, or as estimated
    sigma_margin : flows whose divisor σ is below 1 + margin are dropped
    min_firms, min_first_stage : products with fewer firms, or with a smaller first-stage
        F, are dropped; 0 keeps all

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame, bad columns, codes, years, quantities, values or options; if
        ``summed`` is said of rows that share their flow; or if a rule leaves no flow, with what
        each rule before it left.

    Notes
    -----
    The paper states none of these rules. Those after the slope remove whole markets, so
    the residuals of the flows that stay are those of the regression. Codes held as
    categories are several times as fast as text.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng, rows = np.random.default_rng(1), 60
    >>> customs = pd.DataFrame({"firm": np.arange(rows) // 2, "year": np.arange(rows) % 2 + 2004})
    >>> customs = customs.assign(product="85171210", destination="US", mode="ordinary")
    >>> cost = rng.normal(size=rows // 2).repeat(2) + 0.1 * rng.normal(size=rows)
    >>> customs["quantity"] = np.exp(5 - 3 * cost + 0.2 * rng.normal(size=rows))
    >>> customs["value"] = customs["quantity"] * np.exp(cost)
    >>> measured = measure_instrumented(customs, 4.0, "lagged price")
    >>> measured.products[["product", "sigma_hat", "used"]].round(1)
        product  sigma_hat  used
    0  85171210        3.0  True
    >>> measured.firm_years[["firm", "year", "quality"]].head(2).round(2)
       firm  year  quality
    0     0  2005     0.75
    1     1  2005     0.64
    """
    require_option(instrument, Instrument, "instrument")
    rules = DemandRules(divide_by, missing_sigma, sigma_margin, min_firms, min_first_stage)
    own = OwnNames(firm, year)
    customs = own.taken(customs, "customs")
    flows = compute_flows(check_shipments(customs, summed), summed)
    flows, products, ledger = _measured(flows, check_sigma(sigma), instrument, rules)
    key = level_key("firm")
    return InstrumentedQuality(
        own.given_back(unwrap(flows, customs)),
        own.given_back(unwrap(weighted_quality(flows, key), customs, sort=key)),
        unwrap(_marked(products, flows), customs, sort=["product"]),
        ledger,
    )


def compute_firm_instrumented(
    flows: Frame, sigma: Sigma, instrument: Instrument, missing_sigma: Missing = "error"
) -> tuple[Frame, Ledger]:
    """Return ``firm_years`` and ``ledger`` of :func:`measure_instrumented`, of flows with prices.

    No column is carried along that a firm's mean does not need. Flows and σ are known to be
    good.
    """
    key, rules = level_key("firm"), DemandRules(missing_sigma=missing_sigma)
    graded, _, ledger = _measured(flows, sigma, instrument, rules, [*key, "value"])
    return weighted_quality(graded, key), ledger


def keep_strong(
    sample: Frame,
    products: Frame,
    ledger: Ledger,
    *,
    min_firms: int = MIN_FIRMS,
    min_first_stage: float = MIN_FIRST_STAGE,
) -> tuple[Frame, Ledger]:
    """Return the flows of products whose slope is identified by a strong first stage.

    ``products`` is what ``product_slopes`` gives for ``sample``. Clustered errors, and so
    F, mean little with few firms; with two they can be zero.
    """
    require_not_negative(min_firms=min_firms, min_first_stage=min_first_stage)
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
    kept, ledger = keep_flows(sample.join(judged, on="product", how="left"), rules, ledger)
    return kept.drop("_identified", "_large", "_strong"), ledger


def _measured(
    flows: Frame,
    sigma: Sigma,
    instrument: Instrument,
    rules: DemandRules,
    carried: Sequence[str] | None = None,
) -> tuple[Frame, Frame, Ledger]:
    """Return flows that have a quality, with all columns or ``carried`` alone; slopes; a ledger."""
    deviations, ledger = _deviations(flows, sigma, instrument, rules.missing_sigma, carried)
    products = materialize(slopes(deviations))
    firms, strength = rules.min_firms, rules.min_first_stage
    flows, ledger = keep_strong(
        deviations, products, ledger, min_firms=firms, min_first_stage=strength
    )
    flows = flows.join(products.select("product", "sigma_hat"), on="product", how="left")
    divisor = nw.col("sigma" if rules.divide_by == "table" else "sigma_hat")
    apart = {"σ is not near 1": divisor >= 1 + rules.sigma_margin}
    flows, ledger = keep_flows(flows, apart, ledger)
    flows = range_in_product(_with_residual(flows, divisor))
    flows = materialize(select_columns(flows, ["quality"], carried))
    ranged = {"product has a range": ~nw.col("quality").is_null()}
    flows, ledger = keep_flows(flows, ranged, ledger)
    return flows, products, ledger


def _deviations(
    flows: Frame,
    sigma: Sigma,
    instrument: Instrument,
    missing_sigma: Missing,
    carried: Sequence[str] | None,
) -> tuple[Frame, Ledger]:
    """Return the sample with its deviations from market means, and its ledger.

    Apart, so that the flows from which it is made are let go of before slopes are estimated.
    """
    sample, ledger = compute_sample(flows, sigma, [instrument], missing_sigma, carried)
    needed = [*MARKET, "firm", "sigma", "x", "y", "z"]
    deviations = select_columns(market_deviations(sample, instrument), needed, carried)
    return materialize(deviations), ledger


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
