"""Colours that can be read, in light and in dark."""

from __future__ import annotations

import pytest

from tradedig_book.present.palette import PALETTE, palette_css, palette_html

PAPER = {"light": "#ffffff", "dark": "#121212"}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", [role for role in PALETTE if role != "line"])
def test_text_in_every_colour_is_readable(role: str, theme: str) -> None:
    """WCAG AA asks for a contrast of 4.5 with the paper."""
    bright, dim = sorted(
        (luminance(getattr(PALETTE[role], theme)), luminance(PAPER[theme])), reverse=True
    )
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_every_colour_reaches_pages_and_legend() -> None:
    """A colour without a variable would not follow the theme; one without a meaning is noise."""
    assert all(f"--td-{role}:{colour.dark}" in palette_css() for role, colour in PALETTE.items())
    assert all(c.meaning in palette_html() for role, c in PALETTE.items() if role != "line")
