"""The rows that a specification uses, and what was left out on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradedig_helpers.estimation.effects import group_codes, non_singletons, without_gaps
from tradedig_helpers.estimation.specifications import (
    FIRM,
    SAMPLES,
    Specification,
    choose_sample,
    sample_columns,
)
from tradedig_helpers.frames.arrays import Codes, Floats
from tradedig_helpers.frames.plain import EXACT_DOUBLE, plain
from tradedig_helpers.schema.checks import require_columns

LARGEST = 1e70
"""Products of four numbers up to it, or from its inverse, are within double precision."""


@dataclass(frozen=True, slots=True)
class EstimationSample:
    """The rows that a specification uses, and what was left out on the way.

    Attributes
    ----------
    frame : rows without a missing variable and without singletons; variables as float64
    groups : the group of each of them in each effect, as :func:`.group_codes` numbers them
    rows : observations of the sample
    missing, singletons : rows left out, as in :class:`~tradedig_helpers.estimation.fit.Fit`
    """

    frame: pd.DataFrame
    groups: pd.DataFrame
    rows: int
    missing: int
    singletons: int

    def sorted_by(self, cluster: str) -> EstimationSample:
        """Return the rows in the order of their clusters."""
        if self.frame[cluster].is_monotonic_increasing:
            return self
        order = self.frame[cluster].sort_values(kind="stable").index
        frame, groups = (
            part.loc[order].reset_index(drop=True) for part in (self.frame, self.groups)
        )
        return replace(self, frame=frame, groups=groups)


def sample_of(
    spec: Specification, panel: pd.DataFrame, keep: Sequence[str] = ()
) -> EstimationSample:
    """Return the rows of ``panel`` that ``spec`` uses, with its variables and ``keep``.

    The door of every estimator: whatever the types, the missing values and the index of
    ``panel``, variables are float64 from here on. A row that is in the sample or not, which its
    missing value hides, counts as one of the sample with a missing variable.

    Raises
    ------
    TypeError
        Naming the specification and the column, if ``panel`` is no pandas DataFrame, a
        variable is no number, or a column of names has a text and a number that read alike.
    ValueError
        Naming the specification, if a column is missing, infinite or in extreme units, or no
        row is left.

    Notes
    -----
    A row alone in an effect says nothing about the slopes (Correia 2015).
    """
    names = list(dict.fromkeys((*spec.variables, *keep)))
    whole = _in_float64(spec, _columns(spec, panel, names), names)
    decided = _decided(spec, whole)
    chosen = choose_sample(decided, spec.sample)
    rows = len(chosen) + len(whole) - len(decided)
    complete = _complete(spec, chosen, names, rows)
    groups = group_codes(chosen, spec.effects).iloc[complete]
    kept = non_singletons(groups)
    if not len(kept):
        raise ValueError(
            f"{spec.name}: each of {len(complete)} rows is alone in one of {list(spec.effects)} "
            "(a singleton); use coarser effects or more data"
        )
    return EstimationSample(
        frame=chosen[names].iloc[complete[kept]].reset_index(drop=True),
        groups=without_gaps(groups.iloc[kept]).reset_index(drop=True),
        rows=rows,
        missing=rows - len(complete),
        singletons=len(complete) - len(kept),
    )


def _columns(spec: Specification, panel: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return ``names`` and what chooses the sample, in plain types.

    Raises
    ------
    TypeError, ValueError
        Naming the specification, if ``panel`` is no pandas DataFrame, has a column twice or
        lacks one, or a column mixes text with numbers that read alike.
    """
    held: list[object] = []
    if isinstance(panel, pd.DataFrame):
        held = list(panel.columns)
        needed = {*names, *sample_columns(spec.sample)}
        panel = panel.loc[:, [name in needed for name in panel.columns]]
    try:
        known = plain(panel, "panel")
        objects = [str(name) for name in known if pd.api.types.is_object_dtype(known[name])]
        known = known.assign(**{n: _told_apart(known[n]) for n in objects if n not in spec.numbers})
        if len(objects) and len(known):
            require_columns(known[objects], objects, "panel")
    except (TypeError, ValueError) as error:
        raise type(error)(f"{spec.name}: {error}") from error
    if absent := [name for name in names if name not in known.columns]:
        unnamed = spec.cluster == FIRM and absent == [FIRM] and FIRM not in spec.effects
        cure = (
            "name another cluster by cluster=, or measure it" if unnamed else "measure them first"
        )
        if "^" in spec.cluster and spec.cluster in absent:
            cure = "a cluster is one column, so make one of the cell"
        raise ValueError(
            f"{spec.name} needs the columns {absent}, which the panel lacks; "
            f"{_whole_names(spec, held, absent) or cure}"
        )
    return known


def _whole_names(spec: Specification, held: Sequence[object], absent: Sequence[str]) -> str:
    """Return that a column has to be renamed, whose name reads as a product or a cell."""
    terms = dict.fromkeys((spec.outcome, *spec.regressors, *spec.also), ":")
    terms |= dict.fromkeys(spec.effects, "^")
    for name, joint in terms.items():
        if name in held and set(absent).intersection(name.split(joint)):
            kind = "product" if joint == ":" else "cell"
            return f"{joint!r} makes a {kind}, and the panel has a column {name!r}: rename that"
    return ""


def _told_apart(values: pd.Series) -> pd.Series:
    """Return names of groups, numbers among them written as text if none then meets another."""
    text = values.map(
        lambda one: f"{one:.17g}" if isinstance(one, float) else str(one), na_action="ignore"
    )
    return text if text.nunique() == values.nunique() else values


def _in_float64(spec: Specification, panel: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return ``panel`` with the numbers of ``spec`` as float64; those that are, not copied.

    Raises
    ------
    TypeError, ValueError
        Naming the specification, if a variable is no number, or one of ``names`` is infinite.
    """
    narrow = [name for name in spec.numbers if panel[name].dtype != np.float64]
    found = panel.assign(**{name: _float(spec, panel[name]) for name in narrow})
    sizes = {name: _size(found[name]) for name in names if found[name].dtype == np.float64}
    if infinite := [name for name, size in sizes.items() if np.isinf(size)]:
        raise ValueError(f"{spec.name}: {infinite} hold infinite values; repair or drop those rows")
    for name in [name for name in spec.variables if name not in spec.numbers]:
        if sizes.get(name, 0.0) >= EXACT_DOUBLE:
            raise ValueError(
                f"{spec.name}: panel.{name} holds names as floats, up to {sizes[name]:g}, which do "
                "not tell so large ones apart; read it as text or as whole numbers"
            )
    for name in spec.numbers:
        if sizes[name] > LARGEST or 0 < sizes[name] < 1 / LARGEST:
            raise ValueError(
                f"{spec.name}: panel.{name} reaches {sizes[name]:g}, whose powers double precision "
                f"does not hold; measure it in units in which it is of ordinary size"
            )
    return found


def _float(spec: Specification, values: pd.Series) -> pd.Series:
    """Return numbers and flags as float64.

    Raises
    ------
    TypeError
        Naming the specification and the column, if they are anything else.
    """
    kind = values.dtype
    objects = pd.api.types.is_object_dtype(kind)
    flags = objects and pd.api.types.infer_dtype(values, skipna=True) in FLAG_KINDS
    if not flags and getattr(kind, "kind", "O") not in "iufb":
        raise TypeError(
            f"{spec.name}: panel.{values.name} has type {kind}; convert it to numbers, or use it "
            "as an effect"
        )
    return values.astype(np.float64)


FLAG_KINDS = ("boolean", "empty")
"""What pandas calls columns of objects that are true, false or missing."""


def _size(values: pd.Series) -> float:
    """Return the largest absolute value that is not missing; NaN if all are."""
    numbers = values.to_numpy()
    ends = (np.fmin.reduce(numbers, initial=np.nan), np.fmax.reduce(numbers, initial=np.nan))
    return float(np.fmax(*np.abs(ends)))


def _decided(spec: Specification, panel: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are known to be in the sample or not, flags as true and false.

    Raises
    ------
    TypeError, ValueError
        Naming the specification, if a flag is anything but true or false.
    """
    columns = sample_columns(spec.sample)
    if not columns or columns[0] not in panel.columns:
        return panel
    flag = columns[0]
    values = _float(spec, panel[flag])
    if values.hasnans:
        panel, values = panel[values.notna()], values.dropna()
    if SAMPLES[spec.sample].removeprefix("not ") != flag:
        return panel
    if not values.isin((0.0, 1.0)).all():
        raise ValueError(f"{spec.name}: panel.{flag} must be true or false in every row")
    return panel.assign(**{flag: values.astype(bool)})


def _complete(spec: Specification, panel: pd.DataFrame, names: Iterable[str], rows: int) -> Codes:
    """Return the places of the rows in which none of ``names`` is missing.

    Raises
    ------
    ValueError
        Naming the specification, if no row is complete.
    """
    known = np.logical_and.reduce([panel[name].notna().to_numpy() for name in names])
    if not known.any():
        missing = {name: int(panel[name].isna().sum()) for name in names}
        counts = ", ".join(f"{name!r} in {bad}" for name, bad in missing.items() if bad)
        cure = f"missing are {counts}; fill them in or leave one out" if counts else "give rows"
        raise ValueError(f"{spec.name}: none of {rows} rows has all of {list(names)}; {cure}")
    return np.flatnonzero(known)


def finite(values: ArrayLike, name: str) -> Floats:
    """Return numbers as float64.

    Raises
    ------
    TypeError, ValueError
        With ``name``, if they are no numbers, or one of them is missing or infinite.
    """
    given = np.asarray(values, dtype=object)
    if pd.isna(given).any():
        raise ValueError(f"{name} must be finite; {int(pd.isna(given).sum())} are missing")
    try:
        found = given.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be numbers: {error}") from error
    if not np.isfinite(found).all():
        raise ValueError(f"{name} must be finite; the largest is {found.max():g}")
    return np.asarray(found)
