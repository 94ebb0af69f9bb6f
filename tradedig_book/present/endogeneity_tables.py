"""Table 4: selection, instruments and digital imports, ours beside the published."""

from __future__ import annotations

import pandas as pd

from tradedig_book.present.evidence_tables import (
    STARS,
    SYNTHETIC,
    Printed,
    coefficient,
    coefficient_row,
    dropped_rows,
    effect_rows,
    fitted_cells,
    paired_row,
    printed_cells,
)
from tradedig_book.present.tables import PageTable, digits
from tradedig_helpers.estimation.fit import CLUSTERED_ERRORS, Fit
from tradedig_helpers.estimation.heckman import TWO_STEP, Heckman, Probit
from tradedig_helpers.estimation.iv import Instrumented

_TERMS = ("lndig", "IMR", "dpi")
_TESTS = {
    "Anderson LM": ("anderson_lm", "stat:ACC LM"),
    "Kleibergen–Paap LM": ("kleibergen_paap_lm", ""),
    "Cragg–Donald F": ("cragg_donald_f", "stat:CDW F"),
    "effective F": ("effective_f", ""),
}
"""Head of a row: the attribute of a Strength, and the published term if there is one."""


def endogeneity_table(
    selection: Heckman,
    last_year: Instrumented,
    neighbours: Instrumented,
    digital_imports: Fit,
    published: pd.DataFrame,
    *,
    caption: str,
) -> PageTable:
    """Lay out Table 4: both steps of Heckman, both instruments, and digital imports.

    Parameters
    ----------
    selection, last_year, neighbours, digital_imports : columns 1-2, 3, 4 and 5
    published : ``column``, ``term``, ``estimate``, ``std_error``, ``stars`` of Table 4
    caption : str

    Returns
    -------
    PageTable
        Coefficients of interest, tests of instruments, effects and counts.
    """
    columns = (selection.first, selection.second, last_year, neighbours, digital_imports)
    printed, fits = printed_cells(published), [_fit(column) for column in columns]
    heads = ("(1) EDU, probit", "(2) QSY, 2nd step", "(3) QSY, IV lndig_l1")
    return PageTable(
        caption=caption,
        header=("", *("ours", "paper") * len(columns)),
        rows=(
            *(_term_row(term, columns, printed) for term in _TERMS),
            *(_test_row(head, columns, printed) for head in _TESTS),
            *(paired_row(head, has, [""] * len(fits)) for head, has in effect_rows(fits)),
            paired_row("N", [f"{fit.n:,}" for fit in fits]),
            *(paired_row(head, ours) for head, ours in dropped_rows(fits)),
        ),
        notes=(
            SYNTHETIC,
            STARS,
            f"Standard errors: {CLUSTERED_ERRORS}. Column 2: {TWO_STEP.split('; ')[-1]}.",
            "The paper's column 4 has province–industry–year effects, beside which its "
            "instrument is not identified; ours has the effects that the table shows.",
            "Anderson's LM takes no degrees of freedom off; Cragg and Donald's F takes off "
            "every fixed effect. Regressors that the paper does not print are left out here.",
        ),
        style="paired",
        groups=(
            ("", 1),
            *((head, 2) for head in (*heads, "(4) QSY, IV dig_ivt", "(5) QSY, with dpi")),
        ),
    )


_Column = Probit | Fit | Instrumented


def instrument_row(found: Instrumented, term: str = "lndig") -> dict[str, float]:
    """Return an instrumented estimate, its error, the tests of the instrument and the counts."""
    tests = found.strength
    return {
        **coefficient_row(found.fit, term),
        "r²": tests.partial_r2,
        **{head: float(getattr(tests, name)) for head, (name, _) in _TESTS.items()},
        "N": found.fit.n,
        "K": tests.absorbed,
        "clusters": tests.clusters,
    }


def _fit(column: _Column) -> Probit | Fit:
    return column.fit if isinstance(column, Instrumented) else column


def _term_row(term: str, columns: tuple[_Column, ...], printed: Printed) -> tuple[str, ...]:
    texts = [term]
    for number, column in enumerate(columns, start=1):
        pair = (fitted_cells(_fit(column).coefficients).get(term), printed.get((number, term)))
        texts += [coefficient(*cell) if cell else "" for cell in pair]
    return tuple(texts)


def _test_row(head: str, columns: tuple[_Column, ...], printed: Printed) -> tuple[str, ...]:
    name, term = _TESTS[head]
    texts = [head]
    for number, column in enumerate(columns, start=1):
        if isinstance(column, Instrumented):
            theirs = printed.get((number, term))
            texts.append(digits(1)(getattr(column.strength, name)))
            texts.append(digits(1)(theirs.estimate) if theirs else "–")
        else:
            texts += ["", ""]
    return tuple(texts)
