"""Questions before answers: what is called right is what the formulas say."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from tradedig_book.explorers.guess import GUESSES, Guess, guess


def asked(question: Guess) -> tuple[np.ndarray, np.ndarray]:
    """Return the curve that a question asks for, at 101 places."""
    axis = question.spec["axis"]
    along = np.linspace(axis["low"], axis["high"], 101)
    values = question.spec["values"] | {question.axis: along}
    assert (np.broadcast_to(question.program.verdict(values), 101) == 0).all()
    return along, np.asarray(question.program.evaluate(values)[question.step])


@pytest.mark.parametrize("name", GUESSES)
def test_the_curve_exists_and_lies_in_its_picture(name: str) -> None:
    """From end to end of the axis, between the ends of the other one."""
    question = guess(name)
    _, values = asked(question)
    low, high = question.bounds
    assert ((values >= low) & (values <= high)).all()
    assert 0 <= question.right < len(question.choices)
    assert question.id == name


def test_response_to_flexible_productivity_is_least_where_variety_is_wanted() -> None:
    """The curve rises: one over one less the share of the second-order condition in use."""
    along, values = asked(guess("variety"))
    assert (np.diff(values) > 0).all()
    share = 0.7**2 / (4 * (1 - along) ** 2)
    np.testing.assert_allclose(values, 1 / (1 - share), rtol=1e-12)


def test_power_is_slow_at_first() -> None:
    """Below one half for the first ten thousand firms, and concave in the end."""
    along, values = asked(guess("firms"))
    assert values[along < 10].max() < 0.5
    assert values[-1] > 0.99


def test_least_squares_finds_what_selection_puts_in() -> None:
    """The bias is the product of effect and correlation; the truth is zero."""
    question = guess("selection")
    along, values = asked(question)
    assert question.spec["values"]["beta"] == 0
    np.testing.assert_allclose(values, question.spec["values"]["gamma"] * along, atol=1e-12)


def test_an_extreme_flow_lowers_every_score_ever_more_slowly() -> None:
    """Past the best of the market itself the score falls and is convex."""
    _, values = asked(guess("extreme"))
    falls = np.diff(values)
    assert (falls <= 0).all()
    beyond = falls[falls < 0][1:]  # the first step holds the kink
    assert len(beyond) > 80
    assert (np.diff(beyond) > 0).all()


@pytest.mark.parametrize("name", GUESSES)
def test_html_is_small_and_asks_nobody(name: str) -> None:
    """At most 16 KB compressed, and no address of another host in it."""
    page = guess(name)._repr_html_()
    assert len(gzip.compress(page.encode())) <= 16 * 1024
    assert "https://" not in page


def test_unknown_question_is_named() -> None:
    """A typing error is answered with what there is."""
    with pytest.raises(ValueError, match="no question 'varity'; choose one of variety"):
        guess("varity")
