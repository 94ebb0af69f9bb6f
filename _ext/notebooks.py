"""Offer each executable page as a clean .ipynb: written beside the page, linked in its header."""

from pathlib import Path
from typing import Any

import jupytext
from docutils.nodes import document
from nbformat import NotebookNode
from sphinx.application import Sphinx


def clean_notebook(source: Path) -> NotebookNode:
    """Read a text notebook as a notebook without outputs, with the same cell ids every time."""
    notebook: NotebookNode = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


def offer_notebook(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: document | None
) -> None:
    """Write the page's notebook and put its button first in the page header."""
    if "kernelspec" not in app.env.metadata.get(pagename, {}):
        return
    target = Path(app.outdir) / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(clean_notebook(Path(app.env.doc2path(pagename))), target)
    button = {
        "type": "link",
        "url": target.name,
        "icon": "fas fa-download",
        "text": "Notebook",
        "tooltip": "Download this chapter as a Jupyter notebook (.ipynb)",
        "label": "download-notebook",
    }
    context["header_buttons"].insert(0, button)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension (after the theme has made its own list of buttons)."""
    app.connect("html-page-context", offer_notebook, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
