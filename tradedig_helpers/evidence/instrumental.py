"""Two-stage least squares with absorbed effects, and last year's value as an instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.evidence.fit import Fit
from tradedig_helpers.evidence.specifications import Specification
from tradedig_helpers.evidence.strength import Strength, strength
from tradedig_helpers.evidence.together import (
    Absorbed,
    absorb_together,
    as_fit,
    factor,
    fit,
    require_terms_apart,
    solve,
)
from tradedig_helpers.measure import Ledger
from tradedig_helpers.measure.checks import require_columns, require_key, require_numbers

Floats = NDArray[np.float64]

KEY = ["firm", "year"]


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A specification estimated by two-stage least squares.

    Attributes
    ----------
    fit : the second stage, as :func:`~tradedig_helpers.evidence.estimate` returns one; its R²
        is that of the structural residuals and may be negative
    endogenous, instruments : names
    first_stage : the endogenous variable on instruments and exogenous regressors
    strength : tests of the instruments
    """

    fit: Fit
    endogenous: str
    instruments: tuple[str, ...]
    first_stage: Fit
    strength: Strength


def estimate_iv(
    spec: Specification,
    panel: pd.DataFrame,
    endogenous: str,
    instruments: Sequence[str],
    absorbed: Absorbed | None = None,
) -> Instrumented:
    """Estimate ``spec`` by two-stage least squares with ``instruments`` for ``endogenous``.

    Effects are absorbed from every variable first (Frisch, Waugh and Lovell). Errors are
    clustered, with the convention of ``SMALL_SAMPLE``. Rows without an instrument are left
    out and counted. ``absorbed`` holds these rows, and the variables among others, if
    :func:`.absorb_together` has prepared them already.

    Raises
    ------
    ValueError
        Naming the specification: if a column is missing, does not vary, or is collinear; if
        an instrument is spanned by the effects; if the names are not what they should be;
        or if there are too few clusters.
    """
    names = _instruments(spec, endogenous, instruments)
    exogenous = tuple(name for name in spec.regressors if name != endogenous)
    reduced = replace(spec, outcome=endogenous, regressors=(*names, *exogenous), sample="all")
    absorbed = absorbed or absorb_together([spec, reduced], panel)
    require_terms_apart(spec, absorbed, (*exogenous, endogenous))
    require_terms_apart(spec, absorbed, (*exogenous, *names))
    first_stage = fit(reduced, absorbed)
    beta, errors, residual = _second_stage(spec, absorbed, endogenous, first_stage)
    return Instrumented(
        fit=as_fit(spec, absorbed, beta, errors, residual),
        endogenous=endogenous,
        instruments=names,
        first_stage=first_stage,
        strength=_strength(spec, absorbed, endogenous, names, exogenous),
    )


def _second_stage(
    spec: Specification, absorbed: Absorbed, endogenous: str, first_stage: Fit
) -> tuple[Floats, Floats, Floats]:
    """Return slopes, clustered errors and residuals of the structural equation.

    Regressors with the fitted ``endogenous`` in place of its own values are combinations
    of the variables at hand, so their products are combinations of products.
    """
    places = absorbed.at(spec.regressors)
    weights = np.zeros((len(places), len(absorbed.terms)))
    weights[np.arange(len(places)), places] = 1.0
    fitted = spec.regressors.index(endogenous)
    weights[fitted] = 0.0
    slopes = first_stage.coefficients
    weights[fitted, absorbed.at(slopes["term"].tolist())] = slopes["estimate"]
    moments = weights @ absorbed.gram
    outcome = absorbed.terms.index(spec.outcome)
    beta = np.asarray(np.linalg.solve(moments[:, places], moments[:, outcome]), dtype=np.float64)
    residual = absorbed.residual(spec.outcome, spec.regressors, beta)
    scores = weights @ absorbed.cluster_scores(absorbed.terms, residual)
    moved = np.linalg.solve(moments @ weights.T, scores)
    size = factor(spec, absorbed, len(places))
    return beta, np.sqrt(size * np.einsum("ij,ij->i", moved, moved)), residual


def lagged(
    panel: pd.DataFrame, name: str, source: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, Ledger]:
    """Return ``panel`` with last year's value of ``name`` as ``name_l1``, and a ledger.

    Last year is the calendar year before: a gap in a firm's years leaves the lag missing.

    Parameters
    ----------
    panel : ``firm`` and ``year`` (unique)
    name : a numeric column of ``source``
    source : where to look the value up, ``panel`` by default; all firm-years, exporting or
        not, know more of last year than those that export

    Raises
    ------
    TypeError, ValueError
        On missing columns, wrong types, repeated keys, or if no row has a lag.
    """
    known = panel if source is None else source
    where = "panel" if source is None else "source"
    require_columns(panel, KEY, "panel")
    require_key(panel, KEY, "panel")
    require_columns(known, [*KEY, name], where)
    require_key(known, KEY, where)
    require_numbers(known, ["year"], where)
    before = known[[*KEY, name]].rename(columns={name: f"{name}_l1"})
    before = before.assign(year=before["year"] + 1)
    rows = panel.drop(columns=f"{name}_l1", errors="ignore")
    merged = rows.merge(before, on=KEY, how="left").set_index(panel.index)
    first = merged["year"] == merged["firm"].map(known.groupby("firm")["year"].min())
    found = int(merged[f"{name}_l1"].notna().sum())
    if not found:
        raise ValueError(f"none of {len(panel)} rows has a {name} one year before; give more years")
    later = len(panel) - int(first.sum())
    ledger = Ledger().record("firm is known in an earlier year", "firm-years", len(panel), later)
    return merged, ledger.record("firm is known in the year before", "firm-years", later, found)


def _instruments(
    spec: Specification, endogenous: str, instruments: Sequence[str]
) -> tuple[str, ...]:
    """Return the instruments, once it is clear that names are what they should be."""
    if isinstance(instruments, str) or not instruments:
        raise ValueError(f"{spec.name}: instruments = {instruments!r}; give a list of at least one")
    if endogenous not in spec.regressors:
        raise ValueError(
            f"{spec.name} has no regressor {endogenous!r}; it has {list(spec.regressors)}"
        )
    if both := [name for name in instruments if name in (*spec.regressors, spec.outcome)]:
        raise ValueError(f"{spec.name}: {both} cannot be instruments; they are in the equation")
    return tuple(dict.fromkeys(instruments))


def _strength(
    spec: Specification,
    absorbed: Absorbed,
    endogenous: str,
    instruments: Sequence[str],
    exogenous: Sequence[str],
) -> Strength:
    """Return the tests of instruments from what the exogenous regressors leave of both."""
    left = [solve(spec, absorbed, name, exogenous)[1] for name in (endogenous, *instruments)]
    regressors = len(exogenous) + len(instruments)
    rows = absorbed.within.shape[1]
    clusters = np.repeat(np.arange(len(absorbed.starts)), np.diff(absorbed.starts, append=rows))
    size = factor(spec, absorbed, regressors)
    free = rows - regressors - absorbed.free
    try:
        return strength(left[0], np.column_stack(left[1:]), clusters, free, size)
    except ValueError as error:
        raise ValueError(f"{spec.name}: {error}") from error
