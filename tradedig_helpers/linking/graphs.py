"""Rows, keys and the connected components that the keys make of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Keys = NDArray[np.int64]
Pairs = tuple[Keys, Keys]

NONE = -1


def key_numbers(*keys: pd.Series[Any]) -> Keys:
    """Return one whole number for each combination of ``keys``, -1 where one is missing."""
    number = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        part, distinct = pd.factorize(key)
        number = np.where((part < 0) | (number < 0), NONE, number * len(distinct) + part)
    return number


def chain(rows: Keys, keys: Keys) -> Pairs:
    """Return the pairs that join, one after the other, the rows of each key from 0."""
    rows, keys = rows[keys >= 0], keys[keys >= 0]
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    same = keys[1:] == keys[:-1]
    return rows[:-1][same], rows[1:][same]


def components(size: int, joins: list[Pairs]) -> Keys:
    """Return the connected component of each of ``size`` rows that ``joins`` pair."""
    one, two = (np.concatenate(side) for side in zip(*joins, strict=True))
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, two)), shape=(size, size))
    labels: Keys = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def on_their_own(keys: Keys) -> Keys:
    """Return ``keys`` with a number of its own for each row that has none."""
    filled = keys.copy()
    missing = keys < 0
    filled[missing] = keys.max(initial=0) + 1 + np.arange(int(missing.sum()))
    return filled
