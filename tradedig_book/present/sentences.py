"""Sentences whose numbers are computed, and whose verdict must hold or the page is not built."""

from __future__ import annotations

import html
from dataclasses import dataclass


class VerdictFails(AssertionError):
    """A sentence of a page says what its numbers do not."""


@dataclass(frozen=True, repr=False)
class Sentence:
    """A paragraph of plain text for a page; ``holds`` is what must be true for it to stand.

    Raises
    ------
    VerdictFails
        With the text, if ``holds`` is false.

    Examples
    --------
    >>> Sentence(f"Two and two are {2 + 2}.", holds=2 + 2 == 4)
    Two and two are 4.
    """

    text: str
    holds: bool

    def __post_init__(self) -> None:
        """Refuse a sentence that is not true."""
        if not self.holds:
            raise VerdictFails(f"the numbers do not bear out: {self.text}")

    def __repr__(self) -> str:
        """Return the text, for where there is no HTML."""
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"
