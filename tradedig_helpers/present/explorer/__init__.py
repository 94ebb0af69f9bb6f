"""Explorers: sliders that live on a static page and in JupyterLab alike."""

from tradedig_helpers.present.explorer.quality import QualityExplorer
from tradedig_helpers.present.explorer.theory import EXPLORERS, explorer
from tradedig_helpers.present.explorer.widget import Explorer

__all__ = ["EXPLORERS", "Explorer", "QualityExplorer", "explorer"]
