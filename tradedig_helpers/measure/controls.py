"""The firm controls of Table 2 from raw accounts, each declared once with its formula."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import Needs, require_each, require_same_kind, year_rule
from tradedig_helpers.schema.declare import FIRST_FOUNDED

FOREIGN_THRESHOLD = 0.25
YUAN = 1_000.0
NOT_NEGATIVE = ("fixed_assets", "wages_payable", "patents")
"""What is a stock or a count; less than none is a slip of the accounts, and counts as missing."""
POSITIVE = ("employees", "total_assets", "sales")
"""What every firm has; a firm-year without it is no observation of a firm at work."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control: its name in the paper, what it stands for, its formula and its argument.

    Attributes
    ----------
    name, meaning : the paper's name, and the trait that it measures
    formula : LaTeX, with the columns of the accounts in words
    unit : unit of the number inside the logarithm
    accounts : the columns that it is made of
    argument : what the logarithm is taken of, from accounts by name; None where the
        control is no logarithm of accounts
    """

    name: str
    meaning: str
    formula: str
    unit: str
    accounts: tuple[str, ...] = ()
    argument: Callable[[Any], Any] | None = None


def age(year: Any, founded: Any) -> Any:
    """Return the age of firms in years, that of the founding counting as one."""
    return year - founded + 1


CONTROL_FORMULAS = (
    Control(
        "lnsca", "size", r"\ln(\text{employees})", "persons", ("employees",),
        lambda firms: firms["employees"],
    ),
    Control(
        "lnage", "age", r"\ln(\text{year} - \text{founding year} + 1)", "years",
        ("year", "founded"),
        lambda firms: age(firms["year"], firms["founded"]),
    ),
    Control(
        "lncap", "capital intensity", r"\ln(\text{fixed assets}/\text{employees} + 1)",
        "1,000 yuan per person", ("fixed_assets", "employees"),
        lambda firms: firms["fixed_assets"] / firms["employees"] + 1,
    ),
    Control(
        "lnpwa", "wages", r"\ln(\text{wages payable}/\text{employees} + 1)",
        "1,000 yuan per person", ("wages_payable", "employees"),
        lambda firms: firms["wages_payable"] / firms["employees"] + 1,
    ),
    Control(
        "lnfir", "financial pressure", r"\ln(\text{interest}/\text{total assets} + 1)",
        "yuan per yuan", ("interest", "total_assets"),
        lambda firms: firms["interest"] / firms["total_assets"] + 1,
    ),
    Control(
        "lnpro", "profitability", r"\ln(\text{profit}/\text{sales} + 1)", "yuan per yuan",
        ("profit", "sales"),
        lambda firms: firms["profit"] / (YUAN * firms["sales"]) + 1,
    ),
    Control(
        "foe", "foreign-owned", r"1[\text{foreign share} \geq 25\%]", "0 or 1",
        ("foreign_share",),
    ),
    Control(
        "lninn", "innovation", r"\ln(\text{patent applications} + 1)", "applications",
        ("patents",),
        lambda firms: firms["patents"] + 1,
    ),
    Control(
        "lntfp", "productivity", r"y - \hat b_l\, l - \hat b_k\, k",
        "value added per bundle of inputs",
    ),
)  # fmt: skip
MOST = 0.5
"""If more than this part of positive foreign shares is above one, they are in percent."""
FOUNDED = year_rule(
    "founded",
    "firms",
    "give the year of the founding in four digits, or leave it empty",
    FIRST_FOUNDED,
)
OF_ACCOUNTS = tuple(
    sorted((one for one in CONTROL_FORMULAS if one.accounts), key=lambda one: one.argument is None)
)
"""All controls but productivity, which is estimated: the logarithms, then foe."""


def foreign_owned(share: Any) -> Any:
    """Tell of shares of foreign capital, from 0 to 1, whether the firm counts as foreign-owned."""
    return share >= FOREIGN_THRESHOLD


@own_names
def measure_controls(
    firms: pd.DataFrame,
    productivity: pd.DataFrame | None = None,
    *,
    firm: str = "firm",
    year: str = "year",
) -> pd.DataFrame:
    """Return the firm controls of each firm-year, in the units of the paper.

    An account may be missing, but not ``employees``, ``total_assets`` or ``sales``, by which
    others are divided. A control is missing where an account that it is made of is, where one
    of ``NOT_NEGATIVE`` is negative, or where the argument of its logarithm is not positive, as
    that of ``lnpro`` for a loss as large as sales. Interest may be negative: net income from it.

    Parameters
    ----------
    firms : one row for each ``firm`` and ``year`` with ``founded``, ``employees``,
        ``fixed_assets``, ``wages_payable`` and ``sales`` (1,000 yuan), ``interest``,
        ``total_assets`` and ``profit`` (yuan), ``patents`` and ``foreign_share`` (0 to 1)
    productivity : ``firm``, ``year``, ``lntfp``, such as the frame of ``olley_pakes``
    firm, year : names of the firm and the year in the frames, and in the answer

    Returns
    -------
    DataFrame
        In the order of ``firms`` and with its index: ``firm``, ``year``, the seven logarithms
        in ``CONTROL_FORMULAS``, ``foe`` (1 if the foreign share is at least 25%) and, if
        productivity is given, ``lntfp``, missing in firm-years that it does not cover.

    Raises
    ------
    TypeError, ValueError
        If a frame is no pandas frame, a column is absent or infinite, employees, total assets
        or sales are missing or not positive, the foreign share is not a share, a key repeats
        or is of two kinds, a control is defined in no row, or productivity covers none.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm": [1, 2], "year": 2004, "founded": [1994, 2001]})
    >>> firms = firms.assign(employees=[100, 40], fixed_assets=[5_000, 900], sales=[20_000, 4_000])
    >>> firms = firms.assign(wages_payable=1_200, total_assets=9_000_000, profit=[800_000, -90_000])
    >>> firms = firms.assign(interest=90_000, patents=[3, 0], foreign_share=[0.3, 0.0])
    >>> measure_controls(firms)[["firm", "lnsca", "lnage", "lncap", "lnpro", "foe"]].round(2)
       firm  lnsca  lnage  lncap  lnpro  foe
    0     1   4.61   2.40   3.93   0.04  1.0
    1     2   3.69   1.39   3.16  -0.02  0.0
    """
    own = OwnNames(firm, year)
    firms, productivity = own.taken(firms, "firms"), own.taken(productivity, "productivity")
    accounts = plain(firms, "firms")
    columns = list(dict.fromkeys(name for one in OF_ACCOUNTS for name in one.accounts))
    require_each(
        accounts,
        "firms",
        Needs(columns=[*FIRM_YEAR, *columns], key=FIRM_YEAR),
        *(accounts_needed(one.accounts) for one in OF_ACCOUNTS),
    )
    found = pd.concat(
        [accounts[FIRM_YEAR], *(compute_control(accounts, one) for one in OF_ACCOUNTS)], axis=1
    )
    if productivity is not None:
        found = with_productivity(found, _checked_productivity(productivity, found))
    return own.given_back(found.set_axis(firms.index))


def accounts_needed(names: Sequence[str], gaps: Collection[str] = ()) -> Needs:
    """Return what accounts must satisfy for a measure that is made of the columns ``names``.

    Columns among ``gaps`` may be missing also where every firm should have them; see
    :func:`without_bad_cells`.
    """
    positive = [name for name in names if name in POSITIVE and name not in gaps]
    others = [name for name in names if name not in (*positive, "year")]
    return Needs(
        columns=names,
        positive=positive,
        years=[name for name in names if name == "year"],
        optional_numbers=others,
        some=others,
        rules=[FOUNDED] if "founded" in others else [],
    )


def compute_control(accounts: pd.DataFrame, control: Control) -> pd.Series:
    """Return one control of :func:`measure_controls`, of accounts that are known to be good.

    They are what :func:`accounts_needed` asks for; it is missing where it is undefined.

    Raises
    ------
    ValueError
        If the control is defined in no row, or the foreign share is not a share.
    """
    numbers = known_amounts(accounts[list(control.accounts)].astype(float))
    if control.argument is None:
        return _foreign(numbers["foreign_share"]).rename(control.name)
    argument = control.argument(numbers)
    made_of = " and ".join(f"firms.{name}" for name in control.accounts)
    message = f"the argument of {control.name}, of {made_of}, must exceed 0; it does not"
    require_some(argument > 0, message)
    logarithm: pd.Series = np.log(argument.where(argument > 0))
    return logarithm.rename(control.name)


def known_amounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return ``accounts`` with stocks and counts that are negative missing."""
    stocks = [name for name in NOT_NEGATIVE if name in accounts]
    return accounts.assign(**{name: accounts[name].where(accounts[name] >= 0) for name in stocks})


def without_bad_cells(accounts: pd.DataFrame) -> tuple[pd.DataFrame, Ledger]:
    """Return ``accounts`` whose cells that cannot be are missing, counted column by column.

    Such are ``employees``, ``total_assets`` and ``sales`` that are not positive, other accounts
    that are infinite, one of ``NOT_NEGATIVE`` below zero, a founding year that is none, or later
    than the year, and a foreign share outside 0 to 1. A column without a good cell stays as it
    is: it is wrong itself, and refused where it is used; so are shares in percent.
    """
    good = {name: f"{name} is positive" for name in POSITIVE}
    good |= {name: f"{name} is not negative" for name in NOT_NEGATIVE}
    good |= {name: f"{name} is finite" for one in OF_ACCOUNTS for name in one.accounts
             if name not in (*good, "year")}  # fmt: skip
    good["founded"] = "founded is a year, and not after that of the accounts"
    good["foreign_share"] = "foreign_share is from 0 to 1"
    ledger, repaired = Ledger(), {}
    for name, rule in good.items():
        if name not in accounts or not is_numeric_dtype(accounts[name]):
            continue
        values = accounts[name].astype(float)
        bad = ~_is_good(name, values, accounts["year"])
        if name not in POSITIVE:
            bad &= values.notna()
        percent = name == "foreign_share" and (values[values > 0] > 1).mean() > MOST
        if bad.any() and (~bad & values.notna()).any() and not percent:
            repaired[name] = values.mask(bad)
            ledger = ledger.record(rule, "firm-years", len(bad), int((~bad).sum()))
    return accounts.assign(**repaired), ledger


def _is_good(name: str, values: pd.Series, year: pd.Series) -> pd.Series:
    """Tell which accounts are numbers that can be."""
    good: pd.Series = np.isfinite(values)
    if name in POSITIVE:
        good &= values > 0
    elif name in NOT_NEGATIVE:
        good &= values >= 0
    elif name == "foreign_share":
        good &= values.between(0, 1)
    elif name == "founded" and is_numeric_dtype(year):
        good &= (values >= FIRST_FOUNDED) & (values <= year) & (values == np.floor(values))
    return good


def _foreign(share: pd.Series) -> pd.Series:
    """Return 1 where the foreign share reaches the threshold, else 0; missing where it is."""
    if outside := int((~share.between(0, 1) & share.notna()).sum()):
        raise ValueError(
            f"firms.foreign_share lies outside 0 to 1 in {outside} of {len(share)} rows; "
            "give shares, not percent"
        )
    owned: pd.Series = foreign_owned(share)
    return owned.astype(float).where(share.notna())


def require_some(defined: pd.Series, message: str) -> None:
    """Raise unless a row is defined: where none is, the column is wrong, not the firms."""
    if not defined.any():
        raise ValueError(
            f"{message} in {len(defined)} of {len(defined)} rows; see whether its unit and its "
            "source are right"
        )


def _checked_productivity(productivity: pd.DataFrame, controls: pd.DataFrame) -> pd.DataFrame:
    """Return productivity in plain form, after its checks."""
    known = plain(productivity, "productivity")
    columns = [*FIRM_YEAR, "lntfp"]
    require_each(
        known, "productivity", Needs(columns=columns, key=FIRM_YEAR), Needs(numbers=["lntfp"])
    )
    require_same_kind(controls, known, FIRM_YEAR, "firms", "productivity")
    return known


def with_productivity(controls: pd.DataFrame, productivity: pd.DataFrame) -> pd.DataFrame:
    """Return ``controls`` with ``lntfp`` of the same firm and year, missing where there is none."""
    merged = controls.merge(
        productivity[[*FIRM_YEAR, "lntfp"]], on=FIRM_YEAR, how="left", validate="1:1"
    )
    if merged["lntfp"].isna().all():
        raise ValueError(
            f"productivity covers none of the {len(controls)} firm-years of firms; "
            "measure it on the same firm numbers and years"
        )
    return merged
