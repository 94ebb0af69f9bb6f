"""Tables that leave the book: LaTeX with booktabs, Markdown and CSV from one laid-out table."""

from __future__ import annotations

import csv
import html
import io
import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import quote

from tradedig_book.present.table_layout import Layout

Form = Literal["latex", "markdown", "csv"]
_FILES: dict[Form, tuple[str, str, str]] = {
    "latex": ("LaTeX", "table.tex", "text/x-tex"),
    "markdown": ("Markdown", "table.md", "text/markdown"),
    "csv": ("CSV", "table.csv", "text/csv"),
}
"""What each form is called, its file and its media type."""

_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"<[^>]+>")
_MATH = re.compile(r"(\\\(.*?\\\))", re.DOTALL)
_MARKUP = {
    "sup": "textsuperscript",
    "code": "texttt",
    "strong": "textbf",
    "em": "emph",
}
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    character: f"\\{character}" for character in "&%$#_{}"
}
_SYMBOLS = {
    "−": "$-$", "–": "--", "×": r"$\times$", "·": r"$\cdot$", "≤": r"$\le$", "≥": r"$\ge$",
    "→": r"$\to$", "∂": r"$\partial$", "²": r"\textsuperscript{2}", "√": r"$\surd$",
    "ϕ": r"$\phi$", "φ": r"$\varphi$", "ε": r"$\varepsilon$",
}  # fmt: skip


def export(table: Layout, form: Form) -> str:
    """Write a table for use elsewhere.

    Parameters
    ----------
    table : a table of the book
    form : ``latex`` (a table environment; the preamble needs ``booktabs``), ``markdown`` (a
        pipe table) or ``csv`` (heads and cells, without caption and notes)

    Raises
    ------
    ValueError
        If the form is unknown.
    """
    writers: dict[str, Callable[[Layout], str]] = {
        "latex": _latex,
        "markdown": _markdown,
        "csv": _csv,
    }
    if form not in writers:
        raise ValueError(f"form = {form!r} is unknown; choose one of {', '.join(writers)}")
    return writers[form](table)


def links(table: Layout) -> str:
    """Return HTML that offers the table in every form; the files are in the page itself."""
    offers = [
        f'<a download="{file}" href="data:{kind};charset=utf-8,{quote(export(table, form))}">'
        f"{name}</a>"
        for form, (name, file, kind) in _FILES.items()
    ]
    return f'<p class="td-export">Take this table: {" · ".join(offers)}</p>'


def cell_text(cell: str) -> str:
    """Return the text of an HTML cell; lines of a cell are joined by a space."""
    return html.unescape(_TAG.sub("", _BREAK.sub(" ", cell))).strip()


def short(caption: str) -> str:
    """Return a caption as plain text of one line, shortened where it is long."""
    return textwrap.shorten(cell_text(caption), 100, placeholder=" …")


def tex(cell: str) -> str:
    """Return one line of an HTML cell in LaTeX; mathematics stays as it is."""
    parts = _MATH.split(cell)
    return "".join(
        f"${html.unescape(part[2:-2])}$" if part.startswith("\\(") else _tex_text(part)
        for part in parts
    )


def _tex_text(text: str) -> str:
    # Markup is put aside while the characters of the text are escaped.
    kept: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        kept.append(rf"\{_MARKUP[match.group(1)]}{{{_tex_text(match.group(2))}}}")
        return f"\x00{len(kept) - 1}\x00"

    text = re.sub(rf"<({'|'.join(_MARKUP)})>(.*?)</\1>", put_aside, text)
    text = html.unescape(_TAG.sub("", text))
    text = "".join(_SPECIAL.get(character) or _symbol(character) for character in text)
    return re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match.group(1))], text)


def _symbol(character: str) -> str:
    """Return a symbol or Greek letter in LaTeX, anything else as it is."""
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    name = unicodedata.name(character, "")
    if match := re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (LAMDA|[A-Z]+)", name):
        letter = match.group(2).replace("LAMDA", "LAMBDA").lower()
        return f"$\\{letter.title() if match.group(1) == 'CAPITAL' else letter}$"
    return character


def _latex(table: Layout) -> str:
    columns = "".join(
        "l" if place in {0, *table.words} or table.style == "text" else "r"
        for place in range(len(table.header))
    )
    lines = [r"\begin{table}", r"\centering", rf"\caption{{{tex(table.caption)}}}"]
    lines += [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *_group_lines(table.groups)]
    lines += [_row(table.header), r"\midrule"]
    lines += [_row(line) for row in table.rows for line in _lines(row)]
    lines += [r"\bottomrule", r"\end{tabular}"]
    lines += [rf"\par\footnotesize {tex(note)}" for note in table.notes]
    return "\n".join([*lines, r"\end{table}", ""])


def _group_lines(groups: Sequence[tuple[str, int]]) -> list[str]:
    """Return the line of heads that span columns, with the rules under them."""
    if not groups:
        return []
    cells, rules, first = [], [], 1
    for name, span in groups:
        cells.append(rf"\multicolumn{{{span}}}{{c}}{{{tex(name)}}}" if name else "& " * (span - 1))
        if name:
            rules.append(rf"\cmidrule(lr){{{first}-{first + span - 1}}}")
        first += span
    return [" & ".join(cells).strip() + r" \\", " ".join(rules)]


def _lines(row: Sequence[str]) -> list[list[str]]:
    """Return the lines of a row whose cells may have more than one."""
    split = [_BREAK.split(cell) for cell in row]
    height = max(map(len, split))
    return [[cell[k] if k < len(cell) else "" for cell in split] for k in range(height)]


def _row(cells: Sequence[str]) -> str:
    return " & ".join(tex(cell) for cell in cells) + r" \\"


def _markdown(table: Layout) -> str:
    def line(cells: Sequence[str]) -> str:
        texts = [_MATH.sub(lambda m: f"${m.group(1)[2:-2]}$", cell_text(cell)) for cell in cells]
        return "| " + " | ".join(text.replace("|", r"\|") for text in texts) + " |"

    numbers = [place > 0 and place not in table.words for place in range(len(table.header))]
    rule = "|" + "|".join("---:" if number else "---" for number in numbers) + "|"
    body = [line(_spanned(table)), rule, *(line(row) for row in table.rows)]
    notes = [cell_text(note) for note in table.notes]
    return "\n\n".join([f"**{cell_text(table.caption)}**", "\n".join(body), *notes]) + "\n"


def _csv(table: Layout) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([cell_text(cell) for cell in _spanned(table)])
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def _spanned(table: Layout) -> list[str]:
    """Return the column heads, each led by the head that spans it."""
    above = [name for name, span in table.groups for _ in range(span)] or [""] * len(table.header)
    return [f"{name} {head}".strip() for name, head in zip(above, table.header, strict=True)]
