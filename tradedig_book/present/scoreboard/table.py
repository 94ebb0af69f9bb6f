"""The scoreboard as a table that can be filtered, and without a script still be read."""

from __future__ import annotations

import html
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd

from tradedig_book.present.addresses import figure_address
from tradedig_book.present.assets import asset
from tradedig_book.present.evidence_tables import SYNTHETIC
from tradedig_book.present.palette import palette_css
from tradedig_book.present.tables import PageTable, digits, table
from tradedig_book.truth.scoreboard import APART, BANDS, NOT_ESTIMATED, UNMEASURED

_HEADS = {
    "Table (col.) term": "",
    "how far apart": ' class="td-words"',
    "published": "",
    "ours": "",
    "distance": "",
    "in the calibration": ' class="td-words"',
}
"""Heads of the columns; those of words are set to the left."""
DISTANCE_SYMBOLS = dict(zip(APART, ("●", "◐", "○", "✕", "–", "∅"), strict=True))
"""What stands for a distance beside its name, so that colour is never alone."""
_SHADES = dict(zip(BANDS, (0, 14, 28, 42), strict=True))
"""Per cent of the palette's warning colour behind a row's distance."""
_ROLES = {"target": "target", "difference": "difference a target", "no target": "no target"}
FILTERS = {
    "table": "Table",
    "kind": "Kind",
    "apart": "How far apart",
    "role": "In the calibration",
}
_CSV = "scoreboard.csv"
_Row = dict[Hashable, Any]


@dataclass(frozen=True)
class Scoreboard:
    """A scoreboard ready for a page.

    Attributes
    ----------
    board : as :func:`~tradedig_book.truth.scoreboard.scoreboard` returns it
    caption : what it holds, and the origin of the data
    notes : lines under it
    """

    board: pd.DataFrame
    caption: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table without words or rows."""
        if not self.caption.strip() or self.board.empty:
            raise ValueError("a scoreboard needs a caption and at least one figure")

    def _repr_html_(self) -> str:
        rows = "".join(_row(row) for row in self.board.to_dict("records"))
        head = "".join(f'<th scope="col"{side}>{name}</th>' for name, side in _HEADS.items())
        label = html.escape(self.caption, quote=True)
        notes = "".join(f"<p>{note}</p>" for note in self.notes)
        return (
            f"<style>{palette_css()}{asset(__package__, 'scoreboard.css')}</style>"
            f'<div class="td-scoreboard td-stays" id="scoreboard">{_controls(self.board)}'
            f'<div class="td-table" tabindex="0" role="region" aria-label="{label}"><table>'
            f"<caption><span>{self.caption}</span></caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div>"
            '<button type="button" class="td-fold" hidden></button>'
            f'<div class="td-notes">{notes}{_download(self.board)}</div></div>'
            f'<script type="module">\n{asset("tradedig_book.present", "place.js")}\n'
            f"{asset(__package__, 'scoreboard.js')}\n"
            'filterable(document.getElementById("scoreboard"));\n</script>'
        )


def _controls(board: pd.DataFrame) -> str:
    """Return the filters; a page without a script does not show them."""
    fields = "".join(_select(board, name, label) for name, label in FILTERS.items())
    orders = '<option value="paper">as in the paper</option>'
    orders += '<option value="distance">largest distance first</option>'
    return (
        f'<form class="td-filters" hidden aria-label="Filter the scoreboard">{fields}'
        f'{_field("order", "Order", orders)}<button type="reset">Show all</button></form>'
        f'<p class="td-count" aria-live="polite">{len(board)} of {len(board)} figures.</p>'
    )


def _select(board: pd.DataFrame, name: str, label: str) -> str:
    order = {"apart": list(APART), "role": list(_ROLES)}.get(name, [])
    present = list(dict.fromkeys(board[name]))
    options = "".join(
        f'<option value="{html.escape(str(value))}">{_named(name, value)}</option>'
        for value in ([one for one in order if one in present] or present)
    )
    return _field(name, label, f'<option value="">all</option>{options}')


def _field(name: str, label: str, options: str) -> str:
    """Return a labelled list of options."""
    return (
        f'<div><label for="scoreboard-{name}">{label}</label>'
        f'<select id="scoreboard-{name}" name="{name}">{options}</select></div>'
    )


def _named(name: str, value: object) -> str:
    if name == "apart":
        return f"{DISTANCE_SYMBOLS[str(value)]} {value}"
    return html.escape(_ROLES.get(str(value), str(value)) if name == "role" else str(value))


def _row(row: _Row) -> str:
    """Return one figure as a row that filters can read."""
    apart = str(row["apart"])
    facts = {name: row[name] for name in FILTERS} | {"distance": abs(_number(row["distance"]))}
    data = " ".join(f'data-{key}="{html.escape(str(value))}"' for key, value in facts.items())
    shade = f' style="--td-far:{_SHADES[apart]}%"' if _SHADES.get(apart) else ""
    word = f'<span aria-hidden="true">{DISTANCE_SYMBOLS[apart]}</span> {apart}'
    term = html.escape(str(row["term"]).removeprefix("stat:"))
    address = html.escape(figure_address(row["table"], row["column"], row["term"]))
    name = f"{row['table']} ({row['column']}) <code>{term}</code>"
    return (
        f'<tr {data}><th scope="row"><a href="{address}">{name}</a></th>'
        f'<td class="td-far td-words"{shade}>{word}</td>{"".join(_numbers(row))}'
        f'<td class="td-words">{_ROLES[str(row["role"])]}</td></tr>'
    )


def _numbers(row: _Row) -> tuple[str, ...]:
    """Return what is published, ours and their distance, as cells."""
    large = row["kind"] == "statistic" and abs(_number(row["published"])) >= 1
    theirs = f"<td>{_with_error(row['published'], row['published_error'], large)}</td>"
    if row["apart"] == NOT_ESTIMATED:
        return theirs, f'<td colspan="2" class="td-why">{html.escape(str(row["problem"]))}</td>'
    ours = f"<td>{_with_error(row['ours'], row['our_error'], large)}</td>"
    if row["apart"] == UNMEASURED:
        return theirs, ours, f"<td>× {written(_number(row['ratio']), 3)}</td>"
    return theirs, ours, f"<td>{written(_number(row['distance']), 1, '+')}</td>"


def _with_error(value: object, error: object, large: bool) -> str:
    text = written(_number(value), 0 if large else 4)
    spread = _number(error)
    return text if pd.isna(spread) else f"{text} <small>({spread:.4f})</small>"


def _number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def written(value: float, digits: int, sign: str = "-") -> str:
    """Write a number with thousands separators, a true minus and no negative zero."""
    return f"{round(value, digits) + 0.0:{sign},.{digits}f}".replace("-", "−")


def _download(board: pd.DataFrame) -> str:
    """Return a link to the whole scoreboard; the file is in the page itself."""
    text = board.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return (
        f'<p class="td-export"><a download="{_CSV}" href="data:text/csv;charset=utf-8,'
        f'{quote(text)}">All {len(board)} figures as CSV</a></p>'
    )


def agreement_table(groups: pd.DataFrame, caption: str) -> PageTable:
    """Lay out how well groups of figures agree, as ``agreement`` counts them by "role" or "table".

    Parameters
    ----------
    groups : as :func:`~tradedig_book.truth.scoreboard.agreement` returns it
    """
    return table(
        groups,
        caption=caption,
        notes=[
            "Figures with a distance. Two unbiased and independent estimates would give about 1 "
            "and 95%.",
            SYNTHETIC,
        ],
        heads={
            "role": "part",
            "rms": "root mean square distance",
            "within_2": "within 2",
            "where": "largest at",
        },
        formats={
            "rms": "{:.2f}".format,
            "within_2": "{:.0%}".format,
            "largest": digits(1, signed=True),
        },
    )
