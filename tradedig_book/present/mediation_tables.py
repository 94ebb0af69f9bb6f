"""Tables of mediation: the paths ours beside the published, and the effect by each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import t as student

from tradedig_book.present.evidence_tables import (
    STARS,
    SYNTHETIC,
    coefficient,
    four,
    significance_stars,
)
from tradedig_book.present.tables import PageTable
from tradedig_book.published.load import published
from tradedig_helpers.estimation.mediation import Mediation

_HEADS = {
    "beta0": "β₀: treatment → mediator",
    "mu1": "μ₁: mediator → quality",
    "direct": "direct",
    "ME": "ME = β₀μ₁",
}
_ONE_SAMPLE = (
    "Ours: both equations on the rows of the second; singletons and incomplete rows are dropped. "
    "ME's error by the joint delta method, "
    "clustered across the equations; the paper prints no error for ME, and no total, N or "
    "number of clusters (–)."
)


def mediation_table(mediations: Mapping[str, Mediation], *, caption: str) -> PageTable:
    """Lay out mediations, one row each, beside the published paths of the same columns.

    Parameters
    ----------
    mediations : mapping of label to Mediation
        The labels head the rows.
    caption : str

    Raises
    ------
    ValueError
        If there is no mediation, or the caption is blank.
    """
    if not mediations:
        raise ValueError(f"the table {caption!r} has no mediation")
    if not caption.strip():
        raise ValueError("a table needs a caption")
    rows = tuple((label, *_row(one)) for label, one in mediations.items())
    first = next(iter(mediations.values()))
    return PageTable(
        caption=caption,
        header=(
            "",
            *("ours", "paper") * len(_HEADS),
            "ours",
            "N",
            "singletons",
            "missing",
            "clusters",
        ),
        rows=rows,
        notes=(SYNTHETIC, STARS, _ONE_SAMPLE, f"Standard errors: {first.fit.small_sample}."),
        style="paired",
        groups=(("", 1), *((head, 2) for head in _HEADS.values()), ("total", 1), ("", 4)),
    )


def published_paths(mediations: Sequence[Mediation]) -> pd.DataFrame:
    """Return the printed beta0, mu1, direct and ME of each mediation's columns.

    Columns ``path``, ``estimate``, ``std_error`` and ``stars`` with one block of four rows
    per mediation, in order; missing where the paper prints nothing.
    """
    printed = published().set_index(["table", "column", "term"])
    places = [place for one in mediations for place in _places(one).values()]
    frame = printed.reindex(pd.MultiIndex.from_tuples(places)).reset_index(drop=True)
    return frame.assign(path=list(_HEADS) * len(mediations))


def _places(one: Mediation) -> dict[str, tuple[int | str, int, str]]:
    """Return the table, column and term in which the paper prints each path."""
    first, second = ((spec.table, spec.column) for spec in (one.first, one.second))
    return {
        "beta0": (*first, one.treatment),
        "mu1": (*second, one.mediator),
        "direct": (*second, one.treatment),
        "ME": (*second, "ME"),
    }


def _row(one: Mediation) -> tuple[str, ...]:
    error, freedom = one.std_errors, one.fit.clusters - 1
    mark = {path: significance_stars(float(p)) for path, p in _p_values(one, freedom).items()}
    theirs = {str(cell["path"]): cell for _, cell in published_paths([one]).iterrows()}
    cells: list[str] = []
    for path in _HEADS:
        cells += [
            coefficient(float(one.estimates[path]), float(error[path]), mark[path]),
            _printed(theirs[path]),
        ]
    total = coefficient(float(one.estimates["total"]), float(error["total"]), mark["total"])
    fit = one.fit
    return (*cells, total, *(f"{n:,}" for n in (fit.n, fit.singletons, fit.missing, fit.clusters)))


def _p_values(one: Mediation, freedom: int) -> dict[str, float]:
    t = (one.estimates / one.std_errors).abs()
    return {str(path): float(2 * student.sf(value, freedom)) for path, value in t.items()}


def _printed(cell: pd.Series) -> str:
    if np.isnan(cell["estimate"]):
        return "–"
    if np.isnan(cell["std_error"]):
        return f"{four(cell['estimate'])}<sup>{cell['stars']}</sup>"
    return coefficient(cell["estimate"], cell["std_error"], cell["stars"])
