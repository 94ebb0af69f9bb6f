"""Protects the way out of Jupyter Book 1: Sphinx alone builds the same pages from its settings."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

CHANGES = """
import sys
sys.path[:0] = {paths!r}
sys.modules["rfc3987_syntax"] = None  # grammars of addresses, which nothing here checks
extensions.remove("jupyter_book")  # all that it does is to know two of these settings
bibtex_bibfiles = [{bibliography!r}]
nb_execution_cache_path = {cache!r}
"""
"""What ``conf.py`` needs besides: paths that are not its own folder's, and no Jupyter Book."""
TEXT = re.compile(r"<title>.*?</title>|<article.*</article>", re.DOTALL)
"""What a reader reads of a page; the menu around it is older where a build wrote only changes."""
WHOLE_BOOK = {".buildinfo", "objects.inv", "searchindex.js"}
"""Files about the book as a whole, older builds included."""


def run(*command: str | Path, root: Path) -> str:
    """Run a command, which must not fail, and return what it prints."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def plain(root: Path, book_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the book by Sphinx, with the results that the book's own build has stored."""
    folder = tmp_path_factory.mktemp("plain")
    shutil.copy(root / "_config.yml", folder)
    options = ("--config", folder / "_config.yml", "--toc", root / "_toc.yml")
    jupyter_book = (sys.executable, "-c", "from jupyter_book.cli.main import main; main()")
    run(*jupyter_book, "config", "sphinx", *options, root, root=root)
    shutil.copytree(book_dir.parent / ".jupyter_cache", folder / "cache")
    changes = CHANGES.format(
        paths=[str(root), str(root / "_ext")],
        bibliography=str(root / "references.bib"),
        cache=str(folder / "cache"),
    )
    with (folder / "conf.py").open("a") as settings:
        settings.write(changes)
    places = ("-c", folder, "-d", folder / "doctrees", root, folder / "html")
    said = run(sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", *places, root=root)
    assert "build succeeded" in said
    assert "executed" not in said, "stored results were not found"
    return folder / "html"


def contents(html: Path) -> dict[str, bytes | list[str]]:
    """Return what the files of a build hold, and of pages the title and the text."""
    files = [file for file in html.rglob("*") if file.is_file()]
    return {
        file.relative_to(html).as_posix(): TEXT.findall(file.read_text("utf-8"))
        if file.suffix == ".html"
        else file.read_bytes()
        for file in files
        if file.name not in WHOLE_BOOK
    }


def test_sphinx_alone_builds_the_same_book(root: Path, plain: Path, book_dir: Path) -> None:
    """Every page must read the same to the last character; what it shows must be there, too."""
    ours, theirs = contents(book_dir), contents(plain)
    chapters = {f"{chapter}.html" for chapter in parse_toc_yaml(root / "_toc.yml")}
    assert len(chapters) > 25
    assert chapters <= theirs.keys()
    assert all(len(theirs[chapter]) == 2 for chapter in chapters)
    # an earlier build may have left more in the book's folder
    assert theirs.keys() <= ours.keys()
    assert {"search.html", "index.html", "prf-prf.html"} <= theirs.keys()
    assert [name for name in sorted(theirs) if ours[name] != theirs[name]] == []
    for name in WHOLE_BOOK - {".buildinfo"}:
        assert (plain / name).stat().st_size > 0
