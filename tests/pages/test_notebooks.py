"""The notebooks that chapters offer, as JupyterLab and VS Code show them."""

import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parents[2]
NOTEBOOKS = [
    name
    for name in parse_toc_yaml(ROOT / "_toc.yml")
    if "\nkernelspec:" in (ROOT / f"{name}.md").read_text(encoding="utf-8")
]
MYST = re.compile(r"^ *(?:> *)*(?:`{3,}|:{3,})\{.*|^:::.*|\{[\w:]+\}`.*", re.MULTILINE)
"""Directives and roles, also in a quote."""
FORMULA = re.compile(r"\$\$.+?\$\$|\$(?:[^$\n]|\n(?!\s*\n))+\$", re.DOTALL)


def text_of(notebook: nbformat.NotebookNode) -> str:
    """Return the words between the code."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def formulas(text: str) -> set[str]:
    """Return the formulas of a text, whatever their lines."""
    return {"".join(found.replace(">\n", "").split()) for found in FORMULA.findall(text)}


def read(book_dir: Path, name: str) -> nbformat.NotebookNode:
    """Return the notebook of a chapter."""
    return nbformat.read(book_dir / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_needs_no_extension(book_dir: Path, name: str) -> None:
    """Its text is plain Markdown, with every formula and every line of code of the chapter."""
    source, notebook = jupytext.read(ROOT / f"{name}.md"), read(book_dir, name)
    nbformat.validate(notebook)
    assert MYST.findall(text_of(notebook)) == []
    assert MYST.findall(text_of(source))  # ... so that the assertion above can fail
    assert formulas(text_of(source)) <= formulas(text_of(notebook))
    code = [
        [one.source for one in every.cells if one.cell_type == "code"]
        for every in (source, notebook)
    ]
    assert code[0] == code[1]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_quoted_formula_is_broken_over_lines(book_dir: Path, name: str) -> None:
    """JupyterLab takes a formula out before it reads quotes, with the marks of later lines."""
    for line in text_of(read(book_dir, name)).splitlines():
        if line.startswith(">"):
            assert line.replace("$$", "").count("$") % 2 == 0, line
            assert line.count("$$") in (0, 2), line


def test_notebook_says_what_the_page_says(book_dir: Path) -> None:
    """Numbers of theorems and exercises, links and sources are those of the book."""
    text = text_of(read(book_dir, "book/choice-to-digitise"))
    page = (book_dir / "book/choice-to-digitise.html").read_text(encoding="utf-8")
    numbered = re.search(r'#prop-psi-variety">(Proposition \d+)</a>', page)[1]
    assert f"what [{numbered}](optimal-quality.ipynb) says of the margin" in text
    choice = re.search(r"Theorem (\d+)\s*</span>\s*\(The choice\)", page)[1]
    assert f"> **Theorem {choice} (The choice).**\n>\n> Let $\\beta > 1/\\phi$" in text
    assert f"By Theorem {choice} $\\mathit{{dig}}^*$ is" in text
    subsidy = re.search(r"Exercise (\d+) \(A subsidy\)", page)[1]
    assert f"> **Exercise {subsidy} (A subsidy).**" in text
    assert f"**Solution to Exercise {subsidy}.**" in text
    assert "def proved_sign(" in text
    assert "Antoniades (2015) has it for quality itself" in text
