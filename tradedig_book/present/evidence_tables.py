"""Regression tables: ours beside the published column, with what belongs under them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from tradedig_book.present.tables import PageTable, digits
from tradedig_helpers.estimation.fit import Fit
from tradedig_helpers.estimation.heckman import Probit

SYNTHETIC = (
    "<strong>Synthetic data</strong>: quality by the paper's equation (8), CES demand. "
    "Agreement with the published column validates the code; it is not evidence for the paper."
)
STARS = (
    "*, **, ***: different from zero at 10%, 5%, 1%; standard errors in parentheses; "
    "–: the paper does not say."
)
_EFFECTS = {"province^industry^year": "province–industry–year"}


four = digits(4)
"""Writes numbers to the paper's four digits."""


def counts(*fits: Fit, errors: str = "") -> str:
    """Return what belongs under a table of these fits: rows, what was dropped, clusters, errors.

    Parameters
    ----------
    fits : estimates of the table, in its order; they share how their errors are made
    errors : how that is, where it is not the convention of the first fit
    """
    n, singletons, missing, clusters = (
        ", ".join(dict.fromkeys(f"{getattr(fit, name):,}" for fit in fits))
        for name in ("n", "singletons", "missing", "clusters")
    )
    return (
        f"N = {n}; singletons dropped: {singletons}; incomplete rows dropped: {missing}; clusters "
        f"({fits[0].spec.cluster}): {clusters}. Standard errors: "
        f"{(errors or fits[0].small_sample).rstrip('.')}."
    )


def rows_used(fit: Fit) -> str:
    """Write how many rows a fit used and dropped."""
    return (
        f"N = {fit.n:,}; {fit.singletons:,} singletons and {fit.missing:,} incomplete rows dropped"
    )


def significance_stars(p: float) -> str:
    """Return the paper's stars for a p-value."""
    return "*" * sum(p < level for level in (0.1, 0.05, 0.01))


def coefficient(estimate: float, std_error: float, mark: str) -> str:
    """Write an estimate with its stars over its standard error, to the paper's four digits."""
    return f"{four(estimate)}<sup>{mark}</sup><br><small>({std_error:.4f})</small>"


def coefficient_row(fit: Fit | Probit, term: str) -> dict[str, float]:
    """Return ``estimate`` and ``standard error`` of a term, missing if it is not in the fit."""
    found = fit.coefficients.set_index("term").reindex([term])
    row = found[["estimate", "std_error"]].rename(columns={"std_error": "standard error"})
    return {str(head): float(value) for head, value in row.iloc[0].items()}


def regression_table(
    fits: Sequence[Fit], published: pd.DataFrame, *, caption: str, beneath: bool = False
) -> PageTable:
    """Lay out fits beside the published columns of the same numbers.

    Parameters
    ----------
    fits : sequence of Fit
        The columns, in order.
    published : DataFrame
        ``column``, ``term``, ``estimate``, ``std_error``, ``stars``; terms ``stat:N`` and
        ``stat:adj_r2`` hold the printed statistics.
    caption : str
    beneath : bool
        Whether the paper's estimates stand in rows under ours, first of all: for a wide table of
        which it prints little.

    Returns
    -------
    PageTable
        Two columns for each fit, then the counts, then the notes. Where every column adds
        regressors to the one before, the last is the main one.
    """
    printed = printed_cells(published)
    if beneath:
        return _over_published(fits, printed, caption)
    regressors = [fit.spec.regressors for fit in fits]
    terms = list(dict.fromkeys(term for one in regressors for term in one))
    rows = [_term_row(term, fits, printed) for term in terms] + _count_rows(fits, printed)
    return PageTable(
        caption=caption,
        header=("regressor", *("ours", "paper") * len(fits)),
        rows=tuple(rows),
        notes=(SYNTHETIC, STARS, f"Standard errors: {fits[0].small_sample}."),
        style="paired",
        groups=(("", 1), *((f"({fit.spec.column}) {fit.spec.outcome}", 2) for fit in fits)),
        from_end=all(set(one) <= set(more) for one, more in pairwise(regressors)),
    )


def _over_published(fits: Sequence[Fit], printed: Printed, caption: str) -> PageTable:
    """Lay out one column for each fit, and the paper's estimates in rows of their own."""
    columns = [fit.spec.column for fit in fits]
    terms = dict.fromkeys(term for fit in fits for term in fit.spec.regressors)
    shared = [term for term in terms if any((column, term) in printed for column in columns)]
    rows = []
    for term in [*shared, *(term for term in terms if term not in shared)]:
        ours = [fitted_cells(fit.coefficients).get(term) for fit in fits]
        rows.append((term, *_cells(ours)))
        if term in shared:
            theirs = [printed.get((column, term)) for column in columns]
            rows.append((f"{term}, paper", *_cells(theirs)))
    counted = [
        *effect_rows(fits),
        ("N", [f"{fit.n:,}" for fit in fits]),
        *dropped_rows(fits),
        ("adjusted R²", [four(fit.adj_r2) for fit in fits]),
    ]
    return PageTable(
        caption=caption,
        header=("regressor", *(f"({fit.spec.column}) {fit.spec.outcome}" for fit in fits)),
        rows=(*rows, *((head, *texts) for head, texts in counted)),
        notes=(
            SYNTHETIC,
            "Rows of the paper say so, and all others are ours; it has the same fixed effects, and "
            "prints neither controls nor counts here.",
            STARS.removesuffix("; –: the paper does not say.") + ".",
            f"Standard errors: {fits[0].small_sample}.",
        ),
    )


def _cells(found: Sequence[Cell | None]) -> list[str]:
    return [coefficient(*cell) if cell else "" for cell in found]


class Cell(NamedTuple):
    """One estimate as it is printed."""

    estimate: float
    std_error: float
    mark: str


Printed = dict[tuple[int, str], Cell]


def printed_cells(published: pd.DataFrame) -> Printed:
    """Return the published estimates by column and term."""
    columns = ["column", "term", "estimate", "std_error", "stars"]
    return {
        (int(column), str(term)): Cell(float(estimate), float(error), str(mark))
        for column, term, estimate, error, mark in published[columns].itertuples(index=False)
    }


def fitted_cells(coefficients: pd.DataFrame) -> dict[str, Cell]:
    """Return the estimates of a fit by term."""
    columns = ["term", "estimate", "std_error", "p"]
    return {
        str(term): Cell(float(estimate), float(error), significance_stars(float(p)))
        for term, estimate, error, p in coefficients[columns].itertuples(index=False)
    }


def _term_row(term: str, fits: Sequence[Fit], printed: Printed) -> tuple[str, ...]:
    pairs = [
        (fitted_cells(fit.coefficients).get(term), printed.get((fit.spec.column, term)))
        for fit in fits
    ]
    return (term, *(coefficient(*cell) if cell else "" for pair in pairs for cell in pair))


def _count_rows(fits: Sequence[Fit], printed: Printed) -> list[tuple[str, ...]]:
    def theirs(name: str, form: str) -> list[str]:
        cells = (printed.get((fit.spec.column, f"stat:{name}")) for fit in fits)
        return [format(cell.estimate, form) if cell else "–" for cell in cells]

    effects = [(head, has, has) for head, has in effect_rows(fits)]
    return [
        *(paired_row(*row) for row in effects),
        paired_row("N", [f"{fit.n:,}" for fit in fits], theirs("N", ",.0f")),
        *(paired_row(head, ours) for head, ours in dropped_rows(fits)),
        paired_row("adjusted R²", [four(fit.adj_r2) for fit in fits], theirs("adj_r2", ".4f")),
    ]


def effect_rows(fits: Sequence[Any]) -> list[tuple[str, list[str]]]:
    """Return a head for each fixed effect, and which of the fits, of whatever kind, have it."""
    effects = dict.fromkeys(effect for fit in fits for effect in fit.spec.effects)
    return [
        (
            f"{_EFFECTS.get(effect, effect)} effects",
            ["yes" if effect in fit.spec.effects else "" for fit in fits],
        )
        for effect in effects
    ]


def dropped_rows(fits: Sequence[Any]) -> list[tuple[str, list[str]]]:
    """Return what each fit dropped and its clusters, by head; a probit drops no singletons."""
    heads = {"singletons": " dropped", "missing": " dropped", "clusters": " (firms)"}
    return [
        (f"{name}{more}", [f"{getattr(fit, name, 0):,}" for fit in fits])
        for name, more in heads.items()
    ]


def paired_row(
    head: str, ours: Sequence[str], theirs: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Return a row of ours beside the paper's, which are dashes where it does not say."""
    theirs = ["–"] * len(ours) if theirs is None else theirs
    return (head, *(text for pair in zip(ours, theirs, strict=True) for text in pair))
