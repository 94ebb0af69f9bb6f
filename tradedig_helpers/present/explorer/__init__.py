"""Explorers: sliders that live on a static page and in JupyterLab alike."""

from tradedig_helpers.present.explorer.quality import QualityExplorer
from tradedig_helpers.present.explorer.widget import Explorer

__all__ = ["Explorer", "QualityExplorer"]
