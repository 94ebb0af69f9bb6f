"""Protects the ledger: rules are kept in the order in which they are written, and counted."""

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.frames.engine import compute, wrap
from tradedig_helpers.frames.ledger import Ledger, rules_passed

ROWS = pd.DataFrame(
    {"x": [1.0, 2.0, np.nan, 4.0], "y": [1, 0, 1, 1], "value": [1.0, 2.0, 3.0, 4.0]}
)
RULES = {
    "x is there": ~nw.col("x").is_null(),
    "y is one": nw.col("y") == 1,
    "x > 1": nw.col("x") > 1,
}
ENGINES = {"pandas": lambda frame: frame, "Polars": lambda frame: pl.from_pandas(frame)}


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_pass_rules_in_their_order(engine):
    """A step counts what is left by the steps before it, in rows and in value."""
    frame = wrap(ENGINES[engine](ROWS), "rows")
    kept, ledger = Ledger().record("before", "rows", 5, 4).keep(frame, RULES, "rows")
    assert compute(kept).to_pandas()["x"].tolist() == [4.0]
    assert ledger.steps[1:] == (
        ("x is there", "rows", 4, 3), ("y is one", "rows", 3, 2), ("x > 1", "rows", 2, 1),
    )  # fmt: skip
    assert ledger.kept == (None, *map(pytest.approx, (7 / 10, 5 / 7, 4 / 5)))
    _, other = Ledger().keep(frame, dict(reversed(RULES.items())), "rows")
    assert [after for *_, after in other.steps] == [2, 1, 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_has_passed_the_rules_before_the_first_that_it_breaks(engine):
    """Rules after a broken one are not asked, whether the row would pass them or not."""
    frame = wrap(ENGINES[engine](ROWS), "rows").select(passed=rules_passed(RULES))
    assert compute(frame).to_pandas()["passed"].tolist() == [2, 1, 0, 3]


@pytest.mark.parametrize("change", [{"value": "text"}, {"value": np.nan}, {"value": 0.0}])
def test_rows_without_value_have_no_share_of_it(change):
    """A share of nothing, or of what is no number, is not known."""
    _, ledger = Ledger().keep(wrap(ROWS.assign(**change), "rows"), RULES, "rows")
    assert ledger.kept == (None, None, None)


def test_flags_are_kept_as_rows_are():
    """Arrays of flags pass the same way as the rows of a frame."""
    flags = {"x is there": ROWS["x"].notna().to_numpy(), "y is one": (ROWS["y"] == 1).to_numpy()}
    left, ledger = Ledger().keep_rows(flags, "rows")
    assert left.tolist() == [True, False, False, True]
    assert ledger.steps == (("x is there", "rows", 4, 3), ("y is one", "rows", 3, 2))
