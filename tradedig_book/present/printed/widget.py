"""Tables 2-7 as the paper prints them; with a script each figure opens its card."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from tradedig_book.present.assets import asset, live_page
from tradedig_book.present.palette import palette_css
from tradedig_book.present.printed.cards import cards, decimals, key_of
from tradedig_book.present.printed.layout import BLOCKS, PrintedBlock, PrintedLine
from tradedig_book.present.printed.words import EFFECT_NAMES
from tradedig_book.present.scoreboard.table import written
from tradedig_book.present.tables import PageTable
from tradedig_book.published import published
from tradedig_helpers.estimation.specifications import paper_column

_TOOLS = "tradedig_book.explorers"
"""Whose drawing tools are used."""
_NOTES = {
    2: "Standard errors in parentheses; *, **, ***: 10%, 5%, 1%. As the paper prints them.",
    7: "The paper prints these standard errors with a minus sign, an artefact of typesetting.",
}
_Printed = dict[tuple[int, str], tuple[float, float, str]]
"""Estimate, error and stars of a table's figures, by column and term."""


@dataclass(frozen=True)
class PrintedTables:
    """The paper's tables ready for a page.

    Attributes
    ----------
    board : as :func:`~tradedig_book.truth.scoreboard.scoreboard` returns it
    curve : as :func:`.specification_curve` returns it
    """

    board: pd.DataFrame
    curve: pd.DataFrame

    def __repr__(self) -> str:
        """Return what it is, for where there is no HTML."""
        return f"The paper's tables: {len(self.board)} printed figures"

    def _repr_html_(self) -> str:
        css = palette_css() + asset(__package__, "printed.css")
        script = "\n".join(
            asset(room, name)
            for room, name in (
                (_TOOLS, "drawing.js"),
                ("tradedig_book.present", "place.js"),
                (__package__, "printed.js"),
            )
        )
        state = {"cards": cards(self.board, self.curve)}
        return live_page("td-printed", css, script, state, _sheets())


def _sheets() -> str:
    """Return all tables, as they can be read without a script."""
    sheets = "".join(
        f'<div class="td-sheet" id="table-{number}">'
        + "".join(printed_block(block)._repr_html_() for block in blocks)
        + "</div>"
        for number, blocks in groupby(BLOCKS, key=lambda block: block.table)
    )
    numbers = dict.fromkeys(block.table for block in BLOCKS)
    links = "".join(f'<a href="#table-{number}">{number}</a>' for number in numbers)
    return (
        '<div class="td-over td-stays">'
        f'<nav aria-label="Tables"><span>Table</span>{links}</nav></div>'
        f'<div class="td-sheets">{sheets}</div>'
    )


def printed_block(block: PrintedBlock) -> PageTable:
    """Lay out one block of columns as the paper prints it."""
    printed = _printed(block.table)
    lines = [_line(line, block, printed) for line in block.lines]
    if block.effects:
        first = next(k for k, (_, terms) in enumerate(block.lines) if terms[0].startswith("stat:"))
        lines[first:first] = _effects(block)
    heads = (
        f"{paper_column(block.table, column).outcome}<br>({column})"
        if block.outcomes
        else f"({column})"
        for column in block.columns
    )
    first_block = block == next(one for one in BLOCKS if one.table == block.table)
    note = _NOTES.get(block.table) if first_block else None
    return PageTable(
        caption=f"Table {block.table}. {block.title}",
        header=("variable", *heads),
        rows=tuple(lines),
        notes=(note,) if note else (),
        groups=(("", 1), *block.groups) if block.groups else (),
        from_end=block.effects,
    )


def _printed(table: int) -> _Printed:
    frame = published(table)[["column", "term", "estimate", "std_error", "stars"]]
    return {
        (int(column), str(term)): (float(estimate), float(error), str(stars))
        for column, term, estimate, error, stars in frame.itertuples(index=False)
    }


def _line(line: PrintedLine, block: PrintedBlock, printed: _Printed) -> tuple[str, ...]:
    """Return a line of figures; a cell with two of them has a stroke between."""
    head, terms = line
    return (
        head,
        *(
            " / ".join(
                _figure(block.table, column, term, *printed[column, term])
                for term in terms
                if (column, term) in printed
            )
            for column in block.columns
        ),
    )


def _figure(table: int, column: int, term: str, estimate: float, error: float, stars: str) -> str:
    """Return a figure as it is printed, with its place for scripts."""
    number = written(estimate, decimals(term))
    mark = f"<sup>{stars}</sup>" if stars else ""
    below = "" if pd.isna(error) else f"<br><small>({error:.4f})</small>"
    return f'<span data-figure="{key_of((table, column, term))}">{number}{mark}{below}</span>'


def _effects(block: PrintedBlock) -> list[tuple[str, ...]]:
    """Return which columns have which fixed effects."""
    specs = [paper_column(block.table, column) for column in block.columns]
    names = dict.fromkeys(effect for spec in specs for effect in spec.effects)
    return [
        (
            f"{EFFECT_NAMES[name]} effects",
            *("yes" if name in spec.effects else "no" for spec in specs),
        )
        for name in names
    ]
