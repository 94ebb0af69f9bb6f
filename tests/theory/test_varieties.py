"""Protects the firm with many varieties: what ψ does to number and sizes, proved and counted."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory import varieties as m
from tradedig_book.theory.free_entry import c, c_D


def test_the_count_has_elasticity_one_and_the_variation_none() -> None:
    """In ψ; the variation of values knows the cost relative to the cutoff, and nothing else."""
    count = m.variety_count()
    assert sp.simplify(d.psi * sp.diff(count, d.psi) / count) == 1
    assert sp.simplify(m.variation() - 1 / sp.sqrt(3)) == 0
    assert m.variation("value").free_symbols == {c, c_D}
    ratio = sp.Symbol("ratio", positive=True)
    assert sp.simplify(m.variation("value").subs(c, ratio * c_D)).free_symbols == {ratio}


def test_the_count_over_core_sales_knows_no_lead() -> None:
    """Neither the firm's cost nor the cutoff is in it."""
    assert m.count_over_core().free_symbols == {d.psi, d.gamma, d.e, d.L, m.t}


@pytest.mark.parametrize("cost", [0.3, 0.6])
@pytest.mark.parametrize("psi", [1.0, 2.5])
def test_whole_varieties_come_close(cost: float, psi: float) -> None:
    """With small steps sums are the integrals."""
    book = m.order_book(psi, cost, step=1e-4)
    assert (book["quantity"] > 0).all()
    assert len(book) == pytest.approx(psi * (1 - cost) / 1e-4, abs=1)
    for size in ("quantity", "value"):
        expected = float(m.variation(size).subs({c: cost, c_D: 1}))
        assert book[size].std(ddof=0) / book[size].mean() == pytest.approx(expected, rel=1e-3)


def test_books_grow_by_their_count() -> None:
    """Doubling ψ adds ln 2 to the log of count over core sales, whatever the cost."""
    logs = {
        (psi, cost): np.log(len(book) / book["quantity"][0])
        for psi in (1.0, 2.0)
        for cost in (0.3, 0.6)
        for book in [m.order_book(psi, cost, step=0.02)]
    }
    for cost in (0.3, 0.6):
        assert logs[2.0, cost] - logs[1.0, cost] == pytest.approx(np.log(2))
