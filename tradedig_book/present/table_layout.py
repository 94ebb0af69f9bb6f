"""A table laid out: what pages show and files take along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Layout:
    """What a table says, however it is written; cells are HTML.

    Attributes
    ----------
    caption : str
        What it holds, and the origin of the data.
    header : tuple of str
        Column heads.
    rows : tuple of tuple of str
        The first cell of each row is its head.
    notes : tuple of str
        Lines under the table.
    groups : tuple of (str, int)
        Heads that span several columns, above the column heads; spans add up to the columns.
    words : frozenset of int
        Positions of columns of words, which are set to the left as the first one is.
    from_end : bool
        Whether a phone, which has no room for all columns, shows the last ones first.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    style: Literal["numbers", "text", "paired"] = "numbers"
    words: frozenset[int] = frozenset()
    from_end: bool = False
