"""Addresses in the book that open something: a figure, a filter, a place on the curve, a claim."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tradedig_helpers.estimation.specification_curve import CHOICES


def figure_address(table: int, column: int, term: str) -> str:
    """Return where the page of the printed tables opens a figure; chapters stand beside it.

    Examples
    --------
    >>> figure_address(5, 3, "lndig:lnsdp")
    'tables.html#figure?table=5&column=3&term=lndig:lnsdp'
    """
    return f"tables.html#figure?table={table}&column={column}&term={quote(term, safe=':')}"


def board_address(table: int) -> str:
    """Return where the scoreboard shows the figures of one table."""
    return f"scoreboard.html#scoreboard?table={table}"


def curve_address(choice: Mapping[str, str]) -> str:
    """Return where the specification curve marks a choice, an option of each of ``CHOICES``.

    Options are told by their place, from one.
    """
    parts = [f"{name}={list(CHOICES[name]).index(option) + 1}" for name, option in choice.items()]
    return f"specification-curve.html#specification-curve?{'&'.join(parts)}"


def claim_address(key: str) -> str:
    """Return where the ledger has a claim."""
    return f"../book/claims.html#claim-{key}"


def audit_address(section: str) -> str:
    """Return where the audit has a section, by its heading.

    Examples
    --------
    >>> audit_address("Three errors, one sample")
    'audit.html#three-errors-one-sample'
    """
    words = "".join(letter if letter.isalnum() else " " for letter in section.lower()).split()
    return f"audit.html#{'-'.join(words)}"
