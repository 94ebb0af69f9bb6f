"""What betrays a bad instrument of equation (11): to the econometrician, and to the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from scipy.stats import chi2

from tradedig_book.economy.market import MarketDesign, simulated_market, slope_limit
from tradedig_helpers.frames.engine import Frame, compute, materialize
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.measure.instruments.demand import MIN_FIRMS, MIN_FIRST_STAGE, keep_strong
from tradedig_helpers.measure.instruments.sample import INSTRUMENTS, demand_sample
from tradedig_helpers.measure.instruments.slopes import (
    checked_sample,
    firm_sums,
    market_deviations,
    product_slopes,
    product_sums,
    slopes,
    small_sample,
    within,
)
from tradedig_helpers.measure.quality import demand_residual

ESTIMATORS: Mapping[str, str] = {
    "lagged price": "lagged price",
    "other destinations": "other destinations",
    "least squares": "log_price",
}
PRICE = "least squares"
"""The estimator that takes the price for its own instrument."""
COUNTS = ["n", "markets", "firms"]


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
    sample: IntoFrame,
    *,
    min_firms: int = MIN_FIRMS,
    min_first_stage: float = MIN_FIRST_STAGE,
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

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame or bad columns, or if a rule leaves no flow.
    """
    every = checked_sample(sample, list(INSTRUMENTS))
    kept, ledger = every, Ledger()
    for name in INSTRUMENTS:
        found = slopes(market_deviations(every, name))
        kept, ledger = keep_strong(
            kept, found, ledger, min_firms=min_firms, min_first_stage=min_first_stage
        )
    deviations = {"y": within("log_quantity")}
    deviations |= {name: within(column) for name, column in ESTIMATORS.items()}
    moments = {f"{name}, {other}": (name, other) for name in ESTIMATORS for other in ("y", PRICE)}
    firms, products = _sums(kept.with_columns(**deviations), moments)
    fits = {name: _fit(name, firms, products) for name in ESTIMATORS}
    return Comparison(
        _overidentification(firms, products, fits), _hausman(firms, products, fits), ledger
    )


def instrument_truth(sample: IntoFrame, instrument: str) -> pd.DataFrame:
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

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame or bad columns, a quantity or price that is not positive,
        σ ≤ 1, or a market with several σ.
    """
    checked_sample(sample, [instrument], positive=["quantity", "price"])
    graded = checked_sample(demand_residual(sample), [instrument])
    deviations = market_deviations(graded, instrument)
    weighted = {"sz": nw.col("sigma") * nw.col("z"), "lz": (nw.col("sigma") - 1) * nw.col("z")}
    moments = {
        "zx": ("z", "x"), "zy": ("z", "y"), "zl": ("z", "log_quality"), "zz": ("z", "z"),
        "xx": ("x", "x"), "ll": ("log_quality", "log_quality"),
        "szx": ("sz", "x"), "szl": ("lz", "log_quality"),
    }  # fmt: skip
    _, sums = _sums(deviations.with_columns(**weighted), moments)
    columns = {
        "sigma_hat": -sums["zy"] / sums["zx"],
        "sigma_mean": sums["szx"] / sums["zx"],
        "quality_share": sums["zl"] / sums["zx"],
        "bias": -sums["szl"] / sums["zx"],
        "corr_quality": sums["zl"] / np.sqrt(sums["zz"] * sums["ll"]),
        "corr_price": sums["zx"] / np.sqrt(sums["zz"] * sums["xx"]),
    }
    return sums[COUNTS].assign(**columns).reset_index()


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


@dataclass(frozen=True, slots=True)
class _Fit:
    """A slope of every product, and the scores of its firms.

    Attributes
    ----------
    slope : by product
    influence : by product and firm, how much the firm moves the slope of the product
    """

    slope: pd.Series
    influence: pd.Series


def _sums(
    deviations: Frame, moments: Mapping[str, tuple[str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ``moments`` summed by product and firm, and by product."""
    by_firm = materialize(firm_sums(deviations, moments))
    by_product = compute(product_sums(deviations, by_firm)).to_pandas()
    firms = compute(by_firm).to_pandas().astype({"product": str})
    return firms, by_product.astype({"product": str}).set_index("product").sort_index()


def _fit(name: str, firms: pd.DataFrame, products: pd.DataFrame) -> _Fit:
    """Return the slope of ln q on ln p with the instrument of one estimator."""
    above, below = f"{name}, y", f"{name}, {PRICE}"
    slope = products[above] / products[below]
    score = firms[above] - firms["product"].map(slope) * firms[below]
    return _Fit(slope, score / firms["product"].map(products[below]))


def _overidentification(
    firms: pd.DataFrame, products: pd.DataFrame, fits: Mapping[str, _Fit]
) -> pd.DataFrame:
    """Return σ-hat of every estimator by product, and J of the two instruments."""
    one, two = (fits[name] for name in INSTRUMENTS)
    difference = two.slope - one.slope
    squares = ((two.influence - one.influence) ** 2).groupby(firms["product"]).sum()
    small = small_sample(products["n"], products["markets"] + 1, products["firms"])
    error = np.sqrt(squares * small)
    sigmas = {name: -fit.slope for name, fit in fits.items()}
    tests = {"difference": difference, "std_error": error, "J": (difference / error) ** 2}
    frame = products[COUNTS].assign(**sigmas, **tests).reset_index()
    return frame.assign(p=chi2.sf(frame["J"], 1))


def _hausman(firms: pd.DataFrame, products: pd.DataFrame, fits: Mapping[str, _Fit]) -> pd.DataFrame:
    """Return the difference of mean σ-hat over flows of each pair of estimators."""
    n = int(products["n"].sum())
    coefficients = int(products["markets"].sum()) + len(products)
    small = small_sample(n, coefficients, firms["firm"].nunique())
    weight = products["n"] / n
    rows = []
    for first, second in combinations(fits, 2):
        one, two = fits[first], fits[second]
        difference = float((weight * (two.slope - one.slope)).sum())
        influence = (two.influence - one.influence) * firms["product"].map(weight)
        scores = influence.groupby(firms["firm"]).sum()
        error = float(np.sqrt(small * (scores**2).sum()))
        rows.append((first, second, difference, error))
    frame = pd.DataFrame(rows, columns=["first", "second", "difference", "std_error"])
    z = frame["difference"] / frame["std_error"]
    return frame.assign(z=z, p=chi2.sf(z**2, 1))
