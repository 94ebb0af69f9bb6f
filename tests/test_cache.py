"""No build serves a result that its inputs no longer give, or forgets a warning."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

HEAD = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3}
---
"""
# Each chapter writes its name into ``runs``; they share a helper and have one each.
CHAPTERS = {
    "index": """\
from pathlib import Path
from tradedig_helpers import ONE, SHARED
print("one", ONE, "shared", SHARED)
print("data", Path("data_sample/sample.csv").read_text())
print("requirements", Path("requirements.txt").read_text())
""",
    "other": """\
from tradedig_helpers import SHARED, TWO
print("two", TWO, "shared", SHARED)
""",
}
INPUTS = {
    "shared": ("tradedig_helpers/shared.py", "SHARED = 'first'"),
    "one": ("tradedig_helpers/one.py", "ONE = 'first'"),
    "two": ("tradedig_helpers/two.py", "TWO = 'first'"),
    "data": ("data_sample/sample.csv", "first"),
    "requirements": ("requirements.txt", "first"),
}
INIT = """\
from tradedig_helpers.one import ONE
from tradedig_helpers.shared import SHARED
from tradedig_helpers.two import TWO
"""


def page(name: str, code: str) -> str:
    """Return a chapter with one cell that leaves a trace of its run."""
    trace = f'with open("runs", "a") as log:\n    log.write("{name} ")\n'
    return f"{HEAD}# Tiny\n\n```{{code-cell}}\n{trace}{code}```\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a book of two chapters and build it."""
    book = tmp_path_factory.mktemp("book")
    for path, text in (*INPUTS.values(), ("tradedig_helpers/__init__.py", INIT)):
        (book / path).parent.mkdir(exist_ok=True)
        (book / path).write_text(text)
    for name, code in CHAPTERS.items():
        (book / f"{name}.md").write_text(page(name, code))
    with (book / "index.md").open("a") as index:
        index.write("\n```{toctree}\nother\n```\n")
    assert runs(book, build(book)) == ["index", "other"]
    return book


def build(book: Path) -> str:
    """Build with the book's own extension and return its warnings."""
    settings = {
        "extensions": ["myst_nb", "execution"],
        "exclude_patterns": ["_build"],
        "nb_execution_mode": "cache",
    }
    out = book / "_build"
    warnings = io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            book, None, out / "html", out / "doctrees", "html", settings, status=None,
            warning=warnings,
        )  # fmt: skip
        app.build()
    return warnings.getvalue()


def runs(book: Path, warnings: str = "") -> list[str]:
    """Return the chapters that were executed since the last call, in alphabetical order."""
    assert warnings == ""
    trace = book / "runs"
    names = sorted(trace.read_text().split()) if trace.exists() else []
    trace.unlink(missing_ok=True)
    return names


def shown(book: Path, name: str) -> str:
    """Return a page."""
    return (book / "_build" / "html" / f"{name}.html").read_text()


def test_unchanged_book_is_not_executed_again(book: Path) -> None:
    """Building again runs no code, also when the prose changed in between."""
    with (book / "index.md").open("a") as index:
        index.write("\nA new sentence.\n")
    assert runs(book, build(book)) == []
    assert "A new sentence" in shown(book, "index")


@pytest.mark.parametrize(
    ("name", "chapters"),
    [
        ("shared", ["index", "other"]),
        ("one", ["index"]),
        ("two", ["other"]),
        ("data", ["index"]),
        ("requirements", ["index", "other"]),
    ],
)
def test_changed_input_runs_what_depends_on_it(book: Path, name: str, chapters: list[str]) -> None:
    """An edit of package, data or pins reaches the pages it concerns and runs no other."""
    path = book / INPUTS[name][0]
    path.write_text(path.read_text().replace("first", "second"))
    assert runs(book, build(book)) == chapters
    if name != "requirements":
        assert all(f"{name} second" in shown(book, chapter) for chapter in chapters)


def test_input_changed_back_runs_again(book: Path) -> None:
    """Results of a former state of the inputs are not kept, let alone shown."""
    path = book / INPUTS["two"][0]
    for text, value in (("TWO = 'third'", "third"), ("TWO = 'second'", "second")):
        path.write_text(text)
        assert runs(book, build(book)) == ["other"]
        assert f"two {value}" in shown(book, "other")


def test_lost_results_do_not_matter(book: Path) -> None:
    """A page is what was executed, so a cache that was emptied runs no code for the same pages."""
    shutil.rmtree(book / "_build" / ".jupyter_cache")
    assert runs(book, build(book)) == []


def test_compiled_files_do_not_count(book: Path) -> None:
    """Python's own byte code next to the package changes nothing."""
    compiled = book / "tradedig_helpers" / "__pycache__"
    compiled.mkdir(exist_ok=True)
    (compiled / "other.pyc").write_bytes(b"other")
    assert runs(book, build(book)) == []


def test_every_failing_chapter_is_reported_until_it_is_mended(book: Path) -> None:
    """Each failure warns with its traceback, in the next build too; nothing runs twice."""
    path = book / INPUTS["shared"][0]
    good = path.read_text()
    path.write_text("raise ValueError('broken helper')")
    for _ in range(2):
        warnings = build(book)
        assert warnings.count("ValueError") >= 2
        assert all(f"{name}.md: ERROR" in warnings for name in CHAPTERS)
        assert runs(book) == ["index", "other"]
    path.write_text(good)
    assert runs(book, build(book)) == ["index", "other"]


def test_undeclared_file_cannot_be_read(book: Path) -> None:
    """A file whose edits would go unnoticed is refused where a chapter reads it."""
    (book / "notes.txt").write_text("notes")
    (book / "index.md").write_text(page("index", 'print(open("notes.txt").read())\n'))
    warnings = build(book)
    assert "PermissionError" in warnings
    assert "a change of notes.txt would not run this chapter again" in warnings


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
