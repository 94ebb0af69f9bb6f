"""Our estimates beside those that the paper prints."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tradedig_helpers.estimation.fit import Fit, require_fits
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import require_columns, require_key


def beside_published(fits: Sequence[Fit], published: pd.DataFrame) -> pd.DataFrame:
    """Return each of our estimates with the published one, where both exist.

    Columns ``column``, ``term``, ``estimate``, ``std_error``, ``low``, ``high``,
    ``published`` and ``published_error``.

    Parameters
    ----------
    fits : columns of the paper's tables, each once
    published : as :func:`~tradedig_book.published.load.published` returns

    Raises
    ------
    TypeError, ValueError
        If there is no fit or a column has two, or ``published`` lacks a column.
    """
    key = ["table", "column", "term"]
    tables = [
        fit.coefficients.assign(table=fit.spec.table, column=fit.spec.column)
        for fit in require_fits(fits)
    ]
    ours = pd.concat(tables, ignore_index=True)
    require_key(ours, key, "fits")
    names = {"estimate": "published", "std_error": "published_error"}
    require_columns(published, [*key, *names], "published")
    theirs = plain(published, "published").rename(columns=names)[[*key, *names.values()]]
    kinds = {"table": object}
    joined = ours.astype(kinds).merge(theirs.astype(kinds), on=key, validate="1:1")
    return joined[["column", "term", "estimate", "std_error", "low", "high", *names.values()]]
