"""Clean declarations, one row per firm and year, and the first year of each technology."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tradedig_helpers.measure.checks import checked, require_columns
from tradedig_helpers.measure.digitization import measure_digitization
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.linking.across_sources import RawRecords, SourceLinks
from tradedig_helpers.measure.linking.naming import normalise_code

LINES, ROWS = "declaration lines", "rows"
DECLARED = ["code", "name", "year", "product", "destination", "mode", "quantity", "value"]


def clean_declarations(
    declarations: pd.DataFrame, key: Sequence[str] = ("number",)
) -> tuple[pd.DataFrame, Ledger]:
    """Return declarations that can be measured, and what was dropped, rule by rule.

    Codes are repaired: customs codes written in ordinary letters and digits, products as
    eight digits without dots or spaces. Then rows go that repeat an earlier one, have no
    eight-digit product, no destination, or no positive quantity or value.

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
        If a column is missing, or year, quantity or value is not numeric or is infinite.
    """
    require_columns(declarations, [*key, *DECLARED], "declarations")
    amounts = ["quantity", "value"]
    checked(declarations, "declarations", numbers=["year"], optional_numbers=amounts)
    product = normalise_code(declarations["product"])
    product = product.where(product.isin(_eight_digits(product)))
    lines = declarations.assign(code=normalise_code(declarations["code"]), product=product)
    rules = {
        "line is not repeated": ~lines.duplicated(list(key)),
        "product has eight digits": product.notna(),
        "destination is known": lines["destination"].notna(),
        "quantity is known": lines["quantity"].notna(),
        "quantity is positive": lines["quantity"] > 0,
        "value is known": lines["value"].notna(),
        "value is positive": lines["value"] > 0,
    }
    kept, ledger = _keep_all(lines, rules, LINES)
    return kept[DECLARED], ledger


def one_row_per_year(survey: pd.DataFrame, firm: pd.Series[int]) -> tuple[pd.DataFrame, Ledger]:
    """Return the survey with its firm numbers, the first row of each firm and year.

    Parameters
    ----------
    survey : ``year`` and any other columns
    firm : firm number of each row
    """
    require_columns(survey, ["year"], "survey")
    rows = survey.assign(firm=firm)
    return _keep_all(
        rows, {"firm has no earlier row in the year": ~rows.duplicated(["firm", "year"])}, ROWS
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
        ``domains`` with ``registered``
    links : the firms of their rows

    Returns
    -------
    DataFrame
        ``firm``, ``pit_since``, ``pdo_since``, ``icp_since`` (Int16), one row for each firm
        with a record
    Ledger
    """
    sources = {
        "pit_since": [("cross_border", "joined")],
        "pdo_since": [("domestic", "joined")],
        "icp_since": [("filings", "filed"), ("domains", "registered")],
    }
    since, ledger = {}, Ledger()
    for name, columns in sources.items():
        dated = [_dated(records, links, *column) for column in columns]
        for (table, _), rows in zip(columns, dated, strict=True):
            known = int(rows["date"].notna().sum())
            ledger = ledger.record(f"{table}: linked row has a date", ROWS, len(rows), known)
        first = pd.concat(dated).groupby("firm")["date"].min()
        ledger = ledger.record(f"{name}: a date is known", "firms", len(first), first.count())
        since[name] = first.dt.year.astype("Int16")
    return pd.DataFrame(since).rename_axis("firm").reset_index(), ledger


def digitise_survey(records: RawRecords, links: SourceLinks) -> tuple[pd.DataFrame, Ledger]:
    """Return the digital level of each survey row, from the linked records of its firm.

    Parameters
    ----------
    records, links : as for :func:`first_years`; ``records.survey`` has ``year``

    Returns
    -------
    DataFrame
        What :func:`measure_digitization` returns, one row for each survey row in its order.
    Ledger
        That of :func:`first_years`.
    """
    since, ledger = first_years(records, links)
    rows = records.survey[["year"]].assign(firm=links.firm["survey"])
    return measure_digitization(rows.merge(since, on="firm", how="left")), ledger


def _dated(records: RawRecords, links: SourceLinks, table: str, column: str) -> pd.DataFrame:
    """Return the firm and the date of the linked rows of a table."""
    frame = getattr(records, table)
    require_columns(frame, [column], table)
    if not pd.api.types.is_datetime64_any_dtype(frame[column]):
        raise TypeError(f"{table}.{column} has type {frame[column].dtype}; convert it to dates")
    rows = pd.DataFrame({"firm": links.firm[table], "date": frame[column]})
    return rows[rows["firm"].notna()]


def _eight_digits(product: pd.Series[Any]) -> pd.Series[Any]:
    """Return the distinct products that are eight digits."""
    distinct = product.drop_duplicates().dropna().astype("str")
    return distinct[distinct.str.fullmatch(r"\d{8}")]


def _keep_all(
    frame: pd.DataFrame, rules: dict[str, pd.Series[bool]], unit: str
) -> tuple[pd.DataFrame, Ledger]:
    """Return the rows that meet every rule, each rule counted on what the earlier ones left."""
    kept, ledger = pd.Series(True, index=frame.index), Ledger()
    for rule, met in rules.items():
        left = kept & met
        ledger = ledger.record(rule, unit, int(kept.sum()), int(left.sum()))
        kept = left
    return frame[kept], ledger
