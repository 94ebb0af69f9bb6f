"""Explorers: sliders that live on a static page and in JupyterLab alike."""

from tradedig_book.explorers.quality import QualityExplorer
from tradedig_book.explorers.theory import EXPLORERS, explorer
from tradedig_book.explorers.widget import Explorer

__all__ = ["EXPLORERS", "Explorer", "QualityExplorer", "explorer"]
