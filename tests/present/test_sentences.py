"""Protects sentences with computed numbers: what does not hold is not printed."""

from __future__ import annotations

import pytest

from tradedig_book.present.sentences import Sentence, VerdictFails


def test_a_true_sentence_is_a_paragraph() -> None:
    """Escaped for a page, plain in a terminal."""
    said = Sentence("1 < 2", holds=True)
    assert said._repr_html_() == "<p>1 &lt; 2</p>"
    assert repr(said) == "1 < 2"


def test_a_false_sentence_stops_the_page() -> None:
    """The error quotes it."""
    with pytest.raises(VerdictFails, match="do not bear out: 2 < 1"):
        Sentence("2 < 1", holds=False)
