"""Slopes within markets, for all products at once: the grouped algebra of equation (11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from pandas.api.typing import SeriesGroupBy

from tradedig_helpers.measure.checks import require_columns
from tradedig_helpers.measure.quality import MARKET

Numeric = TypeVar("Numeric", float, "pd.Series[Any]")

NEEDED = [*MARKET, "firm", "sigma", "log_price", "log_quantity"]
ROUNDING = 1e-10  # log points; deviations this small are rounding error, not variation
SMALL_SAMPLE = (
    "CRV1, clustered by firm within the product, times (N-1)/(N-K) x G/(G-1); "
    "K counts the slope and the destination-year effects"
)


def product_slopes(sample: pd.DataFrame, instrument: str) -> pd.DataFrame:
    """Return the demand slope of equation (11) of every product, and its first stage.

    Parameters
    ----------
    sample : as ``demand_sample`` gives it
    instrument : its column; ``"log_price"`` gives least squares

    Returns
    -------
    DataFrame
        One row per ``product``: ``n`` flows, ``markets``, ``firms``; ``sigma_hat`` with
        ``std_error`` (see ``SMALL_SAMPLE``); ``first_stage`` and its robust
        ``first_stage_F``; ``reduced_form`` (of ln q on the instrument); ``sigma_ols``; and
        ``sigma_table``, the mean over flows of σ.
        Estimates are missing where price or instrument does not vary within markets, the
        errors also where there is one firm or no degree of freedom.

    Notes
    -----
    Destination-year effects are absorbed by deviations from market means (Frisch, Waugh
    and Lovell). With one regressor and one instrument every estimate is then a ratio of
    two sums over the flows of a product.
    """
    require_columns(sample, [*NEEDED, instrument], "sample")
    y, x, z = (within(sample, name) for name in ("log_quantity", "log_price", instrument))
    demand, first = grouped_slope(sample, y, x, z), grouped_slope(sample, x, z, z)
    first_error = clustered_error(first.influence, sample)
    estimates = pd.DataFrame(
        {
            "sigma_hat": -demand.estimate,
            "std_error": clustered_error(demand.influence, sample),
            "first_stage": first.estimate,
            "first_stage_F": (first.estimate / first_error) ** 2,
            "reduced_form": grouped_slope(sample, y, z, z).estimate,
            "sigma_ols": -grouped_slope(sample, y, x, x).estimate,
        }
    )
    moves = by_product(x.abs() > ROUNDING, sample).any()
    moves &= by_product(z.abs() > ROUNDING, sample).any()
    table = by_product(sample["sigma"], sample).mean().rename("sigma_table")
    return count_by_product(sample).join([estimates[moves], table]).reset_index()


@dataclass(frozen=True, slots=True)
class GroupedSlope:
    """A slope for every product.

    Attributes
    ----------
    estimate : by product
    influence : by flow, how much it moves the slope of its product at the margin
    """

    estimate: pd.Series
    influence: pd.Series


def grouped_slope(
    sample: pd.DataFrame, outcome: pd.Series, regressor: pd.Series, instrument: pd.Series
) -> GroupedSlope:
    """Return the instrumented slope of ``outcome`` on ``regressor`` of every product.

    All three are deviations from market means, one for each flow of ``sample``.
    """
    relevance = by_product(instrument * regressor, sample).transform("sum")
    slope = by_product(instrument * outcome, sample).transform("sum") / relevance
    influence = instrument * (outcome - slope * regressor) / relevance
    return GroupedSlope(by_product(slope, sample).first(), influence)


def clustered_error(influence: pd.Series, sample: pd.DataFrame) -> pd.Series:
    """Return the standard error by product of a slope with this influence of its flows.

    Its convention is ``SMALL_SAMPLE``; it is missing where that has no degree of freedom.
    """
    scores = influence.groupby([sample["product"], sample["firm"]], observed=True).sum()
    variance = (scores**2).groupby(level="product", observed=True).sum()
    counts = count_by_product(sample)
    small = small_sample(counts["n"], counts["markets"] + 1, counts["firms"])
    return (variance * small.where(np.isfinite(small) & (small > 0))) ** 0.5


def small_sample(n: Numeric, coefficients: Numeric, clusters: Numeric) -> Numeric:
    """Return the factor (N-1)/(N-K) x G/(G-1) of a clustered variance."""
    return (n - 1) / (n - coefficients) * clusters / (clusters - 1)


def within(sample: pd.DataFrame, column: str) -> pd.Series:
    """Return the deviations of a column from its market means in ``sample``."""
    market = sample.groupby(MARKET, observed=True, sort=False)[column]
    return sample[column] - market.transform("mean")


def count_by_product(sample: pd.DataFrame) -> pd.DataFrame:
    """Return flows, markets and firms of every product."""
    markets = sample.drop_duplicates(MARKET)
    firms = sample.drop_duplicates(["product", "firm"])
    return pd.DataFrame(
        {
            "n": by_product(sample["product"], sample).size(),
            "markets": by_product(markets["product"], markets).size(),
            "firms": by_product(firms["product"], firms).size(),
        }
    )


def by_product(values: pd.Series, sample: pd.DataFrame) -> SeriesGroupBy[Any, Any]:
    """Return ``values`` grouped by the product of their flow."""
    return values.groupby(sample["product"], observed=True)
