"""The first page: its numbers are computed where they are known, its picture by the model."""

from __future__ import annotations

import numpy as np

from tradedig_book.explorers.front import TASTES, FrontPage, doors, formulas
from tradedig_book.theory import ABOUT, Parameters, solve
from tradedig_book.theory.claims import papers_own
from tradedig_helpers import power

DEFAULTS = {name: info.default for name, info in ABOUT.items() if name != "psi"}


def test_the_doors_say_what_is_behind_them() -> None:
    """The published effect, the ledger's count, and the power of a sample of this size."""
    numbers = doors()
    assert numbers.effect == 0.0026
    verdicts = [claim.verdict for claim in papers_own().values()]
    assert numbers.claims == len(verdicts)
    assert numbers.conditional == verdicts.count("holds under a condition")
    assert numbers.not_as_worded == verdicts.count("does not hold as worded")
    assert numbers.not_as_worded == 1, "the words of the door are in the singular"
    std_error = 0.0005 * np.sqrt(151_408 / numbers.firms)
    assert numbers.seen == round(100 * float(power(numbers.effect, std_error, 10**9)))


def test_the_picture_is_the_models() -> None:
    """Quality is that of equation (8) at the ψ of each level, and exists on the whole slider."""
    levels = np.arange(1.0, 9.0)
    for e in TASTES:
        found = formulas().evaluate(DEFAULTS | {"dig": levels, "e": e})
        solved = solve(Parameters(psi=levels**0.3, e=e))
        np.testing.assert_allclose(found["quality"], solved.quality, rtol=1e-12)
        assert (np.diff(found["shown"]) > 0).all()


def test_the_page_can_be_read_without_a_script() -> None:
    """Question, numbers and ways in are in the HTML itself, and nobody else is asked."""
    page = FrontPage()._repr_html_()
    body = page[: page.index("<script")]
    for words in ("Does it export better goods?", "+0.0026", "synthetic", "Your own data"):
        assert words in body
    ways = body[body.index("td-ways") :]
    assert ways.index("tour.html") < ways.index("consumers.html") < ways.index("your-data.html")
    assert "https://" not in page
