"""Tables of event studies: estimators beside the truth, before and after matching."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tradedig_book.present.evidence_tables import SYNTHETIC, four
from tradedig_book.present.tables import PageTable, cell
from tradedig_helpers.estimation.event_study.study import EVENT_STUDY_ERRORS, EventStudy
from tradedig_helpers.estimation.fit import CLUSTERED_ERRORS as CRV1
from tradedig_helpers.estimation.fit import Fit


def study_counts(study: EventStudy) -> str:
    """Write what an event study used, and how its errors were made."""
    frame, ledger = study.sample.frame, study.sample.ledger.frame
    return (
        f"N = {len(frame):,} firm–years, {int(study.sample.treated.sum()):,} of them after "
        f"adoption; {frame['firm'].nunique():,} clusters (firms); {ledger['dropped'][0]:,} rows "
        f"lack the outcome, {ledger['dropped'][1]:,} are of firms not seen before adoption. "
        f"{EVENT_STUDY_ERRORS}."
    )


def psm_table(
    studies: Mapping[str, Mapping[str, EventStudy]],
    pairs: Mapping[str, Fit],
    truths: Mapping[str, Mapping[str, float]],
    *,
    caption: str,
) -> PageTable:
    """Lay out mean effects of each outcome by every estimator, one column for each sample.

    Parameters
    ----------
    studies : by outcome and name of sample; every outcome has the same samples
    pairs : by outcome, the regression on stacked pairs, whose first term is the effect; it
        belongs to the last sample
    truths : by outcome and name of sample
    caption : str

    Raises
    ------
    ValueError
        If there is no outcome.
    """
    if not studies:
        raise ValueError("there is no outcome; give at least one event study")
    samples = list(next(iter(studies.values())))
    rows, notes = [], [SYNTHETIC]
    for outcome, found in studies.items():
        rows += _lines(outcome, found, pairs[outcome], truths[outcome])
        notes.append(f"{outcome}. {_sizes(found, pairs[outcome])}")
    conventions = f"Errors in parentheses. {EVENT_STUDY_ERRORS}. Pairs: {CRV1}."
    return PageTable(
        caption=caption,
        header=("outcome", "estimator", *samples),
        rows=tuple(rows),
        notes=(*notes, conventions),
        words=frozenset({1}),
    )


def _lines(
    outcome: str, found: Mapping[str, EventStudy], pairs: Fit, truth: Mapping[str, float]
) -> list[tuple[str, ...]]:
    """Return the rows of one outcome: truth, estimators, stacked pairs."""
    averages = [study.averages.set_index("estimator") for study in found.values()]
    each = [
        ("", cell(estimator), *(_with_error(one.loc[estimator]) for one in averages))
        for estimator in averages[0].index
    ]
    paired = (
        "",
        "stacked pairs",
        *[""] * (len(found) - 1),
        _with_error(pairs.coefficients.iloc[0]),
    )
    return [(outcome, "truth", *(four(truth[name]) for name in found)), *each, paired]


def _with_error(row: pd.Series) -> str:
    return f"{four(row['estimate'])} ({row['std_error']:.4f})"


def _sizes(found: Mapping[str, EventStudy], pairs: Fit) -> str:
    """Write the sizes of the samples of one outcome."""
    frames = {name: study.sample.frame for name, study in found.items()}
    each = [
        f"{name}: N = {len(frame):,}, {frame['firm'].nunique():,} clusters"
        for name, frame in frames.items()
    ]
    missing = next(iter(found.values())).sample.ledger.frame["dropped"][0]
    return (
        f"{'; '.join(each)}; pairs: N = {pairs.n:,}, {pairs.clusters:,} clusters, "
        f"{pairs.singletons:,} singletons dropped. {missing:,} rows lack the outcome."
    )
