"""The right tools are pinned, and wrong ones are refused in one line."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tools.book import PYTHONS, jupyter_book_problem, python_problem


def pins(file: Path) -> dict[str, str]:
    """Read the pinned versions of a requirements file by normalised name."""
    lines = (line for line in file.read_text().splitlines() if line[0] not in " #")
    pairs = (line.split(" ;")[0].partition("==") for line in lines)
    return {name: version for name, _, version in pairs}


@pytest.mark.parametrize("version", PYTHONS)
def test_supported_python_passes(version: str) -> None:
    """The Pythons that the package declares are those that the book builds with."""
    assert python_problem(version) == ""


@pytest.mark.parametrize("version", ["3.10", "3.14", "3.1"])
def test_other_python_is_refused_in_one_line(version: str) -> None:
    """The line names the version found, those wanted, and the way out."""
    problem = python_problem(version)
    assert "\n" not in problem
    assert all(word in problem for word in (version, *PYTHONS, "PYTHON="))


def test_jupyter_book_1_passes() -> None:
    """The pinned version is accepted."""
    assert jupyter_book_problem("1.0.4.post1") == ""


def test_no_jupyter_book_is_refused_in_one_line() -> None:
    """An environment without Jupyter Book gets the command to install it."""
    problem = jupyter_book_problem("")
    assert "\n" not in problem
    assert "requirements.txt" in problem


def test_jupyter_book_2_is_refused_before_anything_is_built(root: Path, tmp_path: Path) -> None:
    """With Jupyter Book 2 first on the path the script stops: one line, not zero."""
    fake = tmp_path / "jupyter_book-2.0.0.dist-info"
    fake.mkdir()
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: jupyter-book\nVersion: 2.0.0\n")
    run = subprocess.run(
        [sys.executable, root / "tools" / "book.py"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert run.stdout == ""
    assert run.stderr.splitlines() == [jupyter_book_problem("2.0.0")]


def test_every_dependency_is_pinned(root: Path) -> None:
    """The files are whole: each name in pyproject.toml has a pin that satisfies it."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    book = [*project["dependencies"], *extras["book"]]
    for file, wanted in {
        "requirements.txt": book,
        "requirements-dev.txt": [*book, *extras["lab"], *extras["test"]],
    }.items():
        pinned = pins(root / file)
        for requirement in map(Requirement, wanted):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert requirement.specifier.contains(pinned[name]), f"{name} in {file}"


def test_test_environment_holds_the_book_environment(root: Path) -> None:
    """What tests see is what readers install."""
    assert pins(root / "requirements.txt").items() <= pins(root / "requirements-dev.txt").items()


def test_pins_name_the_command_that_makes_them(root: Path) -> None:
    """Who opens a generated file learns how to regenerate it."""
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert "make requirements" in "".join((root / file).read_text().splitlines()[:2])


def test_citation_and_changelog_follow_the_version(root: Path) -> None:
    """Who cites must name a version that there was, and whose changes can be read."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"]
    assert citation["authors"] == project["authors"]
    assert citation["license"] == project["license"]
    assert {"cff-version", "message", "title"} <= citation.keys()
    headings = re.findall(
        r"^## \[(.+?)\]", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert headings[:2] == ["Unreleased", project["version"]]


def test_commits_are_checked_by_the_commands_of_make(root: Path) -> None:
    """What passes before a commit must pass in continuous integration as well."""
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    made = [line.replace("$(BIN)", ".venv/bin") for line in recipe.split("\n\t")]
    assert [line.strip().removesuffix(" .") for line in made] == [
        entry.removesuffix(" --force-exclude") for entry in hooks
    ]
    assert "make test" in (root / ".ci" / "run").read_text(encoding="utf-8")


def test_slow_tests_are_there(root: Path) -> None:
    """A test that was renamed would no longer be left out of `make test-fast`."""
    named = [line for line in (root / "tests/slow.txt").read_text().splitlines() if line[0] != "#"]
    assert named
    gone = []
    for name in named:
        file, *parts = name.split("::")
        path = root / file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not text or not all(
            re.search(rf"^ *(def|class) {part}\b", text, re.MULTILINE) for part in parts
        ):
            gone.append(name)
    assert gone == [], "name these in tests/slow.txt as they are now, or not at all"
