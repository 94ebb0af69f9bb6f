"""Running specifications, whatever their estimator: tidy estimates, counts, and reasons."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demeaned import Demeaned, demean_all, share_rows
from tradedig_helpers.estimation.fit import Fit, fit
from tradedig_helpers.estimation.heckman import Probit, export_choice, heckman, probit
from tradedig_helpers.estimation.iv import Instrumented, estimate_iv, lagged
from tradedig_helpers.estimation.mediation import mediated
from tradedig_helpers.estimation.specifications import (
    EXPORT_CHOICE,
    Estimator,
    Specification,
    Unit,
    sample_columns,
)
from tradedig_helpers.frames.options import require_kind
from tradedig_helpers.frames.reasons import Reasons, is_worded, reason
from tradedig_helpers.measure.panel import Panel

Frames = Mapping[Unit, pd.DataFrame]
Estimated = Fit | Probit | Instrumented
ESTIMATE_COLUMNS = ["table", "column", "term", "estimate", "std_error", "p", "n"]
COUNT_COLUMNS = ("n", "rows", "missing", "singletons", "clusters")
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


@dataclass(frozen=True, slots=True)
class PaperFrames(Mapping[Unit, pd.DataFrame]):
    """A frame for each unit that can be had, and why columns or units are not there.

    Attributes
    ----------
    frames : the frame of each unit
    unmeasured : why a column, or a whole unit, could not be had
    """

    frames: Frames
    unmeasured: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, unit: Unit) -> pd.DataFrame:
        """Return the frame of a unit."""
        return self.frames[unit]

    def __iter__(self) -> Iterator[Unit]:
        """Go through the units."""
        return iter(self.frames)

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.frames)


def paper_frames(panel: Panel, firms: pd.DataFrame) -> PaperFrames:
    """Return the frames on which the columns of the paper are estimated.

    The lag of ``lndig`` is looked up among all firm-years, exporting or not. Where no
    firm-year has one, or where there is no choice of exporting to explain (accounts without
    ``clearance``, or of exporters alone), the lag or the unit ``all firm-years`` is not
    there, and ``unmeasured`` says why, as it does for what ``panel`` lacks.

    Examples
    --------
    >>> data = open_folder("data_sample")
    >>> frames = paper_frames(firm_panel(data), data.firms)
    >>> {unit: len(frame) for unit, frame in frames.items()}
    {'firm-year': 20020, 'all firm-years': 72334}
    >>> found = run(TABLE_2, frames).estimates.query("term == 'lndig'")
    >>> found[["column", "estimate", "std_error", "n"]].round(4)
        column  estimate  std_error      n
    0        1    0.0052     0.0027  19957
    3        2    0.0033     0.0033  18934
    13       3    0.0051     0.0036  16010
    23       4    0.0051     0.0036  16010
    35       5    0.0052     0.0036  16010
    49       6    0.0053     0.0036  16010
    """
    require_kind(panel, Panel, "paper_frames(firm_panel(data), data.firms)")
    reasons = Reasons("report", dict(panel.unmeasured))
    before = reasons.attempt(["lndig_l1"], lambda: lagged(panel.frame, "lndig", panel.everyone))
    choice = reasons.attempt(
        [EXPORT_CHOICE.unit], lambda: export_choice(firms, panel.frame, panel.everyone)
    )
    frames: dict[Unit, pd.DataFrame] = {"firm-year": panel.frame if before is None else before[0]}
    if choice is not None:
        frames[EXPORT_CHOICE.unit] = choice[0]
    return PaperFrames(frames, reasons.found)


def run(
    specs: Iterable[Specification],
    frames: Frames,
    report: Callable[[int], None] = lambda done: None,
    *,
    unmeasured: Mapping[str, str] | None = None,
) -> Results:
    """Estimate every specification; one that cannot be estimated does not stop the others.

    Whatever goes wrong in a column is its ``problem``; only a lack of memory and an
    interrupt end the run.

    Parameters
    ----------
    specs : any of :mod:`.specifications`, or your own
    frames : a frame for each unit that the specifications name
    report : called with the number of specifications done
    unmeasured : why columns or units of ``frames`` could not be had, such as
        ``Panel.unmeasured``, to be added to the problem of each specification that needs one;
        by default what :func:`paper_frames` has found

    Returns
    -------
    Results
        In the order of ``specs``.

    Raises
    ------
    TypeError
        If ``specs`` is one specification and no list, or holds anything else, or ``frames`` is
        one frame.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + 0.1 * rng.normal(size=400)
    >>> specs = [Specification("y", ("x",)), Specification("y", ("w",))]
    >>> results = run(specs, {"firm-year": panel})
    >>> results.estimates.query("term == 'x'")[["term", "estimate", "n"]].round(1)
      term  estimate    n
    0    x       0.5  400
    >>> print(results.columns["problem"].iloc[1])
    y on w needs the columns ['w'], which the panel lacks; measure them first
    """
    if isinstance(specs, Specification):
        raise TypeError("specs is one Specification; give a list of them")
    specs = list(specs) if isinstance(specs, Iterable) else [specs]
    if odd := [one for one in specs if not isinstance(one, Specification)]:
        raise TypeError(
            f"specs holds {len(odd)} of {len(specs)} that are no Specification (such as "
            f"{odd[0]!r}); give a list of them, such as PAPER"
        )
    if not isinstance(frames, Mapping):
        kind = type(frames).__name__
        raise TypeError(f"frames is a {kind}; give one for each unit, {{'firm-year': panel}}")
    if unmeasured is None:
        unmeasured = frames.unmeasured if isinstance(frames, PaperFrames) else {}
    reasons = Reasons("report", dict(unmeasured))
    found: dict[int, tuple[list[pd.DataFrame], dict[str, object]]] = {}
    # NumPy and SciPy let go of the interpreter's lock on arrays of this size.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = _tasks(specs, frames)
        for part in pool.map(lambda places: _group(places, specs, frames, reasons), tasks):
            found |= {place: (parts, column) for place, parts, column in part}
            report(len(found))
    ordered = [found[place] for place in range(len(specs))]
    terms = [part for parts, _ in ordered for part in parts]
    estimates = (
        pd.concat(terms, ignore_index=True) if terms else pd.DataFrame(columns=ESTIMATE_COLUMNS)
    )
    return Results(estimates[ESTIMATE_COLUMNS], pd.DataFrame([column for _, column in ordered]))


Shared = Demeaned | Probit | None
ColumnResult = tuple[int, list[pd.DataFrame], dict[str, object]]


def _tasks(specs: Sequence[Specification], frames: Frames) -> list[list[int]]:
    """Return the places of specifications that are estimated together, the slowest first."""
    kinds = [spec.estimator for spec in specs]
    choices = [place for name in ("probit", "Heckman") for place in _places(kinds, name)]
    linear = [place for name in ("least squares", "2SLS") for place in _places(kinds, name)]
    tasks = [choices]
    for unit in dict.fromkeys(specs[place].unit for place in linear):
        tasks += _sharing([k for k in linear if specs[k].unit == unit], specs, frames.get(unit))
    return sorted(filter(None, tasks), key=len, reverse=True)


def _places(kinds: Sequence[str], name: Estimator) -> list[int]:
    return [place for place, kind in enumerate(kinds) if kind == name]


def _sharing(
    places: Sequence[int], specs: Sequence[Specification], frame: pd.DataFrame | None
) -> list[list[int]]:
    """Return the places of specifications that share rows; each alone where that cannot be told."""
    if frame is not None:
        try:
            groups = share_rows([_with_instruments(specs[place]) for place in places], frame)
            return [[places[k] for k in group] for group in groups]
        except MemoryError:
            raise
        except Exception:
            # Each column says why for itself.
            pass
    return [[place] for place in places]


def _with_instruments(spec: Specification) -> Specification:
    """Return ``spec`` with its instruments among the regressors, as they need to be known too."""
    terms = dict.fromkeys((*spec.regressors, *spec.instruments))
    terms.pop(spec.outcome, None)
    return replace(spec, regressors=tuple(terms), instruments=())


def _group(
    places: Sequence[int], specs: Sequence[Specification], frames: Frames, reasons: Reasons
) -> list[ColumnResult]:
    """Return the columns of places that share their rows, or Heckman's first step."""
    shared = _shared([specs[place] for place in places], frames)
    return [_attempt(place, specs[place], frames, shared, reasons) for place in places]


def _shared(chosen: Sequence[Specification], frames: Frames) -> Shared:
    """Return what several columns need, or nothing: then each says why for itself."""
    frame = frames.get(chosen[0].unit)
    if frame is None or len(chosen) < 2:
        return None
    try:
        if chosen[0].estimator == "probit":
            return probit(chosen[0], frame)
        return demean_all([_with_instruments(spec) for spec in chosen], frame)
    except MemoryError:
        raise
    except Exception:
        return None


def _attempt(
    place: int, spec: Specification, frames: Frames, shared: Shared, reasons: Reasons
) -> ColumnResult:
    """Estimate one column, or say why it cannot be estimated."""
    head: dict[str, object] = {
        name: getattr(spec, name) for name in ("column", "outcome", "estimator", "sample")
    }
    head = {"table": spec.table_name} | head | {"effects": " + ".join(map(str, spec.effects))}
    try:
        _require_frames(spec, frames)
        parts, fitted = _estimate(spec, frames, shared)
    except MemoryError:
        raise
    except Exception as error:
        none = dict.fromkeys((*COUNT_COLUMNS, "adj_r2"), np.nan)
        return place, [], head | none | {"problem": _problem(spec, error, reasons)}
    counts = {name: getattr(fitted, name) for name in COUNT_COLUMNS if hasattr(fitted, name)}
    quality = {"adj_r2": getattr(fitted, "adj_r2", np.nan), "problem": ""}
    labels = {"table": spec.table_name, "column": spec.column, "n": fitted.n}
    terms = [part.reindex(columns=["term", "estimate", "std_error", "p"]) for part in parts]
    return place, [part.assign(**labels) for part in terms], head | counts | quality


def _problem(spec: Specification, error: Exception, reasons: Reasons) -> str:
    """Return why ``spec`` has no estimates: its name, the error, and what it lacks."""
    text = reason(error)
    if spec.name not in text:
        text = f"{spec.name}: {text}"
    if not is_worded(error):
        names = [*spec.variables, *spec.instruments]
        text += f"; look at the values and types of {names}"
    lines = reasons.lines(_needed(spec))
    if lines:  # which say better what can be done
        text = text.removesuffix("; give it").removesuffix("; measure them first")
    return "; ".join([text, *lines])


def _needed(spec: Specification) -> list[str]:
    """Return the columns and units without which ``spec`` cannot be estimated."""
    needed = [*spec.variables, *spec.instruments, *sample_columns(spec.sample), spec.unit]
    if spec.estimator == "Heckman":
        needed += [*EXPORT_CHOICE.variables, EXPORT_CHOICE.unit]
    return needed


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
    ready = shared if isinstance(shared, Demeaned) else None
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
    demeaned = ready or demean_all([spec], frame)
    if not spec.mediator:
        plain = fit(spec, demeaned)
        return [_slopes(plain), _statistics(_of_fit(plain))], plain
    parts = mediated(spec, demeaned)
    effect = {"estimate": parts.estimates["ME"], "std_error": parts.std_errors["ME"]}
    own = pd.DataFrame({"term": ["ME"]} | effect)
    return [_slopes(parts.fit), own, _statistics(_of_fit(parts.fit))], parts.fit


def _slopes(found: Fit) -> pd.DataFrame:
    """Return the coefficients without the constant, which the paper does not print."""
    return found.coefficients.iloc[: len(found.spec.regressors)]


def _of_fit(found: Fit) -> dict[str, float]:
    return {"stat:N": found.n, "stat:adj_r2": found.adj_r2}


def _statistics(values: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"term": list(values), "estimate": [float(v) for v in values.values()]})
