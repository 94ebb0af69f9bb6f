"""Explorers: sliders that live on a static page and in JupyterLab alike.

Each has one file: its formulas, sliders, views and words. ``registry`` lists them, ``declare`` and
``normal`` hold what several need, ``widget`` and the scripts beside it are the runtime of all.
"""

from tradedig_book.explorers.quality import QualityExplorer
from tradedig_book.explorers.registry import EXPLORERS, explorer
from tradedig_book.explorers.widget import Explorer

__all__ = ["EXPLORERS", "Explorer", "QualityExplorer", "explorer"]
