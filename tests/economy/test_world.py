"""Protects the draws that every block of the synthetic economy makes."""

import numpy as np
import pytest

from tradedig_book.economy.firms import FIRM_TYPES, SECTORS
from tradedig_book.economy.world import RANK_CELLS, draw_ranks, zipf

DISTRIBUTIONS = [
    zipf(4, 1.0),
    zipf(40, 0.9),
    zipf(55, 1.0),
    zipf(55, 1.2),
    zipf(31, 1.4),
    np.array([*FIRM_TYPES.values()]),
    np.array([*SECTORS.values()]),
    np.array([1.0]),
]


@pytest.mark.parametrize("probabilities", DISTRIBUTIONS, ids=len)
def test_ranks_are_those_of_numpy(probabilities):
    """Indexed search is for speed only; it must draw what NumPy draws and leave the same state."""
    ours, theirs = np.random.default_rng(7), np.random.default_rng(7)
    expected = theirs.choice(len(probabilities), 50_000, p=probabilities)
    np.testing.assert_array_equal(draw_ranks(ours, probabilities, 50_000), expected)
    assert ours.random() == theirs.random()


def test_ranks_at_the_edges_of_cells():
    """A draw that equals the border of a cell, or of a rank, must fall above it."""

    class Fixed:
        """A generator of chosen draws."""

        def random(self, size):
            return draws[:size]

    probabilities = np.array([0.25, 0.5 + 2**-12, 0.25 - 2**-12])
    edges = probabilities.cumsum()
    draws = np.concatenate([np.arange(RANK_CELLS) / RANK_CELLS, edges[:-1], np.nextafter(edges, 0)])
    expected = edges.searchsorted(draws, side="right")
    np.testing.assert_array_equal(draw_ranks(Fixed(), probabilities, len(draws)), expected)


def test_too_small_probability_is_refused():
    """Two ranks in one cell would be drawn with wrong frequencies, and nobody would notice."""
    with pytest.raises(ValueError, match=f"more than 1 / {RANK_CELLS}"):
        draw_ranks(np.random.default_rng(1), np.array([1 - 1e-4, 1e-4]), 5)
