"""Protects chapters from code of their own: what they do, they have from the packages."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOLUTION = re.compile(r"^(`{3,})\{solution-start\}.*?^\1\{solution-end\}", re.M | re.S)
CELL = re.compile(r"^(`{3,})\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)(.*?)^\1$", re.M | re.S)
Found = list[tuple[int, str]]


def defined(chapter: str) -> Found:
    """Return line and name of each function and class that cells outside solutions define."""
    told = SOLUTION.sub(lambda match: "\n" * match[0].count("\n"), chapter)
    return [
        (told[: cell.start(3)].count("\n") + node.lineno, node.name)
        for cell in CELL.finditer(told)
        for node in ast.walk(ast.parse(cell[3]))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]


def cell(code: str) -> str:
    """Return a cell with a line of options."""
    return f"```{{code-cell}} ipython3\n:tags: [hide-input]\n\n{code}\n```\n"


@pytest.mark.parametrize(
    ("code", "name"),
    [("def f():\n    pass", "f"), ("class A:\n    pass", "A"), ("if 1:\n    def g(): ...", "g")],
)
def test_a_definition_is_found(code: str, name: str) -> None:
    """In a cell it counts, wherever it stands, in a solution or in the text it does not."""
    solution = f"````{{solution-start}} ex\n````\n\n{cell(code)}\n````{{solution-end}}\n````\n"
    text = "def h(): ...\n"
    assert defined(text + solution + cell("x = 1")) == []
    assert [found for _, found in defined(text + solution + cell(code))] == [name]
    (line, _), *_ = defined(text + cell(f"x = 1\n{code}"))
    assert line == (7 if name == "g" else 6)


def test_chapters_define_no_function(root: Path) -> None:
    """A function in a chapter has no test, and other chapters would copy it."""
    chapters = [*root.glob("book/*.md"), *root.glob("notebooks/*.md")]
    texts = {chapter.name: chapter.read_text(encoding="utf-8") for chapter in chapters}
    assert sum(len(CELL.findall(text)) for text in texts.values()) > 300
    assert {name: found for name, text in texts.items() if (found := defined(text))} == {}


def test_cells_use_what_they_import_and_import_what_they_use(root: Path, tmp_path: Path) -> None:
    """A name that moved away is found in a second, not when the chapter is built."""
    for chapter in [*root.glob("book/*.md"), *root.glob("notebooks/*.md")]:
        cells = [cell[3] for cell in CELL.finditer(chapter.read_text(encoding="utf-8"))]
        (tmp_path / f"{chapter.stem}.py").write_text("\n".join(cells), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--output-format", "concise"]
    found = subprocess.run(
        [*ruff, "--select", "F401,F811,F821", str(tmp_path)], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout
