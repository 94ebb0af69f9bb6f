"""Protects the drawing of a market's price-quantity lines."""

from __future__ import annotations

import pandas as pd

from tradedig_book.present.model_figures import rotation_figure


def test_each_level_has_its_line_and_its_sellers() -> None:
    """A level that is not asked for is not drawn, and the line runs to the largest seller."""
    rows = [(dig, x, 1.0 + (0.2 + 0.1 * dig) * x) for dig in (0, 1, 2) for x in (0.5, 1.0, 2.0)]
    sellers = pd.DataFrame(rows, columns=["dig", "quantity", "price"])
    drawn = rotation_figure(sellers, (0, 2), caption="Invented.", alt="Two lines.")
    for name in ("dig = 0", "sellers with dig = 0", "dig = 2", "sellers with dig = 2"):
        assert f">{name}<" in drawn.svg
    assert "dig = 1" not in drawn.svg
