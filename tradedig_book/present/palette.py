"""The few colours of the book, each with one meaning everywhere, in light and in dark."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour's two shades and the one thing it stands for."""

    light: str
    dark: str
    meaning: str


PALETTE = {
    "now": Colour("#1b5e9b", "#7cb8f2", "what the model or the code gives now"),
    "ghost": Colour(
        "#6f6f6f", "#a6a6a6", "what it is held against: the default, or the published figure"
    ),
    "pin": Colour("#6b5a3a", "#cdb98d", "a second case, kept for comparison"),
    "dig": Colour("#5b4bc4", "#b3a9f9", "trade digitization, dig"),
    "psi": Colour("#0b7285", "#66d9e8", "flexible productivity, ψ, and flex, which measures it"),
    "quality": Colour("#b8500a", "#f0a45d", "quality, λ, and its measures"),
    "variety": Colour("#9c2f86", "#f0a0dc", "the taste for variety, e"),
    "truth": Colour("#1f7a4d", "#6fd19f", "the truth of the synthetic economy"),
    "warn": Colour("#a3293d", "#ff8fa0", "where no optimal quality exists, or a check fails"),
    "line": Colour("#d2d2d2", "#4a4a4a", "grid lines and frames"),
}

INK = "#222222"
"""The colour of words in a drawing, which become those of the page."""


def shade(role: str) -> str:
    """Return the light shade of ``role`` as ``#rrggbb``, for Matplotlib."""
    return PALETTE[role].light


def themed(svg: str) -> str:
    """Have a drawing's colours follow the page: its variables, and its ink."""
    for role, colour in PALETTE.items():
        svg = svg.replace(colour.light, f"var(--td-{role}, {colour.light})")
    return svg.replace(INK, "currentcolor")


def palette_css() -> str:
    """Print the palette as CSS custom properties, for pages and for JupyterLab.

    Paper is white in either theme, so the dark shades are for screens only.
    """
    light = "".join(f"--td-{role}:{colour.light};" for role, colour in PALETTE.items())
    dark = "".join(f"--td-{role}:{colour.dark};" for role, colour in PALETTE.items())
    return (
        f":root{{{light}}}\n@media screen{{"
        f'html[data-theme="dark"],body[data-jp-theme-light="false"]{{{dark}}}}}\n'
    )


def palette_html() -> str:
    """Return the legend of the book's colours as an HTML table."""
    rows = "".join(
        f'<tr><td><span class="td-swatch" style="background:var(--td-{role})"></span></td>'
        f"<td>{colour.meaning}</td></tr>"
        for role, colour in PALETTE.items()
        if role != "line"
    )
    return (
        '<div class="td-table"><table class="td-text"><caption>The colours of this book</caption>'
        '<thead><tr><th scope="col">Colour</th><th scope="col">Meaning</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
