"""Protects the list of explorers: each id leads to its module, and no module is left out."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest

from tradedig_book.explorers import EXPLORERS, explorer


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_id_leads_to_the_explorer_of_that_id(name: str) -> None:
    """Modules are named in strings, which no type checker reads."""
    assert explorer(name).spec["id"] == name


def test_every_module_with_an_explorer_is_listed() -> None:
    """That of optimal quality has a class of its own."""
    here = files("tradedig_book.explorers")
    with_spec = {
        file.name.removesuffix(".py")
        for file in here.iterdir()
        if file.name.endswith(".py") and "\ndef spec()" in file.read_text("utf-8")
    }
    listed = {module.rpartition(".")[2] for module in EXPLORERS.values()}
    assert with_spec == listed | {"quality"}


def test_unknown_explorer_is_named() -> None:
    """A typing error is answered with what there is."""
    with pytest.raises(ValueError, match="no explorer 'powr'; choose one of demand"):
        explorer("powr")


def test_an_explorer_is_imported_when_it_is_asked_for() -> None:
    """A page with one explorer does not wait for the simulator that another one needs."""
    code = (
        "import sys, tradedig_book.explorers\n"
        "assert 'tradedig_book.economy.simulate' not in sys.modules\n"
        "tradedig_book.explorers.explorer('power')\n"
        "assert 'tradedig_book.economy.simulate' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
