"""Offer each executable page as a clean .ipynb: written beside the page, linked in its header."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
from docutils.nodes import document
from nbformat import NotebookNode
from plain_markdown import Place, Target, plain_markdown, read_citations
from reactive import Bound
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def clean_notebook(place: Place) -> NotebookNode:
    """Read a page as a notebook in plain Markdown, without outputs, with the same cell ids."""
    notebook: NotebookNode = jupytext.read(place.file)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = plain_markdown(cell.source, place)
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


def numbered(env: BuildEnvironment) -> Iterator[tuple[str, Target]]:
    """Yield what the book numbers, by label: theorems and the like, and exercises."""
    proofs = getattr(env, "proof_list", {})
    for page, kinds in env.toc_fignumbers.items():
        for kind, numbers in kinds.items():
            for label, number in numbers.items():
                word = proofs[label]["realtype"] if label in proofs else kind
                yield label, Target(f"{word.title()} {'.'.join(map(str, number))}", page)


def place_of(env: BuildEnvironment, page: str, doctree: document) -> Place:
    """Return what the labels, keys and paths in the text of a page mean."""
    titled = env.get_domain("std").data["labels"].items()
    equations = env.get_domain("math").data["objects"].items()
    return Place(
        file=Path(env.doc2path(page)),
        page=page,
        targets={label: Target(name, on) for label, (on, _, name) in titled} | dict(numbered(env)),
        equations={label: str(number) for label, (_, number) in equations},
        citations=read_citations(Path(env.srcdir) / env.config.bibtex_bibfiles[0]),
        executable=frozenset(name for name, about in env.metadata.items() if "kernelspec" in about),
        numbers={f"{one['of']}:{one['value']}": one.astext() for one in doctree.findall(Bound)},
    )


def offer_notebook(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: document | None
) -> None:
    """Write the page's notebook and put its button first in the page header."""
    if doctree is None or "kernelspec" not in app.env.metadata.get(pagename, {}):
        return
    target = Path(app.outdir) / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(clean_notebook(place_of(app.env, pagename, doctree)), target)
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
