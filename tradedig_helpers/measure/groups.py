"""The groups of firms that Table 7 compares."""

from __future__ import annotations

from typing import Literal, get_args

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.measure.checks import (
    Rule,
    checked,
    require_above,
    require_columns,
    require_key,
)
from tradedig_helpers.measure.engine import floats, unwrap, wrap

KEY = ["firm", "year"]
ACCOUNTS = ["employees", "fixed_assets", "sales", "founded"]
SizeClass = Literal["micro", "small", "medium", "large"]
SIZE_LIMITS = {"small": (20, 3_000), "medium": (300, 20_000), "large": (1_000, 400_000)}
"""Employees and sales (1,000 yuan) that an industrial firm of each class needs, both."""
STARTUP_AGE = 2


def size_class(firms: pd.DataFrame) -> pd.Series:
    """Return the size class of each firm-year by employees and sales.

    The limits are those for industry in the classification of the National Bureau of
    Statistics of China of 2017. A firm that misses one of the two limits of a class is
    in the class below.

    Raises
    ------
    TypeError, ValueError
        If ``employees`` (persons) or ``sales`` (1,000 yuan) is absent or not a positive
        number.
    """
    require_columns(firms, ["employees", "sales"], "firms")
    require_above(firms, ["employees", "sales"], "firms")
    reached = np.zeros(len(firms), dtype=int)
    for employees, sales in SIZE_LIMITS.values():
        reached += ((firms["employees"] >= employees) & (firms["sales"] >= sales)).to_numpy()
    labels = pd.Index(get_args(SizeClass))
    return pd.Series(pd.Categorical.from_codes(reached, labels), index=firms.index, name="size")


def measure_groups(firms: pd.DataFrame, flows: IntoFrame) -> pd.DataFrame:
    """Return the groups of each firm-year that exports and has accounts, as true/false columns.

    ``small``: micro or small by :func:`size_class`. ``capital_intensive``: among the top
    third of fixed assets per employee of the firm-years returned. ``startup``: at most
    ``STARTUP_AGE`` years old, the founding year counted as the first. ``ordinary``: at
    least half of the export value by ordinary trade.

    Parameters
    ----------
    firms : ``firm``, ``year``, ``employees``, ``fixed_assets``, ``sales``, ``founded``
    flows : ``firm``, ``year``, ``mode``, ``value``, of any supported engine

    Raises
    ------
    TypeError, ValueError
        On missing columns or values, a year before the founding, two rows for the same firm
        and year, or if no firm-year is in both frames.
    """
    _require_accounts(firms)
    shares = wrap(ordinary_share(flows), "flows").collect().to_pandas()
    exporters = firms[[*KEY, *ACCOUNTS]].merge(shares, on=KEY, validate="1:1")
    if exporters.empty:
        raise ValueError(
            f"none of {len(shares)} firm-years of flows is among {len(firms)} of firms; "
            "give both the same firm numbers and years"
        )
    intensity = exporters["fixed_assets"] / exporters["employees"]
    return exporters[KEY].assign(
        small=size_class(exporters).isin(["micro", "small"]),
        capital_intensive=intensity > intensity.quantile(2 / 3),
        startup=exporters["year"] - exporters["founded"] + 1 <= STARTUP_AGE,
        ordinary=exporters["ordinary_share"] >= 0.5,
    )


def ordinary_share(flows: IntoFrameT) -> IntoFrameT:
    """Return ``ordinary_share``, that of ordinary trade in each firm-year's export value."""
    frame = checked(flows, "flows", present=[*KEY, "mode"], positive=["value"])
    plain = nw.when(nw.col("mode") == "ordinary").then(nw.col("value")).otherwise(0)
    sums = (
        frame.with_columns(value=floats("value"))
        .select(*KEY, "value", plain=plain)
        .group_by(*KEY)
        .agg(nw.col("value", "plain").sum())
    )
    share = nw.col("plain") / nw.col("value")
    return unwrap(sums.select(*KEY, ordinary_share=share), flows, sort=KEY)


def _require_accounts(firms: pd.DataFrame) -> None:
    """Raise unless the accounts are there, one row each, and no firm is older than its founding."""
    unborn = Rule(
        nw.col("founded") > nw.col("year"),
        "firms.founded is later than the year in {bad} of {rows} rows; repair or drop them",
    )
    numbers = ["year", "fixed_assets", "founded"]
    checked(
        firms, "firms", present=["firm"], numbers=numbers, positive=["employees", "sales"],
        rules=[unborn],
    )  # fmt: skip
    require_key(firms, KEY, "firms")
