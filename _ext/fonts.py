"""Parts of fonts: the characters that pages draw, and no other."""

from collections.abc import Iterable
from pathlib import Path

from fontTools import subset

# Layout features stay; a time stamp that nobody reads, and that cannot be cut, goes.
OPTIONS = {"flavor": "woff2", "layout_features": ["*"], "drop_tables": ["FFTM"]}


def write_font(source: Path, target: Path, characters: Iterable[int]) -> None:
    """Write the part of a font that draws these code points, as WOFF2."""
    options = subset.Options(**OPTIONS)
    font = subset.load_font(source, options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters)
    cut.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, target, options)
