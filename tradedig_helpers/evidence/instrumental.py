"""Two-stage least squares with absorbed effects, and last year's value as an instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.evidence.absorb import (
    absorb,
    cluster_sums,
    coefficient_table,
    left_over,
    require_variation,
    small_sample_factor,
)
from tradedig_helpers.evidence.effects import free_effects
from tradedig_helpers.evidence.fit import Fit, estimate
from tradedig_helpers.evidence.rows import Sample, sample_of
from tradedig_helpers.evidence.specifications import TABLE_2, Specification
from tradedig_helpers.evidence.strength import Strength, strength
from tradedig_helpers.measure import Ledger
from tradedig_helpers.measure.checks import require_columns, require_key, require_numbers

Floats = NDArray[np.float64]

KEY = ["firm", "year"]
LAGGED = replace(TABLE_2[-1], table=4, column=3)
NEIGHBOURS = replace(TABLE_2[-1], table=4, column=4)
"""The equation of columns 3 and 4 of Table 4; instruments are named where it is estimated."""


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
    spec: Specification, panel: pd.DataFrame, endogenous: str, instruments: Sequence[str]
) -> Instrumented:
    """Estimate ``spec`` by two-stage least squares with ``instruments`` for ``endogenous``.

    Effects are absorbed from every variable first (Frisch, Waugh and Lovell). Errors are
    clustered, with the convention of ``SMALL_SAMPLE``. Rows without an instrument are left
    out and counted.

    Raises
    ------
    ValueError
        Naming the specification: if a column is missing, does not vary, or is collinear; if
        an instrument is spanned by the effects; if the names are not what they should be;
        or if there are too few clusters.
    """
    names = _instruments(spec, endogenous, instruments)
    exogenous = tuple(name for name in spec.regressors if name != endogenous)
    sample = sample_of(replace(spec, regressors=(*spec.regressors, *names)), panel)
    used = sample.frame
    within = absorb(used, (spec.outcome, *spec.regressors, *names), spec.effects)
    y, x, z = np.split(within, [1, 1 + len(spec.regressors)], axis=1)
    place = spec.regressors.index(endogenous)
    d, others = x[:, place], np.delete(x, place, axis=1)
    both = np.column_stack([others, z])
    require_variation(spec, used, (*exogenous, endogenous), np.column_stack([others, d]))
    require_variation(spec, used, (*exogenous, *names), both)
    fitted = x.copy()
    fitted[:, place] = d - left_over(d, both)
    beta = np.asarray(np.linalg.solve(fitted.T @ x, fitted.T @ y[:, 0]), dtype=np.float64)
    residual = y[:, 0] - x @ beta
    factor = small_sample_factor(spec, used, x.shape[1])
    sums = cluster_sums(fitted * residual[:, None], used[spec.cluster]).to_numpy()
    influence = np.linalg.solve(fitted.T @ fitted, sums.T)
    errors = np.asarray(np.sqrt(factor * np.einsum("ij,ij->i", influence, influence)))
    reduced = replace(spec, outcome=endogenous, regressors=(*names, *exogenous), sample="all")
    return Instrumented(
        fit=_fit(spec, sample, beta, errors, residual),
        endogenous=endogenous,
        instruments=names,
        first_stage=estimate(reduced, used),
        strength=_strength(spec, used, left_over(np.column_stack([d, z]), others), both.shape[1]),
    )


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
    merged = rows.merge(before, on=KEY, how="left", validate="1:1").set_index(panel.index)
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
    spec: Specification, used: pd.DataFrame, residuals: Floats, regressors: int
) -> Strength:
    """Return the tests of instruments from the residuals of variable and instruments."""
    free = len(used) - regressors - free_effects(used, spec.effects)
    factor = small_sample_factor(spec, used, regressors)
    clusters = pd.factorize(used[spec.cluster])[0]
    try:
        return strength(residuals[:, 0], residuals[:, 1:], clusters, free, factor)
    except ValueError as error:
        raise ValueError(f"{spec.name}: {error}") from error


def _fit(
    spec: Specification, sample: Sample, beta: Floats, errors: Floats, residual: Floats
) -> Fit:
    """Return the second stage as a fit like any other."""
    used = sample.frame
    clusters = int(used[spec.cluster].nunique())
    free = len(used) - len(beta) - free_effects(used, spec.effects)
    total = used[spec.outcome].var(ddof=1)
    return Fit(
        spec=spec,
        coefficients=coefficient_table(spec.regressors, beta, errors, clusters),
        n=len(used),
        rows=sample.rows,
        missing=sample.missing,
        singletons=sample.singletons,
        clusters=clusters,
        adj_r2=float(1 - residual @ residual / free / total),
    )
