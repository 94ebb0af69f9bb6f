"""Explorers: sliders that live on a static page and in JupyterLab alike.

Each stands in one module: its formulas, sliders, views and words.
All run on ``widget`` and its scripts; ``declare`` and ``normal`` hold what several share.
``front`` is the first page, ``tour`` the tour, with its words and its picture in two modules.
"""

from tradedig_book.explorers.quality import QualityExplorer
from tradedig_book.explorers.registry import EXPLORERS, explorer
from tradedig_book.explorers.widget import Explorer

__all__ = ["EXPLORERS", "Explorer", "QualityExplorer", "explorer"]
