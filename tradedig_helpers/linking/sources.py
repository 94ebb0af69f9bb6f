"""Clean declarations, one row per firm and year, and the first year of each technology."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.across_sources import RawRecords, SourceLinks, given, require_rows_of
from tradedig_helpers.linking.naming import (
    CODE,
    keys,
    normalise_product,
    one_character,
    says_nothing,
)
from tradedig_helpers.schema.checks import checked, require_columns

LINES, CODED, ROWS = "declaration lines", "lines with a code", "rows"
SOURCES = {
    "pit_since": [("cross_border", "joined")],
    "pdo_since": [("domestic", "joined")],
    "icp_since": [("filings", "filed"), ("domains", "registered")],
}
"""The dates that tell since when a firm uses each technology."""
DECLARED = ["code", "name", "year", "product", "destination", "mode", "quantity", "value"]


def clean_declarations(
    declarations: pd.DataFrame, key: Sequence[str] = ("number",)
) -> tuple[pd.DataFrame, Ledger]:
    """Return declarations that can be measured, and what was dropped, rule by rule.

    Codes are repaired: customs codes written in ordinary letters and digits, products as
    eight digits without dots or spaces. A customs code that identifies nobody, such as
    0000000000, is missing. Then rows go that repeat an earlier one, have no eight-digit
    product, no destination, or no positive quantity or value. A line of which a part of the
    key is missing repeats none. Blank text and words for nothing (NULL, nan, 不详) are
    missing, and in the key so are numbers written as text that stand for none (0, 000000,
    999999); the destination NA is Namibia.

    Parameters
    ----------
    declarations : ``code``, ``name``, ``year``, ``product``, ``destination``, ``mode``,
        ``quantity``, ``value`` and the columns of ``key``
    key : the columns that tell two lines apart

    Returns
    -------
    DataFrame
        The columns but for ``number``, with the index of ``declarations``, by which the
        links of the raw rows still fit. With ``firm`` from them it is a customs table.
    Ledger

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a code or product is a number, year, quantity or value is not
        numeric or is infinite, or a year is none.
    """
    key = list(require_names(key, "key"))
    lines, amounts = plain(declarations, "declarations"), ["quantity", "value"]
    columns = [*key, *DECLARED]
    checked(lines, "declarations", columns=columns, years=["year"], optional_numbers=amounts)
    code, ledger = keys(
        lines["code"].rename("declarations.code"), CODE, "code", "lines with a code"
    )
    product = normalise_product(lines["product"].rename("declarations.product"))
    product = product.where(product.isin(_eight_digits(product)))
    destination = _where(lines["destination"], _is_destination)
    lines = lines.assign(code=code, product=product, destination=destination)
    rules = {
        "line is not repeated": ~(lines.duplicated(key) & _there(lines, key)),
        "product has eight digits": product.notna(),
        "destination is known": lines["destination"].notna(),
        "quantity is known": lines["quantity"].notna(),
        "quantity is positive": lines["quantity"] > 0,
        "value is known": lines["value"].notna(),
        "value is positive": lines["value"] > 0,
    }
    repaired = declarations.assign(code=code.array, product=product.array)
    kept, counted = _keep_all(repaired, rules, LINES)
    # A code that is no key drops no line, so a ledger of lines speaks of codes only if it must.
    odd = ledger.frame["dropped"].any()
    return kept[DECLARED], ledger.then(counted) if odd else counted


def one_row_per_year(survey: pd.DataFrame, firm: pd.Series[int]) -> tuple[pd.DataFrame, Ledger]:
    """Return the survey with its firm numbers, the first row of each firm and year.

    Parameters
    ----------
    survey : ``year`` and any other columns
    firm : firm number of each row; a row without one repeats none

    Raises
    ------
    TypeError, ValueError
        If ``survey`` lacks years, or ``firm`` is not of its rows.
    """
    rows = plain(survey, "survey")
    checked(rows, "survey", years=["year"])
    require_rows_of(firm, survey, "survey")
    rows = pd.DataFrame({"firm": firm.array, "year": rows["year"]})
    first = ~rows.duplicated() | rows["firm"].isna()
    return _keep_all(
        survey.assign(firm=firm.array), {"firm has no earlier row in the year": first}, ROWS
    )


def first_years(records: RawRecords, links: SourceLinks) -> tuple[pd.DataFrame, Ledger]:
    """Return the first year in which each linked firm used each technology.

    ``pit_since`` and ``pdo_since`` are the years of the firm's first membership of a
    cross-border and of a domestic platform. ``icp_since`` is the year of the earliest of
    the dates of its filings and of the registrations of their domains.

    A record without a date counts for nothing: if all of a firm's records of a technology
    are undated, the first year is missing, as if the firm had never used it. The ledger
    says how many such firms there are.

    Parameters
    ----------
    records : ``cross_border`` and ``domestic`` with ``joined``, ``filings`` with ``filed``,
        ``domains`` with ``registered``; a source that you do not have is None or not there
    links : the firms of their rows

    Returns
    -------
    DataFrame
        ``firm``, ``pit_since``, ``pdo_since``, ``icp_since`` (Int16), one row for each firm
        with a record. A technology of which there is no source has no column: who used it
        is not known.
    Ledger

    Raises
    ------
    TypeError, ValueError
        If a source has no dates, or dates outside 1900 to 2100, or links of other rows.
    """
    since, ledger = {}, Ledger()
    for name, all_columns in SOURCES.items():
        columns = [column for column in all_columns if given(records, column[0]) is not None]
        for table in (table for table, date in all_columns if (table, date) not in columns):
            ledger = ledger.record(f"{table}: source is given", "sources", 1, 0)
        if not columns:
            continue
        dated = [_dated(records, links, *column) for column in columns]
        for (table, _), rows in zip(columns, dated, strict=True):
            known = int(rows["date"].notna().sum())
            ledger = ledger.record(f"{table}: linked row has a date", ROWS, len(rows), known)
        first = pd.concat(dated).groupby("firm")["date"].min()
        ledger = ledger.record(f"{name}: a date is known", "firms", len(first), first.count())
        since[name] = first.dt.year.astype("Int16")
    return pd.DataFrame(since).rename_axis("firm").reset_index(), ledger


def _dated(records: RawRecords, links: SourceLinks, table: str, column: str) -> pd.DataFrame:
    """Return the firm and the date of the linked rows of a table."""
    raw = getattr(records, table)
    frame = plain(raw, table)
    require_columns(frame, [column], table)
    if table not in links.firm:
        raise ValueError(f"links has no firms of {table}; link the sources anew, with it")
    dates, firm = frame[column], links.firm[table]
    require_rows_of(firm, raw, table)
    if dates.isna().all():
        dates = pd.to_datetime(dates)
    if not pd.api.types.is_datetime64_any_dtype(dates):
        raise TypeError(f"{table}.{column} has type {dates.dtype}; convert it to dates")
    checked(dates.dt.year.to_frame(column), table, optional_years=[column])
    rows = pd.DataFrame({"firm": firm.array, "date": dates})
    return rows[rows["firm"].notna()]


def _there(lines: pd.DataFrame, key: Sequence[str]) -> pd.Series[bool]:
    """Tell in which rows no part of the key is missing, blank or a placeholder."""
    there = pd.Series(True, index=lines.index)
    for column in key:
        known = _is_destination if column == "destination" else _is_key
        there &= _where(lines[column], known).notna()
    return there


def _where(values: pd.Series[Any], known: Callable[[Any], bool]) -> pd.Series[Any]:
    """Return ``values``, missing where they are not known; each distinct one is asked once."""
    code, distinct = pd.factorize(values)
    there = np.array([*map(known, distinct), False], dtype=bool)
    return values if there[code].all() else values.where(there[code])


def _is_key(value: Any) -> bool:
    """Tell whether a value may tell lines apart."""
    if not isinstance(value, str):
        return True
    digits = value.strip().removesuffix(".0")
    return not (one_character(digits) if digits.isdigit() else says_nothing(value))


def _is_destination(value: Any) -> bool:
    """Tell whether a value may be a destination."""
    return not says_nothing(value) or value.strip().lower() == "na"


def _eight_digits(product: pd.Series[Any]) -> pd.Series[Any]:
    """Return the distinct products that are eight digits."""
    distinct = product.drop_duplicates().dropna().astype("str")
    return distinct[distinct.str.fullmatch(r"\d{8}")]


def _keep_all(
    frame: pd.DataFrame, rules: dict[str, pd.Series[bool]], unit: str
) -> tuple[pd.DataFrame, Ledger]:
    """Return the rows that meet every rule, each rule counted on what the earlier ones left."""
    kept, ledger = np.ones(len(frame), dtype=bool), Ledger()
    for rule, met in rules.items():
        left = kept & met.to_numpy()
        ledger = ledger.record(rule, unit, int(kept.sum()), int(left.sum()))
        kept = left
    return frame[kept], ledger
