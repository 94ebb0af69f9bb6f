"""Two-stage least squares with absorbed effects, and last year's value as an instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demeaned import Demeaned, demean_all
from tradedig_helpers.estimation.fit import Fit, as_fit, fit, unexplained_share
from tradedig_helpers.estimation.specifications import FIRM, YEAR, Specification
from tradedig_helpers.estimation.strength import Strength, strength
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_kind, require_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import checked, require_key, require_same_kind


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A specification estimated by two-stage least squares.

    Attributes
    ----------
    fit : the second stage, as :func:`~tradedig_helpers.estimation.fit.estimate` returns one; its R²
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
    demeaned: Demeaned | None = None,
) -> Instrumented:
    """Estimate ``spec`` by two-stage least squares with ``instruments`` for ``endogenous``.

    Effects are absorbed from every variable first (Frisch, Waugh and Lovell). Errors are
    clustered, with the convention of ``CLUSTERED_ERRORS``. Rows without an instrument are left
    out and counted. ``demeaned`` holds these rows, and the variables among others, if
    :func:`.demean_all` has prepared them already.

    Raises
    ------
    ValueError
        Naming the specification: if a column is missing, does not vary, or is collinear; if
        an instrument is spanned by the effects; if the names are not what they should be;
        if there are too few clusters or degrees of freedom; or if ``demeaned`` was prepared for
        other effects, clusters, sample or variables.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(900) // 3, "z": rng.normal(size=900)})
    >>> shock = rng.normal(size=900)
    >>> panel["x"] = panel["z"] + shock
    >>> panel["y"] = 0.5 * panel["x"] + shock + 0.1 * rng.normal(size=900)
    >>> spec = Specification("y", ("x",), effects=("firm",))
    >>> found = estimate_iv(spec, panel, endogenous="x", instruments=["z"])
    >>> tidy([estimate(spec, panel), found.fit])[["term", "estimate", "std_error"]].round(2)
      term  estimate  std_error
    0    x      1.03       0.02
    1    x      0.50       0.04
    >>> found.strength.effective_f > 100
    True
    """
    names = _instruments(spec, endogenous, instruments)
    exogenous = tuple(name for name in spec.regressors if name != endogenous)
    reduced = replace(
        spec, outcome=endogenous, regressors=(*names, *exogenous), instruments=(), mediator=""
    )
    prepared = demeaned or demean_all([spec, reduced], panel)
    own = prepared.of(spec)
    prepared.of(reduced)
    own.require_estimable((*exogenous, endogenous))
    own.check_collinearity((*exogenous, *names))
    first_stage = fit(reduced, prepared)
    tests = _strength(own, endogenous, names, exogenous)
    slopes, errors, residual = _second_stage(own, endogenous, first_stage)
    return Instrumented(
        fit=as_fit(own, slopes, errors, unexplained_share(own, residual)),
        endogenous=endogenous,
        instruments=names,
        first_stage=first_stage,
        strength=tests,
    )


def _second_stage(
    demeaned: Demeaned, endogenous: str, first_stage: Fit
) -> tuple[Floats, Floats, Floats]:
    """Return slopes, clustered errors and residuals of the structural equation.

    Regressors with the fitted ``endogenous`` in place of its own values are combinations
    of the variables at hand, so their products are combinations of products.
    """
    spec = demeaned.spec
    places = demeaned.at(spec.regressors)
    weights = np.zeros((len(places), len(demeaned.terms)))
    weights[np.arange(len(places)), places] = 1.0
    fitted = spec.regressors.index(endogenous)
    weights[fitted] = 0.0
    first = first_stage.coefficients[first_stage.coefficients["term"] != "Intercept"]
    weights[fitted, demeaned.at(first["term"].tolist())] = first["estimate"]
    moments = weights @ demeaned.gram
    outcome = demeaned.terms.index(spec.outcome)
    slopes = np.asarray(np.linalg.solve(moments[:, places], moments[:, outcome]), dtype=np.float64)
    residual = demeaned.residual(spec.outcome, spec.regressors, slopes)
    scores = weights @ demeaned.cluster_scores(demeaned.terms, residual)
    influence = np.asarray(np.linalg.solve(moments @ weights.T, scores), dtype=np.float64)
    sums = np.add.reduceat(residual, demeaned.starts)
    slopes, influence = demeaned.with_constant(slopes, influence, sums)
    ssc = demeaned.ssc(len(places))
    return slopes, np.sqrt(ssc * np.einsum("ij,ij->i", influence, influence)), residual


def lagged(
    panel: pd.DataFrame,
    name: str,
    source: pd.DataFrame | None = None,
    *,
    firm: str = FIRM,
    year: str = YEAR,
) -> tuple[pd.DataFrame, Ledger]:
    """Return ``panel`` with last year's value of ``name`` as ``name_l1``, and a ledger.

    Last year is the calendar year before: a gap in a firm's years leaves the lag missing.

    Parameters
    ----------
    panel : ``firm`` and ``year`` (unique)
    name : a numeric column of ``source``, not of its key
    source : where to look the value up, ``panel`` by default; all firm-years, exporting or
        not, know more of last year than those that export
    firm, year : the columns that are the key of both

    Returns
    -------
    frame : ``panel`` with its index and its types; the lag is int64 or float64
    ledger : how many rows have it

    Raises
    ------
    TypeError
        If a frame is no pandas DataFrame, a column is no number, or ``firm`` is a number in
        one frame and text in the other.
    ValueError
        On missing columns, years that are none, infinite values, repeated keys, or if no row
        has a lag.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"firm": 1, "year": [2003, 2004], "lndig": [0.0, 1.1]})
    >>> with_lag, ledger = lagged(panel, "lndig")
    >>> with_lag.iloc[1, -1]
    np.float64(0.0)
    """
    require_names([name], "name")
    key = [firm, year]
    if name in key:
        raise ValueError(f"name = {name!r} is a part of the key {key}; give what has a lag")
    rows = _keyed(panel, "panel", key)
    known, where = (rows, "panel") if source is None else (_keyed(source, "source", key), "source")
    checked(known, where, optional_numbers=[name])
    require_same_kind(rows, known, key, "panel", where)
    before = known[[*key, name]].assign(**{year: known[year] + 1})
    lag = rows[key].merge(before, on=key, how="left")[name]
    found = int(lag.notna().sum())
    if not found:
        raise ValueError(f"none of {len(rows)} rows has a {name} one year before; give more years")
    first = rows[year] == rows[firm].map(known.groupby(firm)[year].min())
    later = len(rows) - int(first.sum())
    ledger = Ledger().record("firm is known in an earlier year", "firm-years", len(rows), later)
    merged = panel.drop(columns=f"{name}_l1", errors="ignore")
    merged = merged.assign(**{f"{name}_l1": lag.to_numpy()})
    return merged, ledger.record("firm is known in the year before", "firm-years", later, found)


def _keyed(frame: pd.DataFrame, name: str, key: list[str]) -> pd.DataFrame:
    """Return a plain frame whose rows ``key``, firm and year, identifies.

    Raises
    ------
    TypeError, ValueError
        If it is no pandas DataFrame, firm and year are one column, it lacks a key or repeats
        one, or has a year that is none.
    """
    require_names(key, "firm and year")
    known = plain(frame, name)
    checked(known, name, present=key[:1], years=key[1:])
    require_key(known, key, name)
    return known


def _instruments(
    spec: Specification, endogenous: str, instruments: Sequence[str]
) -> tuple[str, ...]:
    """Return the instruments, once it is clear that names are what they should be."""
    require_kind(spec, Specification, "estimate_iv(spec, panel, endogenous, instruments)")
    names = require_names(instruments, f"{spec.name}: instruments")
    if not isinstance(endogenous, str):
        raise TypeError(
            f"{spec.name}: endogenous is one name, such as {spec.regressors[0]!r}; "
            f"got {endogenous!r}"
        )
    if endogenous not in spec.regressors:
        raise ValueError(
            f"{spec.name} has no regressor {endogenous!r}; it has {list(spec.regressors)}"
        )
    if both := [name for name in names if name in (*spec.regressors, spec.outcome)]:
        raise ValueError(f"{spec.name}: {both} cannot be instruments; they are in the equation")
    return names


def _strength(
    demeaned: Demeaned, endogenous: str, instruments: Sequence[str], exogenous: Sequence[str]
) -> Strength:
    """Return the tests of instruments from what the exogenous regressors leave of both."""
    left = [demeaned.solve(name, exogenous)[1] for name in (endogenous, *instruments)]
    regressors = len(exogenous) + len(instruments)
    clusters = demeaned.cluster_codes
    free = demeaned.n - regressors - demeaned.effect_dof
    try:
        return strength(
            left[0], np.column_stack(left[1:]), clusters, free, demeaned.ssc(regressors)
        )
    except ValueError as error:
        raise ValueError(f"{demeaned.spec.name}: {error}") from error
