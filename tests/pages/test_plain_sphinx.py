"""Protects the way out of Jupyter Book 1: Sphinx alone builds the same pages from its settings."""

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
SETTINGS_ONLY = {".buildinfo"}
"""Files that tell how a book was built, and nothing of what is in it."""


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


def contents(html: Path) -> dict[str, bytes]:
    """Return what the files of a build hold."""
    files = {file.relative_to(html).as_posix(): file for file in html.rglob("*") if file.is_file()}
    return {name: files[name].read_bytes() for name in files.keys() - SETTINGS_ONLY}


def test_sphinx_alone_builds_the_same_book(root: Path, plain: Path, book_dir: Path) -> None:
    """Every page, notebook, picture and script must be there, and the same to the last byte."""
    ours, theirs = contents(book_dir), contents(plain)
    chapters = list(parse_toc_yaml(root / "_toc.yml"))
    assert len(chapters) > 25
    assert {f"{chapter}.html" for chapter in chapters} <= theirs.keys()
    assert theirs.keys() == ours.keys()
    assert [name for name in sorted(ours) if ours[name] != theirs[name]] == []
