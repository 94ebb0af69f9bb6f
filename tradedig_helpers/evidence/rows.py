"""The rows that a specification uses, and what was left out on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.effects import drop_singletons
from tradedig_helpers.evidence.specifications import Specification, choose


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows that a specification uses, and what was left out on the way.

    Attributes
    ----------
    frame : rows without a missing variable and without singletons
    rows : observations of the sample
    missing, singletons : rows left out, as in :class:`~tradedig_helpers.evidence.Fit`
    """

    frame: pd.DataFrame
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
    chosen = choose(panel, spec.sample)
    complete = _complete(spec, chosen, keep)
    used = drop_singletons(complete, spec.effects).reset_index(drop=True)
    if used.empty:
        raise ValueError(
            f"{spec.name}: each of {len(complete)} rows is alone in one of {list(spec.effects)} "
            "(a singleton); use coarser effects or more data"
        )
    return Sample(used, len(chosen), len(chosen) - len(complete), len(complete) - len(used))


def _complete(spec: Specification, panel: pd.DataFrame, keep: Sequence[str]) -> pd.DataFrame:
    """Return the columns of ``spec``, and ``keep``, where none is missing."""
    if absent := [name for name in spec.variables if name not in panel.columns]:
        raise ValueError(
            f"{spec.name} needs the columns {absent}, which the panel lacks; measure them first"
        )
    if infinite := [name for name in spec.numbers if np.isinf(panel[name].to_numpy(float)).any()]:
        raise ValueError(f"{spec.name}: {infinite} hold infinite values; repair or drop those rows")
    names = list(dict.fromkeys((*spec.variables, *keep)))
    known = np.logical_and.reduce([panel[name].notna().to_numpy() for name in names])
    complete = panel[names] if known.all() else panel.loc[known, names]
    if complete.empty:
        raise ValueError(
            f"{spec.name}: none of {len(panel)} rows has all of {list(spec.variables)}"
        )
    return complete
