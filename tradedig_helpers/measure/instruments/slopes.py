"""Slopes within markets, for all products at once: the grouped algebra of equation (11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import Frame, floats, materialize, unwrap, whole, wrap
from tradedig_helpers.frames.options import require_names
from tradedig_helpers.measure.flows import MARKET
from tradedig_helpers.schema.checks import checked

Numeric = TypeVar("Numeric", float, "pd.Series[Any]", nw.Expr)

NUMBERS = ("sigma", "log_price", "log_quantity")
NO_DEVIATION = 1e-10  # log points; deviations this small are rounding error, not variation
SLOPE_ERRORS = (
    "CRV1, clustered by firm within the product, times (N-1)/(N-K) x G/(G-1); "
    "K counts the slope and the destination-year effects"
)
MOMENTS = {"zy": ("z", "y"), "zx": ("z", "x"), "zz": ("z", "z"), "xy": ("x", "y"), "xx": ("x", "x")}


def product_slopes(sample: IntoFrameT, instrument: str) -> IntoFrameT:
    """Return the demand slope of equation (11) of every product, and its first stage.

    Parameters
    ----------
    sample : as ``demand_sample`` gives it
    instrument : its column; ``"log_price"`` gives least squares

    Returns
    -------
    frame
        One row per ``product``: ``n`` flows, ``markets``, ``firms``; ``sigma_hat`` with
        ``std_error`` (see ``SLOPE_ERRORS``); ``first_stage`` and its robust
        ``first_stage_F``; ``reduced_form`` (of ln q on the instrument); ``sigma_ols``; and
        ``sigma_table``, the mean over flows of σ.
        Estimates are missing where price or instrument does not vary within markets, the
        errors also where there is one firm or no degree of freedom.

    Raises
    ------
    TypeError, ValueError
        On an unsupported frame, or a column that is absent, missing in a row, no code, no
        year or no number.

    Notes
    -----
    Destination-year effects are absorbed by deviations from market means (Frisch, Waugh
    and Lovell): y of ln q, x of ln p and z of the instrument. The slope of a product is
    Σzy/Σzx, and the sum of its scores over the flows of a firm Σzy - slope Σzx, with sums
    of that firm. So one pass over the flows, by product and firm, gives all there is.
    """
    deviations = market_deviations(checked_sample(sample, [instrument]), instrument)
    return unwrap(slopes(deviations), sample, sort=["product"])


def checked_sample(
    sample: IntoFrame, instruments: Sequence[str], positive: Sequence[str] = ()
) -> Frame:
    """Return what ``demand_sample`` gives as a narwhals frame, after the checks of every slope."""
    numbers = list(dict.fromkeys([*NUMBERS, *require_names(instruments, "instrument")]))
    there = wrap(sample, "sample", ()).collect_schema().names()
    frame = checked(
        sample,
        "sample",
        present=[*MARKET, "firm"],
        numbers=numbers,
        optional_numbers=[name for name in ("value",) if name in there],
        positive=positive,
        years=["year"],
        codes=["product"],
    )
    return frame.with_columns(floats(*numbers))


def market_deviations(sample: Frame, instrument: str) -> Frame:
    """Add ``y``, ``x`` and ``z``: ln q, ln p and the instrument less their market means."""
    columns = {"y": "log_quantity", "x": "log_price", "z": instrument}
    return sample.with_columns(**{name: within(column) for name, column in columns.items()})


def within(column: str) -> nw.Expr:
    """Return a column less its market means."""
    return nw.col(column) - nw.col(column).mean().over(*MARKET)


def slopes(deviations: Frame) -> Frame:
    """Return what ``product_slopes`` does, of a sample with its ``y``, ``x`` and ``z``."""
    firms = materialize(firm_sums(deviations, MOMENTS))
    products = materialize(_estimates(product_sums(deviations, firms)))
    return products.join(_errors(firms, products), on="product", how="left").select(
        *("product", "n", "markets", "firms"),
        *("sigma_hat", "std_error", "first_stage", "first_stage_F"),
        *("reduced_form", "sigma_ols", "sigma_table"),
    )


def firm_sums(deviations: Frame, moments: Mapping[str, tuple[str, str]]) -> Frame:
    """Return sums over the flows of each product and firm: ``n``, ``sigma`` and ``moments``.

    A moment is the product of two columns of deviations.
    """
    products = {name: nw.col(one) * nw.col(two) for name, (one, two) in moments.items()}
    return (
        deviations.select("product", "firm", "sigma", **products)
        .group_by("product", "firm")
        .agg(nw.col("sigma", *moments).sum(), n=nw.len())
    )


def product_sums(deviations: Frame, firms: Frame) -> Frame:
    """Return the sums of ``firms`` by product, and how many ``firms`` and ``markets`` it has."""
    summed = [name for name in firms.collect_schema().names() if name not in ("product", "firm")]
    markets = deviations.select(*MARKET).unique().group_by("product").agg(markets=nw.len())
    return (
        firms.group_by("product")
        .agg(nw.col(*summed).sum(), firms=nw.len())
        .join(markets, on="product", how="left")
        .with_columns(*(whole(name) for name in ("n", "markets", "firms")))
    )


def small_sample(n: Numeric, coefficients: Numeric, clusters: Numeric) -> Numeric:
    """Return the factor (N-1)/(N-K) x G/(G-1) of a clustered variance."""
    return (n - 1) / (n - coefficients) * clusters / (clusters - 1)


def _estimates(sums: Frame) -> Frame:
    """Add the slopes of each product, missing where price or instrument does not move."""
    moment = {name: nw.col(name) for name in MOMENTS}
    moves = (moment["xx"] > NO_DEVIATION**2) & (moment["zz"] > NO_DEVIATION**2)
    ratios = {
        "sigma_hat": (-moment["zy"], moment["zx"]),
        "first_stage": (moment["zx"], moment["zz"]),
        "reduced_form": (moment["zy"], moment["zz"]),
        "sigma_ols": (-moment["xy"], moment["xx"]),
    }
    estimates = {
        name: nw.when(moves & (below != 0)).then(above / below)
        for name, (above, below) in ratios.items()
    }
    return sums.with_columns(**estimates, sigma_table=nw.col("sigma") / nw.col("n"))


def _errors(firms: Frame, products: Frame) -> Frame:
    """Return ``std_error`` of σ-hat and ``first_stage_F`` by product, clustered by firm."""
    estimates = products.select("product", "sigma_hat", "first_stage")
    demand = nw.col("zy") + nw.col("sigma_hat") * nw.col("zx")
    first = nw.col("zx") - nw.col("first_stage") * nw.col("zz")
    spread = (
        firms.join(estimates, on="product", how="left")
        .select("product", demand=demand * demand, first=first * first)
        .group_by("product")
        .agg(nw.col("demand", "first").sum())
    )
    n, coefficients, clusters = nw.col("n"), nw.col("markets") + 1, nw.col("firms")
    certain = (n > coefficients) & (clusters > 1) & ~nw.col("sigma_hat").is_null()
    small = small_sample(n, coefficients, clusters)
    variance = nw.col("first") * small
    strength = nw.when(variance > 0).then(nw.col("zx") * nw.col("zx") / variance)
    return products.join(spread, on="product", how="left").select(
        "product",
        std_error=nw.when(certain).then((nw.col("demand") * small).sqrt() / nw.col("zx").abs()),
        first_stage_F=nw.when(certain).then(strength.otherwise(float("inf"))),
    )
