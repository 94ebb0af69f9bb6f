"""Fixed effects as groups of rows: who is alone in one, and how many are free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def labels(frame: pd.DataFrame, effects: Sequence[str]) -> pd.DataFrame:
    """Return the group number of each row in each effect, from 0; ``a^b`` is a cell of a and b."""
    return pd.DataFrame(
        {effect: _numbered(frame, effect.split("^")) for effect in effects}, index=frame.index
    )


def _numbered(frame: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.intp]:
    """Return a number for each combination of the columns, in order of appearance."""
    number = np.zeros(len(frame), dtype=np.intp)
    for column in columns:
        codes, levels = pd.factorize(frame[column])
        number = pd.factorize(number * (len(levels) + 1) + codes)[0]
    return number


def drop_singletons(frame: pd.DataFrame, effects: Sequence[str]) -> pd.DataFrame:
    """Return ``frame`` without rows alone in an effect, repeatedly until there are none.

    Such a row is fitted exactly by its own effect and would only flatter the standard
    errors (Correia 2015). Effects are written as in :class:`Specification`.
    """
    kept = np.arange(len(frame))
    groups = list(labels(frame, effects).to_numpy().T)
    while True:
        crowded = np.ones(len(kept), dtype=bool)
        for group in groups:
            crowded &= (np.bincount(group) > 1)[group]
        if crowded.all():
            return frame if len(kept) == len(frame) else frame.iloc[kept]
        kept, groups = kept[crowded], [group[crowded] for group in groups]


def free_effects(groups: pd.DataFrame) -> int:
    """Return how many coefficients effects add, the constant included; ``groups`` as in labels.

    Exact for one and two effects: two give their levels less one for each connected
    component of the graph that joins them (Abowd, Creecy and Kramarz 2002). Each
    further effect is taken to lose one level, as is usual.
    """
    if groups.shape[1] == 0:
        return 1
    levels = groups.max() + 1
    if groups.shape[1] == 1:
        return int(levels.iloc[0])
    left, right = groups.iloc[:, 0].to_numpy(), groups.iloc[:, 1].to_numpy()
    size = int(levels.iloc[:2].sum())
    edges = coo_array((np.ones(len(left)), (left, right + levels.iloc[0])), shape=(size, size))
    components, _ = connected_components(edges, directed=False)
    return int(levels.sum()) - int(components) - (groups.shape[1] - 2)
