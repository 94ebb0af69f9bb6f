"""The firm controls of Table 2 from raw accounts, each declared once with its formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import (
    require_above,
    require_columns,
    require_key,
    require_numbers,
)

KEY = ["firm", "year"]
FOREIGN_THRESHOLD = 0.25
YUAN = 1_000.0
POSITIVE = ("employees", "total_assets", "sales")
FINITE = ("founded", "fixed_assets", "wages_payable", "interest", "profit", "patents")


@dataclass(frozen=True, slots=True)
class Control:
    """A control: its name in the paper, what it stands for, its formula and its argument.

    Attributes
    ----------
    name, meaning : the paper's name, and the trait that it measures
    formula : LaTeX, with the columns of the accounts in words
    unit : unit of the number inside the logarithm
    argument : what the logarithm is taken of, from a frame of accounts; None where the
        control is no logarithm of accounts
    """

    name: str
    meaning: str
    formula: str
    unit: str
    argument: Callable[[pd.DataFrame], pd.Series] | None = None


CONTROLS = (
    Control(
        "lnsca", "size", r"\ln(\text{employees})", "persons",
        lambda firms: firms["employees"],
    ),
    Control(
        "lnage", "age", r"\ln(\text{year} - \text{founding year} + 1)", "years",
        lambda firms: firms["year"] - firms["founded"] + 1,
    ),
    Control(
        "lncap", "capital intensity", r"\ln(\text{fixed assets}/\text{employees} + 1)",
        "1,000 yuan per person",
        lambda firms: firms["fixed_assets"] / firms["employees"] + 1,
    ),
    Control(
        "lnpwa", "wages", r"\ln(\text{wages payable}/\text{employees} + 1)",
        "1,000 yuan per person",
        lambda firms: firms["wages_payable"] / firms["employees"] + 1,
    ),
    Control(
        "lnfir", "financial pressure", r"\ln(\text{interest}/\text{total assets} + 1)",
        "yuan per yuan",
        lambda firms: firms["interest"] / firms["total_assets"] + 1,
    ),
    Control(
        "lnpro", "profitability", r"\ln(\text{profit}/\text{sales} + 1)", "yuan per yuan",
        lambda firms: firms["profit"] / (YUAN * firms["sales"]) + 1,
    ),
    Control("foe", "foreign-owned", r"1[\text{foreign share} \geq 25\%]", "0 or 1"),
    Control(
        "lninn", "innovation", r"\ln(\text{patent applications} + 1)", "applications",
        lambda firms: firms["patents"] + 1,
    ),
    Control(
        "lntfp", "productivity", r"y - \hat b_l\, l - \hat b_k\, k",
        "value added per bundle of inputs",
    ),
)  # fmt: skip


def measure_controls(firms: pd.DataFrame, productivity: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the firm controls of each firm-year, in the units of the paper.

    Parameters
    ----------
    firms : DataFrame
        One row for each ``firm`` and ``year`` with ``founded``, ``employees``,
        ``fixed_assets``, ``wages_payable`` and ``sales`` (1,000 yuan), ``interest``,
        ``total_assets`` and ``profit`` (yuan), ``patents`` and ``foreign_share`` (0 to 1).
    productivity : DataFrame, optional
        ``firm``, ``year``, ``lntfp``, such as the frame of ``olley_pakes``.

    Returns
    -------
    DataFrame
        In the order of ``firms``: ``firm``, ``year``, the seven logarithms of
        accounts in ``CONTROLS``, ``foe`` (1 if the foreign share is at least 25%) and, if
        productivity is given, ``lntfp``, missing in firm-years that it does not cover.

    Raises
    ------
    TypeError, ValueError
        If a column is missing or not finite, if employees, total assets or sales are not
        positive, if the argument of a logarithm is not, if the foreign share is not a
        share, if a key repeats, or if productivity covers no firm-year at all.
    """
    require_columns(firms, [*KEY, *POSITIVE, *FINITE, "foreign_share"], "firms")
    require_key(firms, KEY, "firms")
    require_above(firms, POSITIVE, "firms")
    require_numbers(firms, ["year", *FINITE, "foreign_share"], "firms")
    if outside := int((~firms["foreign_share"].between(0, 1)).sum()):
        raise ValueError(
            f"firms.foreign_share lies outside 0 to 1 in {outside} of {len(firms)} rows; "
            "give shares, not percent"
        )
    numbers = firms[["year", *POSITIVE, *FINITE]].astype(float)
    arguments = pd.DataFrame(
        {one.name: one.argument(numbers) for one in CONTROLS if one.argument is not None}
    )
    require_above(arguments, list(arguments.columns), "argument of the logarithm")
    foreign = (firms["foreign_share"] >= FOREIGN_THRESHOLD).astype(float)
    controls = firms[KEY].join(arguments.apply(np.log)).assign(foe=foreign)
    return controls if productivity is None else _with_productivity(controls, productivity)


def _with_productivity(controls: pd.DataFrame, productivity: pd.DataFrame) -> pd.DataFrame:
    """Return ``controls`` with ``lntfp`` of the same firm and year."""
    require_columns(productivity, [*KEY, "lntfp"], "productivity")
    require_key(productivity, KEY, "productivity")
    require_numbers(productivity, ["lntfp"], "productivity")
    merged = controls.merge(productivity[[*KEY, "lntfp"]], on=KEY, how="left", validate="1:1")
    if merged["lntfp"].isna().all():
        raise ValueError(
            f"productivity covers none of the {len(controls)} firm-years of firms; "
            "measure it on the same firm numbers and years"
        )
    return merged.set_index(controls.index)
