"""Fixed effects as groups of rows: who is alone in one, and how many coefficients they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tradedig_helpers.frames.arrays import Codes


def group_codes(frame: pd.DataFrame, effects: Sequence[str]) -> pd.DataFrame:
    """Return the group number of each row in each effect, from 0; ``a^b`` is a cell of a and b."""
    return pd.DataFrame(
        {effect: _numbered(frame, effect.split("^")) for effect in effects}, index=frame.index
    )


def _numbered(frame: pd.DataFrame, columns: Sequence[str]) -> Codes:
    """Return a number for each combination of the columns, in order of appearance."""
    numbers = [pd.factorize(frame[column], use_na_sentinel=False)[0] for column in columns]
    number = numbers[0]
    for other in numbers[1:]:
        number = pd.factorize(number * (other.max(initial=0) + 1) + other)[0]
    return number


def drop_singletons(frame: pd.DataFrame, effects: Sequence[str]) -> pd.DataFrame:
    """Return ``frame`` without rows alone in an effect, repeatedly until there are none.

    Such a row is fitted exactly by its own effect and would only flatter the standard
    errors (Correia 2015). Effects are written as in :class:`.Specification`.
    """
    kept = non_singletons(group_codes(frame, effects))
    return frame if len(kept) == len(frame) else frame.iloc[kept]


def non_singletons(groups: pd.DataFrame) -> Codes:
    """Return the places of the rows that :func:`drop_singletons` keeps, given their groups."""
    sized = [(group, np.bincount(group)) for group in groups.to_numpy().T]
    kept = np.ones(len(groups), dtype=bool)
    while True:
        alone = np.zeros(len(groups), dtype=bool)
        for group, size in sized:
            alone |= (size == 1)[group]
        alone &= kept
        if not alone.any():
            return np.flatnonzero(kept)
        kept &= ~alone
        for group, size in sized:
            size -= np.bincount(group[alone], minlength=len(size))


def without_gaps(groups: pd.DataFrame) -> pd.DataFrame:
    """Return ``groups`` numbered from 0 without gaps, in the same order."""
    numbers = {
        effect: (np.cumsum(np.bincount(group) > 0) - 1)[group] for effect, group in groups.items()
    }
    return pd.DataFrame(numbers, index=groups.index)


def fixed_effect_dof(groups: pd.DataFrame) -> int:
    """Return how many coefficients effects add, the constant included; see :func:`group_codes`.

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


def least_dof(groups: pd.DataFrame) -> int:
    """Return how many coefficients three or more effects add at least, the constant included.

    It is the most that two of them add, since others may be redundant.
    """
    return max(fixed_effect_dof(groups[list(pair)]) for pair in combinations(groups.columns, 2))


def crossing(groups: pd.DataFrame, clusters: pd.Series) -> list[str]:
    """Return the effects, columns of ``groups``, that are not nested in ``clusters``."""
    cluster = pd.factorize(clusters)[0]
    return [str(effect) for effect, group in groups.items() if _crosses(group.to_numpy(), cluster)]


def _crosses(group: Codes, cluster: Codes) -> bool:
    """Tell whether rows of a group are in more than one cluster."""
    one = np.empty(group.max() + 1, dtype=np.intp)
    one[group] = cluster
    return bool((one[group] != cluster).any())


def nonnested_dof(groups: pd.DataFrame, clusters: pd.Series) -> int:
    """Return how many coefficients of effects that cross clusters count, constant included.

    Each such effect is taken to lose one level.
    """
    return 1 + sum(int(groups[effect].max()) for effect in crossing(groups, clusters))
