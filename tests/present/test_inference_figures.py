"""Protects the figures of inference: every cluster and every method is drawn and named."""

import pandas as pd
import pytest

from tradedig_book.present.charts import Estimates, Mark, forest
from tradedig_book.present.evidence_figures import information_figure

SHARES = pd.DataFrame({"rows": [0.4, 0.6], "information": [0.9, 0.1]}, index=["P01", "P02"])
ROWS = pd.DataFrame(
    {"method": ["by firm", "wild"], "estimate": 0.5, "low": [0.4, 0.1], "high": [0.6, 0.9]}
)


def test_every_cluster_is_named():
    """A share without its province would be a number about nothing."""
    drawn = information_figure(SHARES, caption="Shares. Synthetic data.", alt="Two bars")
    for word in ("P01", "P02", "of the rows", "of the information", "share (of one)"):
        assert word in drawn.svg


def test_every_method_is_named():
    """An interval without its method, or a line without its name, cannot be read."""
    estimates = Estimates("now", ROWS["estimate"], ROWS["low"], ROWS["high"])
    words = {"xlabel": "QSY", "ylabel": "errors", "caption": "Intervals", "alt": "Two"}
    drawn = forest(ROWS["method"], estimates, marks=[Mark(0.3, "truth")], **words)
    for word in ("by firm", "wild", "truth", "QSY"):
        assert word in drawn.svg
    assert drawn.alt == "Two"


def test_alt_text_is_required():
    """A figure without a text alternative must be refused."""
    with pytest.raises(ValueError, match="alt text"):
        information_figure(SHARES, caption="Shares", alt=" ")
