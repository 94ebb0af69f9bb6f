"""Reading the published estimates."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd

PAPER_FIRMS = 151_408
"""Exporters in the paper's panel, 2002-2015 (section 3)."""


def published(table: int | str | None = None, column: int | None = None) -> pd.DataFrame:
    """Return the estimates printed in Tables 2-7 of the paper.

    Parameters
    ----------
    table, column
        Keep one table, or one column of it; everything by default.

    Returns
    -------
    DataFrame
        One row per printed figure: ``table``, ``column``, ``term``, ``estimate``,
        ``std_error`` (missing where the paper prints none) and ``stars``.
        Statistics of a column are terms that begin with ``stat:``, such as ``stat:N``.

    Raises
    ------
    ValueError
        If no figure is printed for that table and column.

    Source
    ------
    Yu Hao and Yin Feng, "Trade Digitization, Flexible Productivity and Export Product
    Quality: Empirical Evidence from Chinese Firms", Tables 2-7. Table 7 prints its
    standard errors with a minus sign, an artefact of the typesetting; here they are positive.
    """
    with files(__package__).joinpath("published.csv").open(encoding="utf-8") as file:
        frame = pd.read_csv(file, keep_default_na=False, na_values={"std_error": [""]})
    if table is not None:
        frame = frame[frame["table"] == table]
    if column is not None:
        frame = frame[frame["column"] == column]
    if frame.empty:
        raise ValueError(f"the paper prints no figure for table {table}, column {column}")
    return frame.reset_index(drop=True)
