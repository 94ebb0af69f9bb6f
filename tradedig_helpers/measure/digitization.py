"""The trade digitization index of Table 1, years of digital experience, and digital shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrameT

from tradedig_helpers.frames.engine import Frame, unwrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.across_sources import RawRecords, SourceLinks, require_rows_of
from tradedig_helpers.linking.sources import SOURCES, first_years
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import Needs, checked, require_columns

TECHNOLOGIES = ("pit", "pdo", "icp")
WEIGHTS = {"pit": 4, "icp": 2, "pdo": 1}
SINCE = {technology: f"{technology}_since" for technology in TECHNOLOGIES}
"""The column with the first year of each technology."""
ADOPTIONS = Needs(present=["firm"], years=["year"], optional_years=list(SINCE.values()))
"""What firm-years must satisfy for the index."""

AnyColumn = TypeVar("AnyColumn")


def digitization_index(pit: AnyColumn, pdo: AnyColumn, icp: AnyColumn) -> AnyColumn:
    """Return dig = 1 + 4 pit + 2 icp + 1 pdo, a whole number from 1 to 8 (Table 1).

    Parameters
    ----------
    pit, pdo, icp : 0 or 1: Series of pandas or Polars, or narwhals expressions, which
        hold no values yet and are not checked

    Raises
    ------
    TypeError
        If an argument is neither.
    ValueError
        If a technology is anything but 0 or 1, or they are of unlike lengths.

    Examples
    --------
    >>> import pandas as pd
    >>> digitization_index(pd.Series([0, 1]), pd.Series([0, 1]), pd.Series([1, 1])).tolist()
    [3, 8]
    """
    used: dict[str, Any] = {"pit": pit, "pdo": pdo, "icp": icp}
    if not isinstance(pit, nw.Expr):
        used = {name: _series(values, name) for name, values in used.items()}
        if len(set(sizes := [len(values) for values in used.values()])) > 1:
            raise ValueError(f"pit, pdo and icp have {sizes} rows; take them from one frame")
    index = level({name: values.cast(nw.Int64()) for name, values in used.items()})
    return cast(AnyColumn, nw.to_native(index.alias("dig"), pass_through=True))


def level(used: Mapping[str, Any]) -> Any:
    """Return 1 + 4 pit + 2 icp + 1 pdo of zeros and ones (Table 1): arrays, Series, expressions."""
    return 1 + sum(weight * used[name] for name, weight in WEIGHTS.items())


def spell(year: Any, since: Any) -> Any:
    """Return how many years a technology has been used, the first counting as one.

    Before the first year it is zero or less, and stands for zero.
    """
    return year - since + 1


@own_names
def measure_digitization(
    firms: IntoFrameT, *, firm: str = "firm", year: str = "year"
) -> IntoFrameT:
    """Return the digital level of each firm-year from first years of use.

    Parameters
    ----------
    firms : ``firm``, ``year`` and ``pit_since``, ``pdo_since``, ``icp_since``: the first
        year in which a technology was used, missing if it never was
    firm, year : names of the firm and the year in the frames, and in the answer

    Returns
    -------
    frame
        ``firm``, ``year``, 0/1 columns ``pit``, ``pdo``, ``icp``, the index ``dig``,
        ``lndig`` = ln dig, and ``lndigs`` = ln(1 + the longest number of years of use).
        The 1 inside the last logarithm keeps firms without any technology, at zero.

    Raises
    ------
    TypeError, ValueError
        If a column is absent or holds no numbers, a year is missing, or a first year is none:
        0, -1 and 9999 are no years, and "never" is written as missing.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm": 1, "year": [2003, 2004], "pit_since": 2004})
    >>> firms[["pdo_since", "icp_since"]] = float("nan")
    >>> measure_digitization(firms)[["year", "pit", "dig", "lndig"]]
       year  pit  dig     lndig
    0  2003    0    1  0.000000
    1  2004    1    5  1.609438
    """
    own = OwnNames(firm, year)
    firms = own.taken(firms, "firms")
    frame = checked(firms, "firms", **ADOPTIONS)
    return own.given_back(unwrap(compute_digitization(frame), firms, same_rows=True))


def compute_digitization(firms: Frame) -> Frame:
    """Return what :func:`measure_digitization` does, of firm-years that are known to be good."""
    years = {technology: _years_of_use(since) for technology, since in SINCE.items()}
    frame = firms.select(*FIRM_YEAR, **years)
    longest = nw.max_horizontal(*TECHNOLOGIES)
    frame = frame.with_columns(lndigs=(longest + 1).log())
    used = {t: nw.when(nw.col(t) > 0).then(1).otherwise(0) for t in TECHNOLOGIES}
    frame = frame.with_columns(**used)
    dig = digitization_index(*(nw.col(technology) for technology in TECHNOLOGIES))
    frame = frame.with_columns(dig=dig).with_columns(lndig=nw.col("dig").cast(nw.Float64()).log())
    return frame.select(*FIRM_YEAR, *TECHNOLOGIES, "dig", "lndig", "lndigs")


def digital_share(
    panel: IntoFrameT,
    by: Sequence[str] = ("province", "industry", "year"),
    *,
    leave_out: bool = False,
    year: str = "year",
) -> IntoFrameT:
    """Return ``panel`` with ``dig_ivt``, the share of digitized firms (dig > 1) in its cell.

    As the paper describes it, the share is the same for all firms of a province, industry
    and year. The effects δ_ivt of equation (9) span every such column, so beside them it
    is not identified; a coarser cell or ``leave_out`` makes it vary within δ_ivt.

    Parameters
    ----------
    panel : one row per firm and year, with ``dig`` and the columns of ``by``
    by : the columns that make a cell
    leave_out : whether a firm's share is that among the others of its cell, which is
        undefined and missing for a firm alone in it
    year : the caller's name of the year, which may stand in ``by`` under either name; its
        values are held to be years

    Raises
    ------
    TypeError, ValueError
        If a column is absent, a cell's name is missing, ``dig`` is not a number, or a ``year``
        is named that ``by`` does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = {"province": "P01", "industry": "13", "year": 2004}
    >>> digital_share(pd.DataFrame({**cells, "dig": [1, 1, 3, 8]}))["dig_ivt"].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    by = _cell(require_names(by, "by"), year)
    years = [column for column in by if column == year]
    frame = checked(panel, "panel", present=by, years=years, numbers=["dig"])
    shares = compute_digital_share(frame, by, leave_out=leave_out)
    return unwrap(shares, panel, same_rows=True)


def _cell(by: tuple[str, ...], year: str) -> tuple[str, ...]:
    """Return the columns of a cell, with the year under the caller's name."""
    if year in by or year == "year":
        return by
    if "year" not in by:
        raise ValueError(f"year = {year!r} is not in by = {list(by)}; add it there or leave it out")
    return tuple(year if column == "year" else column for column in by)


def compute_digital_share(panel: Frame, by: Sequence[str], *, leave_out: bool = False) -> Frame:
    """Return what :func:`digital_share` does, of a panel that is known to be good."""
    digitized, own = nw.col("_digitized"), 1 if leave_out else 0
    others = nw.col("_firms") - own
    frame = panel.with_columns(_digitized=(nw.col("dig") > 1).cast(nw.Float64()))
    frame = frame.with_columns(_sum=digitized.sum().over(*by), _firms=nw.len().over(*by))
    share = nw.when(others > 0).then((nw.col("_sum") - own * digitized) / others)
    return frame.with_columns(dig_ivt=share).drop("_digitized", "_sum", "_firms")


def digitise_survey(records: RawRecords, links: SourceLinks) -> tuple[pd.DataFrame, Ledger]:
    """Return the digital level of each survey row, from the linked records of its firm.

    Parameters
    ----------
    records, links : as for :func:`.first_years`; ``records.survey`` has ``year``

    Returns
    -------
    DataFrame
        What :func:`measure_digitization` returns, one row for each survey row in its order.
    Ledger
        That of :func:`.first_years`.
    """
    since, ledger = first_years(records, links)
    if absent := [name for name in SOURCES if name not in since]:
        tables = [table for name in absent for table, _ in SOURCES[name]]
        raise ValueError(
            f"records has none of {tables}, so {absent} are not known; add a source of each, or "
            "give measure_digitization years from elsewhere"
        )
    survey = plain(records.survey, "survey")
    require_columns(survey, ["year"], "survey")
    require_rows_of(links.firm["survey"], records.survey, "survey")
    rows = survey[["year"]].assign(firm=links.firm["survey"].array)
    return measure_digitization(rows.merge(since, on="firm", how="left")), ledger


def _years_of_use(since: str) -> nw.Expr:
    """Return for how many years a technology has been used, the first year counting as one."""
    now, first = (nw.col(column).cast(nw.Float64()) for column in ("year", since))
    return nw.when(now >= first).then(spell(now, first)).otherwise(0.0)


def _series(values: Any, name: str) -> nw.Series[Any]:
    """Return a Series of zeros and ones."""
    series = nw.from_native(values, series_only=True, pass_through=True)
    if not isinstance(series, nw.Series):
        raise TypeError(f"{name} is a {type(values).__name__}; give a pandas or Polars Series")
    number = series.cast(nw.Float64())
    if bad := len(series) - int(((number == 0) | (number == 1)).sum()):
        raise ValueError(f"{name} must be 0 or 1; {bad} of {len(series)} rows are not")
    return series
