"""What betrays a bad instrument of equation (11): to the econometrician, and to the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import chi2

from tradedig_helpers.economy.market import MarketDesign, simulated_market, slope_limit
from tradedig_helpers.measure.checks import require_columns
from tradedig_helpers.measure.instruments.demand import INSTRUMENTS, demand_sample, keep_strong
from tradedig_helpers.measure.instruments.slopes import (
    NEEDED,
    GroupedSlope,
    clustered_error,
    count_by_product,
    grouped_slope,
    product_slopes,
    small_sample,
    within,
)
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.quality import demand_residual

ESTIMATORS: Mapping[str, str] = {
    "lagged price": "lagged price",
    "other destinations": "other destinations",
    "least squares": "log_price",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far the slopes of equation (11) by both instruments and least squares lie apart.

    Attributes
    ----------
    products : one row per ``product``: ``n``, ``markets``, ``firms``, σ-hat in a column for
        each estimator, the ``difference`` of the two instruments' with its ``std_error``,
        Hansen's ``J`` (chi-squared with one degree of freedom) and its ``p``
    pooled : one row per pair of estimators ``first`` and ``second``: the ``difference`` of
        their mean σ-hat over flows, its ``std_error`` clustered by firm, ``z`` and ``p``
    ledger : rule by rule for each instrument, the flows of products that are not compared
    """

    products: pd.DataFrame
    pooled: pd.DataFrame
    ledger: Ledger


def compare_instruments(
    sample: pd.DataFrame, *, min_firms: int = 10, min_first_stage: float = 10.0
) -> Comparison:
    """Return a test of overidentification by product, and Hausman-like comparisons, pooled.

    ``sample`` is ``demand_sample`` with both instruments; products are compared if they
    pass the rules of ``keep_strong`` with either.

    Notes
    -----
    With two instruments for one price, Hansen's J is the squared difference of the two
    slopes over its clustered variance: it compares the instruments with each other, not
    with the truth. Here each slope has its own residual, not that of a common first step;
    if both instruments are valid, the limit is the same.
    """
    require_columns(sample, [*NEEDED, *INSTRUMENTS], "sample")
    kept, ledger = sample, Ledger()
    for name in INSTRUMENTS:
        slopes = product_slopes(sample, name)
        kept, ledger = keep_strong(
            kept, slopes, ledger, min_firms=min_firms, min_first_stage=min_first_stage
        )
    y, x = within(kept, "log_quantity"), within(kept, "log_price")
    fits = {
        name: grouped_slope(kept, y, x, within(kept, column)) for name, column in ESTIMATORS.items()
    }
    return Comparison(_overidentification(kept, fits), _hausman(kept, fits), ledger)


def instrument_truth(sample: pd.DataFrame, instrument: str) -> pd.DataFrame:
    """Return why σ-hat of each product is what it is, if ``sigma`` of ``sample`` is the truth.

    With the true σ equation (10) gives ln λ less its market mean, and then exactly
    σ-hat = ``sigma_mean`` + ``bias``.

    Returns
    -------
    DataFrame
        One row per ``product``: ``n``, ``markets``, ``firms``, ``sigma_hat``;
        ``sigma_mean``, Σσzx/Σzx, what a valid instrument gives, with z the instrument and x
        the log price, both less their market means; ``quality_share`` ρ = Σz ln λ/Σzx;
        ``bias``, -Σ(σ-1)z ln λ/Σzx; ``corr_quality`` and ``corr_price``, the correlations
        of z with ln λ and with x.
    """
    require_columns(sample, [*NEEDED, instrument], "sample")
    sample = demand_residual(sample)
    quality, sigma = sample["log_quality"], sample["sigma"]
    y, x, z = (within(sample, name) for name in ("log_quantity", "log_price", instrument))

    products = {
        "zx": z * x, "zy": z * y, "zl": z * quality, "zz": z**2, "xx": x**2, "ll": quality**2,
        "szx": sigma * z * x, "szl": (sigma - 1) * z * quality,
    }  # fmt: skip
    sums = pd.DataFrame(products).groupby(sample["product"], observed=True).sum()
    columns = {
        "sigma_hat": -sums["zy"] / sums["zx"],
        "sigma_mean": sums["szx"] / sums["zx"],
        "quality_share": sums["zl"] / sums["zx"],
        "bias": -sums["szl"] / sums["zx"],
        "corr_quality": sums["zl"] / np.sqrt(sums["zz"] * sums["ll"]),
        "corr_price": sums["zx"] / np.sqrt(sums["zz"] * sums["xx"]),
    }
    return count_by_product(sample).assign(**columns).reset_index()


def simulate_slopes(rng: np.random.Generator, design: MarketDesign) -> pd.DataFrame:
    """Return what each estimator of σ gives in a market drawn by ``design``.

    One row per ``estimator``: the ``mean``, the 10th percentile ``low`` and the 90th
    ``high`` of σ-hat over products, and its probability ``limit``.
    """
    market = simulated_market(rng, design)
    sample, _ = demand_sample(market.customs, market.elasticities, list(INSTRUMENTS))
    rows = []
    for name, column in ESTIMATORS.items():
        sigma = product_slopes(sample, column)["sigma_hat"]
        low, high = sigma.quantile([0.1, 0.9])
        rows.append((name, sigma.mean(), low, high, slope_limit(design, name)))
    return pd.DataFrame(rows, columns=["estimator", "mean", "low", "high", "limit"])


def _overidentification(sample: pd.DataFrame, fits: Mapping[str, GroupedSlope]) -> pd.DataFrame:
    """Return σ-hat of every estimator by product, and J of the two instruments."""
    one, two = (fits[name] for name in INSTRUMENTS)
    difference = two.estimate - one.estimate
    error = clustered_error(two.influence - one.influence, sample)
    j = (difference / error) ** 2
    sigmas = {name: -fit.estimate for name, fit in fits.items()}
    tests = {"difference": difference, "std_error": error, "J": j}
    frame = count_by_product(sample).assign(**sigmas, **tests).reset_index()
    return frame.assign(p=chi2.sf(frame["J"], 1))


def _hausman(sample: pd.DataFrame, fits: Mapping[str, GroupedSlope]) -> pd.DataFrame:
    """Return the difference of mean σ-hat over flows of each pair of estimators."""
    counts = count_by_product(sample)
    coefficients = int(counts["markets"].sum()) + len(counts)
    small = small_sample(len(sample), coefficients, sample["firm"].nunique())
    weight = counts["n"] / len(sample)
    rows = []
    for first, second in combinations(fits, 2):
        one, two = fits[first], fits[second]
        difference = float((weight * (two.estimate - one.estimate)).sum())
        influence = (two.influence - one.influence) * sample["product"].map(weight).astype(float)
        scores = influence.groupby(sample["firm"]).sum()
        error = float(np.sqrt(small * (scores**2).sum()))
        rows.append((first, second, difference, error))
    frame = pd.DataFrame(rows, columns=["first", "second", "difference", "std_error"])
    z = frame["difference"] / frame["std_error"]
    return frame.assign(z=z, p=chi2.sf(z**2, 1))
