"""Protects the examples in docstrings: a reader who types them sees what stands under them."""

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import tradedig_helpers as td

ROOT = Path(__file__).resolve().parent.parent
MODULES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for package in ("tradedig_helpers", "tradedig_book")
    for file in sorted((ROOT / package).rglob("*.py"))
    if ">>>" in file.read_text(encoding="utf-8")
]
PUBLIC = {name: getattr(td, name) for name in td.__all__}
"""What a reader has after ``from tradedig_helpers import *``."""
CALLED = [
    name for name, value in PUBLIC.items() if inspect.isfunction(value) or inspect.isclass(value)
]


def check(tests: list[doctest.DocTest]) -> int:
    """Run examples at the repository's root, where the sample is; return how many lines ran."""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in tests:
        runner.run(test)
    found = runner.summarize()
    assert found.failed == 0
    return found.attempted


@pytest.mark.parametrize("name", CALLED)
def test_every_public_name_has_a_true_example(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader with the public names alone can type it, and sees what stands under each line."""
    monkeypatch.chdir(ROOT)
    finder = doctest.DocTestFinder(recurse=False, exclude_empty=False)
    assert check(finder.find(PUBLIC[name], name, globs=dict(PUBLIC))) > 0


def test_examples_of_what_is_not_public_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of methods, and of functions that stand behind others, run in their own modules."""
    monkeypatch.chdir(ROOT)
    finder, public = doctest.DocTestFinder(), {f"{PUBLIC[n].__module__}.{n}" for n in CALLED}
    found = {test.name: test for module in MODULES for test in finder.find(import_module(module))}
    check([test for name, test in found.items() if name not in public])
    assert public <= set(found)  # examples are found from wherever the tests are run
