"""Tables of signs and claims are generated, complete, and refuse what they do not know."""

from __future__ import annotations

from html import unescape

import numpy as np
import pytest

from tradedig_book.present import theory_tables as t
from tradedig_book.present.charts import Line, lines
from tradedig_book.theory import claims, statics

LINE = Line(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
WORDS = {"xlabel": "x (units)", "ylabel": "y (units)", "caption": "A line.", "alt": "A line."}


def test_every_sign_stands_in_its_cell() -> None:
    """Rows are parameters, columns outcomes, and no sign moves on the way to the page."""
    table = t.statics_table()
    for name, (_, *cells) in zip(statics.PARAMETERS, table.rows, strict=True):
        signs = [statics.sign(outcome, name).sign for outcome in statics.outcomes()]
        assert [cell.replace("−", "-") for cell in cells] == signs


def test_every_ambiguous_sign_has_its_condition_below() -> None:
    """A reader who meets ± finds when it is a plus."""
    table = t.statics_table()
    unclear = [found for found in statics.statics().values() if found.sign == "±"]
    notes = " ".join(table.notes)
    assert unclear
    assert all(found.latex in notes for found in unclear)


def test_second_derivatives_are_all_there() -> None:
    """Each row has its certificate and its reading in words."""
    assert len(t.mixed_table().rows) == len(statics.MIXED)
    assert set(t.READINGS) == set(statics.MIXED)


def test_every_claim_is_listed_with_its_verdict() -> None:
    """The list and the cards come from one ledger."""
    rows = t.claims_table().rows
    assert [row[-1] for row in rows] == [one.verdict for one in claims.LEDGER.values()]
    assert [row[-2] for row in rows] == [one.whose.split()[1] for one in claims.LEDGER.values()]
    assert all(
        one.names in unescape(row[2]) for row, one in zip(rows, claims.LEDGER.values(), strict=True)
    )


def test_every_row_leads_to_its_folded_card() -> None:
    """The fold tells title and verdict, and what the table links to is inside."""
    cards = t.ClaimCards(("h1-one", "margin"))
    html = cards._repr_html_()
    assert html.count("<details") == html.count("<summary") == len(cards.keys) == 2
    assert 'id="claim-h1-one"' in html
    assert "the book's: does not hold as worded" in html
    linked = {row[0].split('"')[1] for row in t.claims_table().rows}
    assert linked == {f"#claim-{key}" for key in t.ClaimCards().keys}


@pytest.mark.parametrize("key", claims.LEDGER)
def test_card_shows_claim_verdict_and_evidence(key: str) -> None:
    """A card is accessible HTML with the claim, its condition and what the check returned."""
    html = t.claim_card(key)._repr_html_()
    assert claims.LEDGER[key].verdict in html
    assert ("Condition" in html) == bool(claims.LEDGER[key].condition)
    assert html.count('<th scope="row">') >= 3


def test_unknown_claim_lists_the_known() -> None:
    """A typing error in a chapter gets an answer."""
    with pytest.raises(KeyError, match="choose one of variety, equations"):
        t.claim_card("h4")


def test_curves_are_named_and_few() -> None:
    """Labels stand at the curves; more curves than colours are refused."""
    assert ">ψ = 1<" in lines({"ψ = 1": LINE}, **WORDS).svg
    with pytest.raises(ValueError, match="give 1 to 4"):
        lines({str(number): LINE for number in range(5)}, **WORDS)
