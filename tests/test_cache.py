"""No build serves a result that its inputs no longer give, or forgets a warning."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

NOTEBOOK = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3}
---
# Tiny

```{code-cell}
from pathlib import Path
import tradedig_helpers
with open("runs", "a") as log:
    log.write("x")
print("package", tradedig_helpers.VALUE)
print("data", Path("data_sample/sample.csv").read_text())
print("requirements", Path("requirements.txt").read_text())
```
"""
INPUTS = {
    "package": "tradedig_helpers/__init__.py",
    "data": "data_sample/sample.csv",
    "requirements": "requirements.txt",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a book of one notebook whose result depends on all three inputs, and build it."""
    book = tmp_path_factory.mktemp("book")
    (book / "index.md").write_text(NOTEBOOK)
    for name, path in INPUTS.items():
        (book / path).parent.mkdir(exist_ok=True)
        (book / path).write_text("VALUE = 'first'" if name == "package" else "first")
    build(book)
    return book


def build(book: Path) -> str:
    """Build with the book's own extension and return the page."""
    settings = {
        "extensions": ["myst_nb", "fingerprint"],
        "exclude_patterns": ["_build"],
        "nb_execution_mode": "cache",
    }
    out = book / "_build"
    with docutils_namespace():
        app = Sphinx(
            book, None, out / "html", out / "doctrees", "html", settings, status=None,
            warning=sys.stderr, warningiserror=True,
        )  # fmt: skip
        app.build()
    assert app.statuscode == 0
    return (out / "html" / "index.html").read_text()


def runs(book: Path) -> int:
    """Count how often the notebook was executed."""
    return len((book / "runs").read_text())


def caches(book: Path) -> list[Path]:
    """List the cache folders."""
    return list((book / "_build" / ".jupyter_cache").iterdir())


def test_unchanged_book_is_not_executed_again(book: Path) -> None:
    """Building twice runs the code once, also when the prose changed in between."""
    before = runs(book)
    with (book / "index.md").open("a") as page:
        page.write("\nA new sentence.\n")
    assert "A new sentence" in build(book)
    assert runs(book) == before


@pytest.mark.parametrize("name", INPUTS)
def test_changed_input_is_executed_again(book: Path, name: str) -> None:
    """An edit of the package, the data or the pins reaches the page, and old caches go."""
    before = runs(book)
    path = book / INPUTS[name]
    path.write_text(path.read_text().replace("first", "second"))
    assert f"{name} second" in build(book)
    assert runs(book) == before + 1
    assert len(caches(book)) == 1


def test_compiled_files_do_not_count(book: Path) -> None:
    """Python's own byte code next to the package changes nothing."""
    before = runs(book)
    compiled = book / "tradedig_helpers" / "__pycache__"
    compiled.mkdir(exist_ok=True)
    (compiled / "other.pyc").write_bytes(b"other")
    build(book)
    assert runs(book) == before


def test_failed_build_fails_again(root: Path, tmp_path: Path) -> None:
    """A warning that stopped a build stops the next one too, until its cause is gone."""
    (tmp_path / "tools").mkdir()
    shutil.copy(root / "tools" / "book.py", tmp_path / "tools")
    (tmp_path / "_config.yml").write_text("title: Tiny\n")
    (tmp_path / "_toc.yml").write_text("{format: jb-book, root: index}\n")

    def build_book() -> int:
        command = [sys.executable, tmp_path / "tools" / "book.py"]
        return subprocess.run(command, check=False).returncode

    (tmp_path / "index.md").write_text("# Tiny\n\n{ref}`nowhere`\n")
    assert build_book() != 0
    assert build_book() != 0
    (tmp_path / "index.md").write_text("# Tiny\n\nWords.\n")
    assert build_book() == 0
