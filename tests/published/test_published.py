"""Protects the published figures: complete, and consistent with their printed stars."""

import pytest

from tradedig_book.published import published
from tradedig_helpers.estimation.specifications import TABLE_2


def test_every_printed_figure_is_there():
    """143 printed figures, and N and adjusted R² of the six columns of Table 2."""
    frame = published()
    is_size = frame["term"].isin(["stat:N", "stat:adj_r2"])
    assert (~is_size).sum() == 143
    assert is_size.sum() == 12
    assert not frame.duplicated(["table", "column", "term"]).any()
    assert sorted(frame["table"].unique()) == [2, 3, 4, 5, 6, 7]


def test_stars_agree_with_estimates_and_errors():
    """Each star must be possible for some estimate and error that round to those printed."""
    frame = published()
    frame = frame[frame["std_error"] > 0]
    low = (frame["estimate"].abs() - 5e-5) / (frame["std_error"] + 5e-5)
    high = (frame["estimate"].abs() + 5e-5) / (frame["std_error"] - 5e-5).clip(lower=1e-9)
    bounds = {"": (0, 1.645), "*": (1.645, 1.960), "**": (1.960, 2.576), "***": (2.576, 1e9)}
    least, most = (frame["stars"].map(lambda s, i=i: bounds[s][i]) for i in (0, 1))
    assert (high >= least).all()
    assert (low <= most).all()


@pytest.mark.parametrize("spec", TABLE_2, ids=lambda s: s.name)
def test_specifications_are_those_of_the_paper(spec):
    """Each column must have exactly the printed regressors."""
    terms = published(spec.table, spec.column)["term"]
    assert set(terms[~terms.str.startswith("stat:")]) == set(spec.regressors)


def test_unknown_column_is_refused():
    """A typing error must not give an empty comparison."""
    with pytest.raises(ValueError, match="no figure for table 2, column 9"):
        published(2, 9)
