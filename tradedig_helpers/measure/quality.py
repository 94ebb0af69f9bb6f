"""Export quality from customs records: equation (10), standardised within product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import (
    Frame,
    count,
    floats,
    materialize,
    scalars,
    select_columns,
    unwrap,
)
from tradedig_helpers.frames.ledger import Ledger, Rules, rules_passed
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_not_negative, require_option
from tradedig_helpers.measure.aggregate import level_key, weighted_quality
from tradedig_helpers.measure.elasticities import (
    Missing,
    Sigma,
    attach_sigma,
    check_sigma,
    lacks_sigma,
    require_sigma,
)
from tradedig_helpers.measure.flows import (
    FLOWS,
    GAPS,
    MARKET,
    check_shipments,
    compute_flows,
    market_gaps,
)
from tradedig_helpers.schema.checks import above, checked

SIGMA_MARGIN = 0.05
"""By how much σ must exceed one, where ε/(σ-1) explodes."""
NO_RANGE = 1e-9
"""A range of ln λ-hat (log points) that is nothing but the rounding of equal flows."""

KNOWN_SIGMA = "σ is known"

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
    ledger : rule by rule, how many flows were dropped, and what share of value was kept

    Examples
    --------
    >>> import pandas as pd
    >>> customs = pd.DataFrame({"firm": [1, 2, 3], "year": 2004, "product": "85171210"})
    >>> customs = customs.assign(destination="US", mode="ordinary", quantity=10, value=[10, 20, 30])
    >>> measured = measure_quality(customs, sigma=4.0)
    >>> measured.flows[["firm", "price", "residual", "log_quality", "quality"]].round(2)
       firm  price  residual  log_quality  quality
    0     1    1.0     -2.39        -0.80     0.00
    1     2    2.0      0.38         0.13     0.63
    2     3    3.0      2.01         0.67     1.00
    >>> measured.ledger.frame[["rule", "before", "after"]].tail(2)
                                rule  before  after
    2  market has more than one flow       3      3
    3            product has a range       3      3
    """

    flows: IntoFrameT
    firm_years: IntoFrameT
    ledger: Ledger


@own_names
def measure_quality(
    customs: IntoFrameT,
    sigma: float | IntoFrame,
    *,
    missing_sigma: Missing = "error",
    sigma_margin: float = SIGMA_MARGIN,
    single: Single = "drop",
    summed: bool = False,
    firm: str = "firm",
    year: str = "year",
) -> Quality[IntoFrameT]:
    """Return the quality of every flow and firm-year by equation (10).

    Parameters
    ----------
    customs : shipments or flows with ``firm``, ``product`` (text of digits, all of one even
        length such as eight), ``destination``, ``mode``, ``year``, ``quantity`` (units) and
        ``value`` (dollars)
    sigma : one σ for all (4.0 is the paper's QKL), or a table with ``destination``,
        ``sigma`` and one column ``hs<N>``, the first N digits of the product (``hs4`` for
        QSY, ``hs3`` for QBW)
    missing_sigma : what to do with flows whose σ is not in the table
    sigma_margin : flows with σ below 1 + margin are dropped, because ε/(σ-1) explodes there
    single : what to do with the only flow of a market; its ε is zero by construction
    summed : whether ``customs`` is what ``to_flows`` gives, which is not summed again
    firm, year : names of the firm and the year in ``customs``, and in the answer

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame, bad columns, codes, years, quantities, values or options,
        σ ≤ 1, if ``summed`` flows repeat a key, or if no flow is left.

    Notes
    -----
    The paper does not state its rules for σ near 1, single flows and products without
    range; these are ours, and the ledger counts what each one drops.

    The flows are computed once, in the call, also of lazy frames. Shipments are only read, so
    those of ``polars.scan_parquet`` may be larger than memory as long as their flows are not.
    With DuckDB's ``read_parquet`` and ``set memory_limit = '1GB'`` the flows may be, too: they
    are in a temporary table, which moves to disk (see ``engine.materialize``).

    Examples
    --------
    >>> import pandas as pd
    >>> market = {"product": "85171210", "destination": "US", "mode": "ordinary", "year": 2004}
    >>> customs = pd.DataFrame(
    ...     {**market, "firm": [1, 2, 3], "quantity": [10, 10, 10], "value": [10, 20, 30]}
    ... )
    >>> measured = measure_quality(customs, sigma=4.0)
    >>> measured.firm_years[["firm", "year", "quality"]].round(2)
       firm  year  quality
    0     1  2004     0.00
    1     2  2004     0.63
    2     3  2004     1.00
    """
    require_option(single, Single, "single")
    require_option(missing_sigma, Missing, "missing_sigma")
    require_not_negative(sigma_margin=sigma_margin)
    own = OwnNames(firm, year)
    customs = own.taken(customs, "customs")
    flows = market_gaps(compute_flows(check_shipments(customs, summed), summed))
    flows, ledger = _graded(flows, check_sigma(sigma), missing_sigma, sigma_margin, single)
    key = level_key("firm")
    firm_years = unwrap(weighted_quality(flows, key), customs, sort=key)
    return Quality(own.given_back(unwrap(flows, customs)), own.given_back(firm_years), ledger)


def compute_firm_quality(
    flows: Frame, sigma: Sigma, missing_sigma: Missing = "error"
) -> tuple[Frame, Ledger]:
    """Return ``firm_years`` and ``ledger`` of :func:`measure_quality`, without its ``flows``.

    Several σ can share flows with their :func:`.market_gaps`, and no column is carried along
    that a firm's mean does not need. Flows and σ are known to be good.
    """
    key = level_key("firm")
    graded, ledger = _graded(flows, sigma, missing_sigma, carried=[*key, "value"])
    return weighted_quality(graded, key), ledger


@own_names
def demand_residual(flows: IntoFrameT, *, year: str = "year") -> IntoFrameT:
    """Return ``flows`` with ε of equation (10), ``residual``, and ln λ-hat, ``log_quality``.

    ``market_size`` is added too: over how many flows the market mean is taken.

    Parameters
    ----------
    flows : ``product``, ``destination``, ``year``, ``quantity``, ``price`` and ``sigma``, alike
        for all flows of a market
    year : name of the year in the frame, and in the answer

    Raises
    ------
    TypeError, ValueError
        On a missing column, a quantity or price that is not positive, σ ≤ 1, or a market
        with several σ.

    Examples
    --------
    >>> import pandas as pd
    >>> market = {"product": "85171210", "destination": "US", "year": 2004}
    >>> flows = pd.DataFrame({**market, "quantity": [10, 10], "price": [1.0, 2.0], "sigma": 4.0})
    >>> demand_residual(flows)[["price", "residual", "log_quality", "market_size"]].round(2)
       price  residual  log_quality  market_size
    0    1.0     -1.39        -0.46            2
    1    2.0      1.39         0.46            2
    """
    own = OwnNames(year=year)
    flows = own.taken(flows, "flows")
    frame = checked(
        flows,
        "flows",
        present=MARKET,
        years=["year"],
        numbers=["sigma"],
        positive=["quantity", "price"],
        rules=above(["sigma"], "flows", 1.0),
    )
    _require_one_sigma(frame)
    return own.given_back(unwrap(log_quality(market_gaps(frame)), flows, same_rows=True))


def standardise(flows: IntoFrameT) -> IntoFrameT:
    """Return ``flows`` with ``quality`` = (ln λ-hat - min)/(max - min) in product (Shi 2014).

    It is missing where the flows of a product do not differ in ``log_quality``.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"product": "85171210", "log_quality": [-1.0, 0.5, 1.0]})
    >>> standardise(flows)
        product  log_quality  quality
    0  85171210         -1.0     0.00
    1  85171210          0.5     0.75
    2  85171210          1.0     1.00
    """
    frame = checked(flows, "flows", present=["product"], numbers=["log_quality"])
    return unwrap(range_in_product(frame), flows, same_rows=True)


def log_quality(flows: Frame) -> Frame:
    """Put ε of (10) and ln λ-hat = ε/(σ-1) in the place of market gaps; missing where σ is."""
    sigma = floats("sigma")
    flows = flows.with_columns(residual=nw.col("quantity_gap") + sigma * nw.col("price_gap"))
    return flows.with_columns(log_quality=nw.col("residual") / (sigma - 1)).drop(*GAPS)


def range_in_product(flows: Frame) -> Frame:
    """Add ``quality``, ln λ-hat from 0 (the product's worst flow) to 1 (its best)."""
    level, (low, high) = floats("log_quality"), (nw.col("_low"), nw.col("_high"))
    extremes = {"_low": level.min().over("product"), "_high": level.max().over("product")}
    share = nw.when(high - low > NO_RANGE).then((level - low) / (high - low))
    return flows.with_columns(**extremes).with_columns(quality=share).drop("_low", "_high")


def _graded(
    flows: Frame,
    sigma: Sigma,
    missing_sigma: Missing = "error",
    sigma_margin: float = SIGMA_MARGIN,
    single: Single = "drop",
    carried: Sequence[str] | None = None,
) -> tuple[Frame, Ledger]:
    """Return the flows that have a quality, with all columns or ``carried`` alone, and a ledger.

    σ is the same for all flows of a market, so the rules before the range keep or drop whole
    markets: the means and sizes of those that stay are what they would be without the others.
    """
    rules = _market_rules(sigma_margin, single)
    judged = log_quality(attach_sigma(flows, sigma)).with_columns(passed=rules_passed(rules))
    passed, level = nw.col("passed"), nw.col("log_quality")
    judged = judged.with_columns(log_quality=nw.when(passed == len(rules)).then(level))
    graded = select_columns(range_in_product(judged), ["quality", "passed"], carried)
    holds = {rule: passed > place for place, rule in enumerate(rules)}
    holds["product has a range"] = ~nw.col("quality").is_null()
    graded, ledger = Ledger().keep(materialize(graded), holds, FLOWS)
    if lacks_sigma(ledger, missing_sigma):
        require_sigma(judged, nw.col("sigma").is_null())
    *_, (_, _, _, left) = ledger.steps
    if left == 0:
        raise ValueError(
            f"no flow is left to measure quality from: {ledger.in_words}; loosen the rule that "
            "leaves none, or give more flows"
        )
    return graded.drop("passed"), ledger


def _market_rules(sigma_margin: float, single: Single) -> Rules:
    """Return what a market must satisfy to have a quality, in the order in which it is asked."""
    sigma = nw.col("sigma")
    rules = {KNOWN_SIGMA: ~sigma.is_null(), "σ is not near 1": sigma >= 1 + sigma_margin}
    if single == "drop":
        rules["market has more than one flow"] = nw.col("market_size") > 1
    return rules


def _require_one_sigma(flows: Frame) -> None:
    """Raise ``ValueError`` if σ differs within a market, counting markets."""
    low, high = nw.col("sigma").min(), nw.col("sigma").max()
    markets = flows.group_by(*MARKET).agg(low=low, high=high)
    differs = count(nw.col("low") < nw.col("high"))
    found = scalars(markets, markets=nw.len(), differ=differs)
    if found["differ"]:
        raise ValueError(
            f"flows.sigma differs within {int(found['differ'])} of {found['markets']} markets "
            f"{MARKET}; give all flows of a market one σ"
        )
