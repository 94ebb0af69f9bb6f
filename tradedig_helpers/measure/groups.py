"""The groups of firms that Table 7 compares."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import Frame, compute, floats, unwrap, wrap
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.controls import accounts_needed, age, known_amounts
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import (
    Needs,
    Rule,
    checked,
    require_above,
    require_each,
    require_same_kind,
)
from tradedig_helpers.schema.tables import MODES, MODES_OF_CUSTOMS

ACCOUNTS = ["employees", "fixed_assets", "sales", "founded"]
NEEDED = {
    "small": ("employees", "sales"),
    "capital_intensive": ("fixed_assets", "employees"),
    "startup": ("year", "founded"),
}
"""The groups that are made of accounts, and of which; ``ordinary`` is made of flows."""
SizeClass = Literal["micro", "small", "medium", "large"]
SIZE_LIMITS = {"small": (20, 3_000), "medium": (300, 20_000), "large": (1_000, 400_000)}
"""Employees and sales (1,000 yuan) that an industrial firm of each class needs, both."""
STARTUP_AGE = 2
MOSTLY = 0.5
INTENSIVE_FROM = 2 / 3
"""The quantile of fixed assets per employee above which firm-years are capital-intensive."""
LISTED_MODES = 8
"""Unknown trade modes that an error lists."""
UNBORN = Rule(
    nw.col("founded") > nw.col("year"),
    "firms.founded is later than the year in {bad} of {rows} rows; repair or drop them",
)


def is_small(employees: Any, sales: Any) -> Any:
    """Return whether firms are small or micro: below a limit of the medium ones.

    Arrays or Series of persons and of 1,000 yuan; a missing amount is not below.
    """
    persons, revenue = SIZE_LIMITS["medium"]
    return (employees < persons) | (sales < revenue)


def is_startup(year: Any, founded: Any) -> Any:
    """Return whether firms are at most ``STARTUP_AGE`` years old; arrays or Series of years."""
    return age(year, founded) <= STARTUP_AGE


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
    accounts = plain(firms, "firms")
    require_above(accounts, ["employees", "sales"], "firms")
    reached = np.zeros(len(accounts), dtype=int)
    for employees, sales in SIZE_LIMITS.values():
        reached += ((accounts["employees"] >= employees) & (accounts["sales"] >= sales)).to_numpy()
    labels = pd.Index(get_args(SizeClass))
    return pd.Series(pd.Categorical.from_codes(reached, labels), index=firms.index, name="size")


@own_names
def measure_groups(
    firms: pd.DataFrame, flows: IntoFrame, *, firm: str = "firm", year: str = "year"
) -> pd.DataFrame:
    """Return the groups of each firm-year that exports and has accounts, as true/false columns.

    ``small``: micro or small by :func:`size_class`. ``capital_intensive``: among the top
    third of fixed assets per employee of the firm-years returned. ``startup``: at most
    ``STARTUP_AGE`` years old, the founding year counted as the first. ``ordinary``: at
    least half of the export value by ordinary trade. Where ``fixed_assets`` or ``founded`` is
    missing, so is the group made of it, in a column of pandas' ``boolean`` type; such a
    firm-year is in neither of the two samples. Firm-years in one of both frames alone are not
    returned: those of ``firms`` do not export, and of those of ``flows`` nothing is known.

    Parameters
    ----------
    firms : ``firm``, ``year``, ``employees``, ``fixed_assets``, ``sales``, ``founded``
    flows : ``firm``, ``year``, ``mode``, ``value``, of any supported engine
    firm, year : names of the firm and the year in the frames, and in the answer

    Raises
    ------
    TypeError, ValueError
        On missing columns or values, a year before the founding, two rows for the same firm
        and year, a trade mode that is unknown, or if no firm-year is in both frames.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm": [1, 2], "year": 2004, "employees": [80, 900]})
    >>> firms = firms.assign(fixed_assets=[900, 60_000], sales=[900, 50_000], founded=[2003, 1985])
    >>> flows = pd.DataFrame({"firm": [1, 2], "year": 2004, "mode": ["ordinary", "processing"]})
    >>> measure_groups(firms, flows.assign(value=10.0))
       firm  year  small  capital_intensive  startup  ordinary
    0     1  2004   True              False     True      True
    1     2  2004  False               True    False     False
    """
    own = OwnNames(firm, year)
    firms, flows = own.taken(firms, "firms"), own.taken(flows, "flows")
    accounts = plain(firms, "firms")
    known = Needs(columns=[*FIRM_YEAR, *ACCOUNTS], key=FIRM_YEAR)
    require_each(accounts, "firms", known, *map(group_needed, NEEDED))
    shares = compute(wrap(ordinary_share(flows), "flows")).to_pandas()
    require_same_kind(accounts, shares, FIRM_YEAR, "firms", "flows")
    exporters = accounts[[*FIRM_YEAR, *ACCOUNTS]].merge(shares, on=FIRM_YEAR, validate="1:1")
    if exporters.empty:
        raise ValueError(
            f"none of {len(shares)} firm-years of flows is among {len(firms)} of firms; "
            "give both the same firm numbers and years"
        )
    return own.given_back(compute_groups(exporters))


def compute_groups(exporters: pd.DataFrame) -> pd.DataFrame:
    """Return what :func:`measure_groups` does, of firm-years that are known to be good.

    ``exporters`` holds the accounts and ``ordinary_share`` of firm-years that export.
    """
    groups = {group: group_of(exporters, group) for group in NEEDED}
    return exporters[FIRM_YEAR].assign(**groups, ordinary=exporters["ordinary_share"] >= MOSTLY)


def group_needed(group: str, gaps: Collection[str] = ()) -> Needs:
    """Return what accounts must satisfy for a group of ``NEEDED``; see :func:`.accounts_needed`."""
    needs = accounts_needed(NEEDED[group], gaps)
    return Needs(**{**needs, "rules": [*needs["rules"], UNBORN]}) if group == "startup" else needs


def group_of(exporters: pd.DataFrame, group: str) -> pd.Series:
    """Return a group of ``NEEDED``, true or false, and missing where what it is made of is."""
    if group == "small":
        employees, sales = (exporters[name] for name in NEEDED[group])
        return _known(is_small(employees, sales), employees + sales)
    if group == "startup":
        year, founded = (exporters[name] for name in NEEDED[group])
        return _known(is_startup(year, founded), founded)
    intensity = known_amounts(exporters)["fixed_assets"] / exporters["employees"]
    return _known(intensity > intensity.quantile(INTENSIVE_FROM), intensity)


@own_names
def ordinary_share(flows: IntoFrameT, *, firm: str = "firm", year: str = "year") -> IntoFrameT:
    """Return ``ordinary_share``, that of ordinary trade in each firm-year's export value.

    Parameters
    ----------
    flows : ``firm``, ``year``, ``mode``, ``value``
    firm, year : names of the firm and the year in the frames, and in the answer

    Raises
    ------
    TypeError, ValueError
        On missing columns or values, or a trade mode that is none of ``MODES``, which is
        never counted as other trade.
    """
    own = OwnNames(firm, year)
    flows = own.taken(flows, "flows")
    frame = checked(flows, "flows", present=["firm", "mode"], years=["year"], positive=["value"])
    require_modes(frame)
    return own.given_back(unwrap(compute_ordinary_share(frame), flows, sort=FIRM_YEAR))


def compute_ordinary_share(flows: Frame) -> Frame:
    """Return what :func:`ordinary_share` does, of flows that are known to be good."""
    frame = flows.select(*FIRM_YEAR, "mode", floats("value"))
    plain = nw.when(nw.col("mode") == "ordinary").then(nw.col("value")).otherwise(0.0)
    sums = frame.select(*FIRM_YEAR, "value", plain=plain).group_by(*FIRM_YEAR)
    share = nw.col("plain") / nw.col("value")
    return sums.agg(nw.col("value", "plain").sum()).select(*FIRM_YEAR, ordinary_share=share)


def require_modes(flows: Frame) -> None:
    """Raise ``ValueError`` if a trade mode is unknown, with the values and how often each is."""
    sizes = compute(flows.group_by("mode").agg(rows=nw.len()))
    counts = {str(mode): rows for mode, rows in sizes.select("mode", "rows").iter_rows()}
    unknown = sorted(set(counts) - set(MODES), key=lambda mode: (-counts[mode], mode))
    if unknown:
        shown = ", ".join(f"{mode!r} ({counts[mode]})" for mode in unknown[:LISTED_MODES])
        more = f" and {len(unknown) - LISTED_MODES} more" if len(unknown) > LISTED_MODES else ""
        raise ValueError(
            f"flows.mode is none of {list(MODES)} in {sum(counts[mode] for mode in unknown)} of "
            f"{sum(counts.values())} rows: {shown}{more}; {MODES_OF_CUSTOMS}"
        )


def _known(member: pd.Series, source: pd.Series) -> pd.Series:
    """Return who is a member, missing where what it is judged by is missing."""
    missing = source.isna()
    return member.astype("boolean").mask(missing) if missing.any() else member
