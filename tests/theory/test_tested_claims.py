"""Protects the map from printed coefficients to claims: total, and without a dead line."""

import pytest

from tradedig_book.published import published
from tradedig_book.theory.claims import LEDGER
from tradedig_book.theory.tested_claims import BEARINGS, bearing_of


@pytest.fixture(scope="module")
def places():
    """Return the place of every printed coefficient and mediated effect."""
    frame = published()
    frame = frame[~frame["term"].str.startswith("stat:")]
    return list(frame[["table", "column", "term"]].itertuples(index=False, name=None))


def test_every_coefficient_has_one_bearing(places):
    """It speaks to a claim of the ledger, or says why it is a control."""
    for place in places:
        bearing = bearing_of(*place)
        assert bearing.says
        assert bearing.claim in {"", *LEDGER}


def test_no_bearing_is_dead(places):
    """A column or term that the paper does not print is a slip."""
    for one in BEARINGS:
        here = [(c, t) for table, c, t in places if table == one.table]
        assert set(one.columns) <= {column for column, _ in here}
        for column in one.columns:
            assert any((column, term) in here for term in one.terms), one
        printed = {term for column, term in here if column in one.columns}
        # Table 7 has one mediator, Table 5 a second one.
        assert set(one.terms) <= printed | {"lncnpd"}, one


def test_digitization_always_speaks_and_a_control_never(places):
    """What the paper asks about has a claim; what it holds fixed has none."""
    asked = {"lndig", "lndigs", "pit", "pdo", "icp", "flex", "lncnpd", "ME"}
    for place in places:
        if place[2] in asked or ":" in place[2]:
            assert bearing_of(*place).claim, place
        else:
            assert not bearing_of(*place).claim, place


def test_hypotheses_have_figures(places):
    """Each of the three hypotheses is spoken to."""
    claims = {bearing_of(*place).claim for place in places}
    assert {"h1-one", "h2", "h3", "moderators", "table-7", "exit"} == claims - {""}


def test_an_undeclared_figure_is_named():
    """Who adds a column learns where to declare it."""
    with pytest.raises(ValueError, match=r"Table 9, column 1, 'x' is declared 0 times.*BEARINGS"):
        bearing_of(9, 1, "x")
