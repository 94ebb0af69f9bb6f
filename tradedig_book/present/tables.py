"""Tables as accessible HTML: a caption above, scoped headers, notes below."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from tradedig_book.present.table_formats import links, plain
from tradedig_book.present.table_layout import Layout
from tradedig_helpers.estimation.fit import Fit


class Table(Layout):
    """A table ready for a page."""

    def __repr__(self) -> str:
        """Return what it is and its size, for a plain terminal."""
        return f"Table: {plain(self.caption)}, {len(self.rows)} rows x {len(self.header)} columns"

    def _repr_html_(self) -> str:
        side = [' class="td-words"' if k in self.words else "" for k in range(len(self.header))]
        head = "".join(
            f'<th scope="col"{where}>{cell}</th>'
            for cell, where in zip(self.header, side, strict=True)
        )
        above = "".join(
            f'<th scope="colgroup" colspan="{span}">{name}</th>' if name else "<td></td>"
            for name, span in self.groups
        )
        above = f"<tr>{above}</tr>" if above else ""
        body = "".join(
            f'<tr><th scope="row">{first}</th>'
            + "".join(f"<td{where}>{cell}</td>" for cell, where in zip(rest, side[1:], strict=True))
            + "</tr>"
            for first, *rest in self.rows
        )
        notes = "".join(f"<p>{note}</p>" for note in self.notes)
        return (
            '<div class="td-table tex2jax_process" tabindex="0" role="region" '
            f'aria-label="{html.escape(self.caption, quote=True)}">'
            f'<table class="td-{self.style}" style="--td-letters:{letters(self):.0f}">'
            f"<caption><span>{self.caption}</span></caption>"
            f"<thead>{above}<tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
            f'<div class="td-notes">{notes}{links(self)}</div>'
        )


PIECE = re.compile(r"\\\(.*?\\\)|[^\s–/-]*[\s–/-]?")
"""What no line breaks: a formula, or a word up to a space, a dash, a hyphen or a slash."""
SMALL = re.compile(r"<(sup|sub)>(.*?)</\1>")


def letters(table: Layout) -> float:
    """Return how many letters side by side the narrowest form of a table needs.

    The longest piece of each column that no line breaks, and a letter for the space beside it.
    Paper is as wide as it is: the print style takes the size of letters from this number, so that
    a table fits whatever the fonts of a machine.
    """
    columns = zip(*[table.header, *table.rows], strict=True)
    return sum(1 + max(map(_longest, cells)) for cells in columns)


def _longest(cell: str) -> float:
    """Return the longest piece of an HTML cell, in letters; those above or below a line are small.

    A command of LaTeX is one letter.
    """
    lines = re.split(r"<br ?/?>", SMALL.sub(lambda m: "·" * round(0.7 * len(m[2])), cell))
    pieces = (piece for line in lines for piece in PIECE.findall(plain(line).removeprefix("−")))
    return max(len(re.sub(r"\\[A-Za-z()]+|[{}]", ".", piece)) for piece in pieces) + 0.5


def math(latex: str) -> str:
    """Return inline mathematics for a cell, set by the page's MathJax."""
    return rf"\({html.escape(latex)}\)"


def sign_mark(sign: str) -> str:
    """Write a sign for a cell, with a true minus."""
    return sign.replace("-", "−")


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    notes: Sequence[str] = (),
    formats: Mapping[str, Callable[[object], str]] | None = None,
    heads: Mapping[str, str] | None = None,
) -> Table:
    """Lay out a frame; its first column heads the rows.

    Parameters
    ----------
    frame : DataFrame
        One row for each row of the table.
    caption : str
        Required.
    notes : sequence of str
        Lines under the table.
    formats : mapping of column to function, optional
        How to write a column's cells; the default escapes text and writes numbers with
        thousands separators or four significant digits.
    heads : mapping of column to str, optional
        Column heads where the name will not do.
    """
    if not caption.strip():
        raise ValueError("a table needs a caption")
    if frame.empty:
        raise ValueError(f"the frame of the table {caption!r} has no rows")
    write = [dict(formats or {}).get(str(column), cell) for column in frame.columns]
    rows = tuple(
        tuple(one(value) for one, value in zip(write, record, strict=True))
        for record in frame.itertuples(index=False)
    )
    header = tuple(dict(heads or {}).get(str(c), html.escape(str(c))) for c in frame.columns)
    words = frozenset(
        place
        for place, column in enumerate(frame.columns)
        if place and not pd.api.types.is_numeric_dtype(frame[column])
    )
    return Table(caption, header, rows, tuple(notes), words=words)


def cell(value: object) -> str:
    """Write one value: text escaped, whole numbers grouped, others to four digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return html.escape(str(value))
    if pd.isna(value):
        return "–"
    # A column of counts with one missing holds floats: they are counts all the same.
    whole = float(value).is_integer() and abs(value) < 1e15
    text = f"{value:,.0f}" if whole else f"{value:.4g}"
    return text.replace("-", "−")


def digits(count: int) -> Callable[[Any], str]:
    """Return what writes a number with so many decimals: its signs true, its thousands grouped.

    A missing number is a dash, and what rounds to zero has no sign.
    """

    def write(value: Any) -> str:
        if pd.isna(value):
            return "–"
        text = f"{round(float(value), count) + 0.0:,.{count}f}"
        return text.replace("inf", "∞").replace("-", "−")

    return write


def counts(*fits: Fit, errors: str = "") -> str:
    """Return what belongs under a table of these fits: rows, what was dropped, clusters, errors.

    Parameters
    ----------
    fits : estimates of the table, in its order; they share how their errors are made
    errors : how that is, where it is not the convention of the first fit
    """
    n, singletons, missing, clusters = (
        ", ".join(dict.fromkeys(f"{getattr(fit, name):,}" for fit in fits))
        for name in ("n", "singletons", "missing", "clusters")
    )
    return (
        f"N = {n}; singletons dropped: {singletons}; incomplete rows dropped: {missing}; clusters "
        f"({fits[0].spec.cluster}): {clusters}. Standard errors: "
        f"{(errors or fits[0].small_sample).rstrip('.')}."
    )
