"""Tables as accessible HTML: a caption above, scoped headers, notes below."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tradedig_book.present.table_formats import links, short
from tradedig_book.present.table_layout import Layout
from tradedig_book.present.table_widths import column_widths


@dataclass(frozen=True, repr=False)
class PageTable(Layout):
    """A table ready for a page."""

    def __repr__(self) -> str:
        """Return the caption and the size, for where there is no HTML."""
        size = f"{len(self.rows)} rows x {len(self.header)} columns"
        return f"Table: {short(self.caption)}, {size}"

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
        size, columns = self._on_paper()
        end = " td-from-end" if self.from_end else ""
        return (
            f'<div class="td-table{end}" tabindex="0" role="region" '
            f'aria-label="{html.escape(self.caption, quote=True)}">'
            f'<table class="td-{self.style}"{size}><caption><span>{self.caption}</span></caption>'
            f"{columns}"
            f"<thead>{above}<tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
            f'<div class="td-notes">{notes}{links(self)}</div>'
        )

    def _on_paper(self) -> tuple[str, str]:
        """Return what a print style sheet needs to make the columns fit a page."""
        if self.style == "text":
            return "", ""
        widths = column_widths(self)
        columns = "".join(f'<col style="--td-share:{one / sum(widths):.2%}">' for one in widths)
        return f' style="--td-digits:{sum(widths):.0f}"', f"<colgroup>{columns}</colgroup>"


def math(latex: str) -> str:
    """Return inline mathematics for a cell, which the book sets when it is built."""
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
    from_end: bool = False,
) -> PageTable:
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
    from_end : bool
        Whether a phone shows the last columns first.
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
    return PageTable(caption, header, rows, tuple(notes), words=words, from_end=from_end)


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


def digits(decimals: int, *, times: float = 1.0, signed: bool = False) -> Callable[[Any], str]:
    """Return a writer of numbers with so many decimals.

    Thousands are grouped, the minus is a true one and zero has none; a missing number is a
    dash and an infinite one ∞.

    Parameters
    ----------
    decimals : int
    times : float
        What numbers are multiplied with, such as 100 for shares in percent.
    signed : bool
        Whether a plus stands before what is above zero, too.

    Examples
    --------
    >>> [digits(2)(value) for value in (-1234.5, -0.001, float("nan"), float("inf"))]
    ['−1,234.50', '0.00', '–', '∞']
    """

    def write(value: Any) -> str:
        if pd.isna(value):
            return "–"
        # Adding zero takes the sign off a negative zero.
        sign = "+" if signed else ""
        text = f"{round(times * float(value), decimals) + 0.0:{sign},.{decimals}f}"
        return text.replace("inf", "∞").replace("-", "−")

    return write
