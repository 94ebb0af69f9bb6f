"""The rows that a specification uses, and what was left out on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.evidence.effects import labels, never_alone, without_gaps
from tradedig_helpers.evidence.specifications import SAMPLES, Specification, choose


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows that a specification uses, and what was left out on the way.

    Attributes
    ----------
    frame : rows without a missing variable and without singletons
    groups : the group of each of them in each effect, as :func:`.effects.labels` numbers them
    rows : observations of the sample
    missing, singletons : rows left out, as in :class:`~tradedig_helpers.evidence.Fit`
    """

    frame: pd.DataFrame
    groups: pd.DataFrame
    rows: int
    missing: int
    singletons: int


def sample_of(spec: Specification, panel: pd.DataFrame, keep: Sequence[str] = ()) -> Sample:
    """Return the rows of ``panel`` that ``spec`` uses, with its variables and ``keep``.

    Raises
    ------
    ValueError
        Naming the specification, if a column is missing or infinite, or no row is left.

    Notes
    -----
    A row alone in an effect says nothing about the slopes (Correia 2015).
    """
    names = list(dict.fromkeys((*spec.variables, *keep)))
    needed = {*names, *SAMPLES.get(spec.sample, "").split()}
    chosen = choose(panel[[name for name in panel if name in needed]], spec.sample)
    complete = _complete(spec, chosen, names)
    groups = labels(chosen, spec.effects).iloc[complete]
    kept = never_alone(groups)
    if not len(kept):
        raise ValueError(
            f"{spec.name}: each of {len(complete)} rows is alone in one of {list(spec.effects)} "
            "(a singleton); use coarser effects or more data"
        )
    return Sample(
        frame=chosen[names].iloc[complete[kept]].reset_index(drop=True),
        groups=without_gaps(groups.iloc[kept]).reset_index(drop=True),
        rows=len(chosen),
        missing=len(chosen) - len(complete),
        singletons=len(complete) - len(kept),
    )


def _complete(spec: Specification, panel: pd.DataFrame, names: Sequence[str]) -> NDArray[np.intp]:
    """Return the places of the rows in which none of ``names`` is missing.

    Raises
    ------
    ValueError
        Naming the specification, if a column is missing or infinite, or no row is complete.
    """
    if absent := [name for name in spec.variables if name not in panel.columns]:
        raise ValueError(
            f"{spec.name} needs the columns {absent}, which the panel lacks; measure them first"
        )
    if infinite := [name for name in spec.numbers if np.isinf(panel[name].to_numpy(float)).any()]:
        raise ValueError(f"{spec.name}: {infinite} hold infinite values; repair or drop those rows")
    known = np.logical_and.reduce([panel[name].notna().to_numpy() for name in names])
    if not known.any():
        raise ValueError(
            f"{spec.name}: none of {len(panel)} rows has all of {list(spec.variables)}"
        )
    return np.flatnonzero(known)
