"""How wide the columns of a table are on paper, told from its text and not from a font."""

from __future__ import annotations

import re
import unicodedata

from tradedig_book.present.table_formats import cell_text
from tradedig_book.present.table_layout import Layout

PAGE_WIDTH = 96.0
"""Digits across a page, at the largest size in which tables are printed."""
_PADDING = 0.7
_NARROW = " .,:;'|()il"
_WIDE = "−×→mwMW"
"""Letters of about a half, and of a third more than a digit's width, in any usual font."""
_TAGS = re.compile(r"<(?!br|/?sup)[^>]+>")
_LINES = re.compile(r"<br\s*/?>")
_WORDS = re.compile(r"\s+|(?<=[–-])(?=[^\W\d])")
_RAISED = re.compile(r"<sup>(.*?)</sup>")
_COMMANDS = re.compile(r"\\[a-zA-Z]+")
_MARKUP = re.compile(r"[\\{}()^_]")


def column_widths(table: Layout) -> tuple[float, ...]:
    """Return the width of each column, in digits of its font.

    A column holds its longest word on one line. What a page has room for besides is shared
    among the columns whose longest line is wider, in proportion to what they lack.
    """
    columns = list(zip(table.header, *table.rows, strict=True))
    words = [max(_longest_word(cell) for cell in column) for column in columns]
    first = 0
    for name, span in table.groups:
        lacking = _longest_word(name) - sum(words[first : first + span]) - _PADDING * (span - 1)
        words[first : first + span] = [
            word + max(lacking, 0.0) / span for word in words[first : first + span]
        ]
        first += span
    lines = [
        max(_length(line) for cell in column for line in _LINES.split(cell)) for column in columns
    ]
    lack = [max(line - word, 0.0) for line, word in zip(lines, words, strict=True)]
    room = max(PAGE_WIDTH - sum(words) - _PADDING * len(words), 0.0)
    share = min(1.0, room / sum(lack)) if any(lack) else 0.0
    return tuple(
        round(word + share * more + _PADDING, 1) for word, more in zip(words, lack, strict=True)
    )


def _longest_word(cell: str) -> float:
    """Return the length of what a line cannot break; a formula is one word."""
    return max(
        _length(word)
        for line in _LINES.split(_TAGS.sub("", cell))
        for word in ([line] if "\\(" in line else _WORDS.split(line))
    )


def _length(line: str) -> float:
    """Return the width of a line of a cell, in digits; what is raised is smaller."""
    raised = sum(len(stars) for stars in _RAISED.findall(line))
    text = cell_text(_RAISED.sub("", line))
    if "\\(" in text:
        text = _MARKUP.sub("", _COMMANDS.sub("x", text))
    return 0.65 * raised + sum(map(_width, text))


def _width(letter: str) -> float:
    """Return the width of a letter, in digits."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 2.0
    return 0.55 if letter in _NARROW else 1.35 if letter in _WIDE else 1.0
