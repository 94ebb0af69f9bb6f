"""Running specifications, whatever their estimator: tidy estimates, counts, and reasons."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.fit import Fit
from tradedig_helpers.evidence.instrumental import Instrumented, estimate_iv, lagged
from tradedig_helpers.evidence.selection import Probit, export_choice, heckman, probit
from tradedig_helpers.evidence.specifications import (
    EXPORT_CHOICE,
    Estimator,
    Specification,
    Unit,
)
from tradedig_helpers.evidence.together import (
    Absorbed,
    absorb_together,
    fit,
    mediated,
    share_rows,
)
from tradedig_helpers.measure.panel import Panel

Frames = Mapping[Unit, pd.DataFrame]
Estimated = Fit | Probit | Instrumented
TERMS = ["table", "column", "term", "estimate", "std_error", "p", "n"]
COUNTS = ("n", "rows", "missing", "singletons", "clusters")
STRENGTH = {
    "stat:ACC LM": "anderson_lm",
    "stat:CDW F": "cragg_donald_f",
    "stat:KP LM": "kleibergen_paap_lm",
    "stat:effective F": "effective_f",
}
"""Terms under which tests of instruments are reported; the first two as the paper names them."""


@dataclass(frozen=True, slots=True)
class Results:
    """Estimates of many specifications.

    Attributes
    ----------
    estimates : ``table``, ``column``, ``term``, ``estimate``, ``std_error``, ``p``, ``n``; terms
        that begin with ``stat:`` are statistics of a column and have no error
    columns : ``table``, ``column``, ``outcome``, ``estimator``, ``sample``, ``effects``, the
        counts ``n``, ``rows``, ``missing``, ``singletons`` and ``clusters``, ``adj_r2``, and
        ``problem``: why a column has no estimates, empty if it has
    """

    estimates: pd.DataFrame
    columns: pd.DataFrame


def paper_frames(panel: Panel, firms: pd.DataFrame) -> dict[Unit, pd.DataFrame]:
    """Return the frames on which the columns of the paper are estimated.

    The lag of ``lndig`` is looked up among all firm-years, exporting or not.
    """
    choice, _ = export_choice(firms, panel.frame, panel.everyone)
    exporters, _ = lagged(panel.frame, "lndig", choice)
    return {"firm-year": exporters, "all firm-years": choice}


def run(
    specs: Sequence[Specification],
    frames: Frames,
    report: Callable[[int], None] = lambda done: None,
) -> Results:
    """Estimate every specification; one that cannot be estimated does not stop the others.

    Parameters
    ----------
    specs : any of :mod:`.specifications`, or your own
    frames : a frame for each unit that the specifications name
    report : called with the number of specifications done

    Returns
    -------
    Results
        In the order of ``specs``.
    """
    found: dict[int, tuple[list[pd.DataFrame], dict[str, object]]] = {}
    # NumPy and SciPy let go of the interpreter's lock on arrays of this size.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(lambda places: _group(places, specs, frames), _tasks(specs, frames)):
            found |= {place: (parts, column) for place, parts, column in part}
            report(len(found))
    ordered = [found[place] for place in range(len(specs))]
    terms = [part for parts, _ in ordered for part in parts]
    estimates = pd.concat(terms, ignore_index=True) if terms else pd.DataFrame(columns=TERMS)
    return Results(estimates[TERMS], pd.DataFrame([column for _, column in ordered]))


Shared = Absorbed | Probit | None
Found = tuple[int, list[pd.DataFrame], dict[str, object]]


def _tasks(specs: Sequence[Specification], frames: Frames) -> list[list[int]]:
    """Return the places of specifications that are estimated together, the slowest first."""
    of = {
        name: [place for place, spec in enumerate(specs) if spec.estimator == name]
        for name in get_args(Estimator)
    }
    linear = [*of["least squares"], *of["2SLS"]]
    tasks = [[*of["probit"], *of["Heckman"]]]
    for unit in dict.fromkeys(specs[place].unit for place in linear):
        of_unit = [place for place in linear if specs[place].unit == unit]
        if unit in frames:
            groups = share_rows([_with_instruments(specs[k]) for k in of_unit], frames[unit])
            tasks += [[of_unit[k] for k in group] for group in groups]
        else:
            tasks += [[place] for place in of_unit]
    return sorted(filter(None, tasks), key=len, reverse=True)


def _with_instruments(spec: Specification) -> Specification:
    """Return ``spec`` with its instruments among the regressors, as they need to be known too."""
    terms = dict.fromkeys((*spec.regressors, *spec.instruments))
    terms.pop(spec.outcome, None)
    return replace(spec, regressors=tuple(terms), instruments=())


def _group(places: Sequence[int], specs: Sequence[Specification], frames: Frames) -> list[Found]:
    """Return the columns of places that share their rows, or Heckman's first step."""
    chosen = [specs[place] for place in places]
    shared: Shared = None
    frame = frames.get(chosen[0].unit)
    if frame is not None and len(chosen) > 1:
        # Where it cannot be had, each column says why for itself.
        with suppress(ValueError, RuntimeError):
            if chosen[0].estimator == "probit":
                shared = probit(chosen[0], frame)
            else:
                shared = absorb_together([_with_instruments(spec) for spec in chosen], frame)
    return [_attempt(place, specs[place], frames, shared) for place in places]


def _attempt(place: int, spec: Specification, frames: Frames, shared: Shared) -> Found:
    """Estimate one column, or say why it cannot be estimated."""
    head: dict[str, object] = {
        name: getattr(spec, name) for name in ("table", "column", "outcome", "estimator", "sample")
    } | {"effects": " + ".join(spec.effects)}
    try:
        _require_frames(spec, frames)
        parts, fitted = _estimate(spec, frames, shared)
    except (ValueError, RuntimeError) as reason:
        none = dict.fromkeys((*COUNTS, "adj_r2"), np.nan)
        named = str(reason) if spec.name in str(reason) else f"{spec.name}: {reason}"
        return place, [], head | none | {"problem": named}
    counts = {name: getattr(fitted, name) for name in COUNTS if hasattr(fitted, name)}
    quality = {"adj_r2": getattr(fitted, "adj_r2", np.nan), "problem": ""}
    labels = {"table": spec.table, "column": spec.column, "n": fitted.n}
    terms = [part.reindex(columns=["term", "estimate", "std_error", "p"]) for part in parts]
    return place, [part.assign(**labels) for part in terms], head | counts | quality


def _require_frames(spec: Specification, frames: Frames) -> None:
    """Raise unless there is a frame of the unit, and of all firm-years for Heckman's first step."""
    needed: list[Unit] = [spec.unit]
    if spec.estimator == "Heckman":
        needed.append(EXPORT_CHOICE.unit)
    if absent := [unit for unit in needed if unit not in frames]:
        raise ValueError(f"{spec.name} needs a frame of {', '.join(map(repr, absent))}; give it")


def _estimate(
    spec: Specification, frames: Frames, shared: Shared
) -> tuple[list[pd.DataFrame], Fit | Probit]:
    """Return the estimates and statistics of one column, and its fit."""
    frame = frames[spec.unit]
    known = shared if isinstance(shared, Probit) else None
    ready = shared if isinstance(shared, Absorbed) else None
    if spec.estimator == "probit":
        first = known if known and known.spec == spec else probit(spec, frame)
        return [first.coefficients, _statistics({"stat:N": first.n})], first
    if spec.estimator == "Heckman":
        step = known if known and known.spec == EXPORT_CHOICE else EXPORT_CHOICE
        second = heckman(frames[EXPORT_CHOICE.unit], frame, step, spec).second
        return [_slopes(second), _statistics(_of_fit(second))], second
    if spec.estimator == "2SLS":
        found = estimate_iv(spec, frame, spec.regressors[0], spec.instruments, ready)
        tests = {term: getattr(found.strength, name) for term, name in STRENGTH.items()}
        return [_slopes(found.fit), _statistics(_of_fit(found.fit) | tests)], found.fit
    absorbed = ready or absorb_together([spec], frame)
    plain = fit(spec, absorbed)
    parts = [_slopes(plain), _statistics(_of_fit(plain))]
    if spec.mediator:
        effect, error = mediated(spec, absorbed)
        parts.insert(1, pd.DataFrame({"term": ["ME"], "estimate": effect, "std_error": error}))
    return parts, plain


def _slopes(found: Fit) -> pd.DataFrame:
    """Return the coefficients without the constant, which the paper does not print."""
    return found.coefficients.iloc[: len(found.spec.regressors)]


def _of_fit(found: Fit) -> dict[str, float]:
    return {"stat:N": found.n, "stat:adj_r2": found.adj_r2}


def _statistics(values: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"term": list(values), "estimate": [float(v) for v in values.values()]})
