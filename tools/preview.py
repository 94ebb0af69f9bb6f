"""Draw the book's icon and the picture that links to it show, into ``_ext/static``."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from tradedig_book.present.palette import shade
from tradedig_book.theory import Parameters, evaluate

STATIC = Path(__file__).resolve().parent.parent / "_ext" / "static"
PSI = np.linspace(1, 2.4, 200)


def quality() -> np.ndarray:
    """Return optimal quality along ``PSI``, everything else at its default."""
    return evaluate(Parameters(psi=PSI))["quality"]


def icon() -> Figure:
    """Draw the curve alone."""
    figure = Figure(figsize=(1, 1))
    axes = figure.add_axes((0.06, 0.08, 0.88, 0.86), frameon=False)
    axes.plot(PSI, quality(), color=shade("now"), linewidth=7, solid_capstyle="round")
    axes.set(xticks=[], yticks=[])
    return figure


def preview() -> Figure:
    """Draw the book's question over its first answer, on 1200 × 630 pixels."""
    figure = Figure(figsize=(12, 6.3), facecolor="white")
    figure.text(0.06, 0.83, "Trade digitization and export quality", fontsize=34)
    figure.text(
        0.06, 0.73, "A firm joins an online platform. Does it export better goods?", fontsize=22
    )
    axes = figure.add_axes((0.06, 0.16, 0.88, 0.5))
    axes.plot(PSI, quality(), color=shade("now"), linewidth=5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(xticks=[], yticks=[], xlim=(PSI[0], PSI[-1]), ylim=(0, None))
    axes.set_xlabel("flexible productivity", fontsize=20, loc="right")
    axes.set_title("optimal quality", fontsize=20, loc="left")
    return figure


if __name__ == "__main__":
    icon().savefig(STATIC / "icon.png", dpi=64, transparent=True)
    preview().savefig(STATIC / "preview.png", dpi=100)
