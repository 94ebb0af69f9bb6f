"""Protects cross-references: what a docstring sends a reader to must exist."""

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = ("tradedig_helpers", "tradedig_book")
ROLE = re.compile(r":(func|class|mod|meth|attr|data|exc|obj):`~?([^`]+)`")


def modules(root: Path) -> dict[str, Path]:
    """Return the files of all modules by dotted name, but for the one that runs the command."""
    files = {
        ".".join(file.relative_to(root).with_suffix("").parts): file
        for package in PACKAGES
        for file in sorted((root / package).rglob("*.py"))
        if file.stem != "__main__"
    }
    return {name.removesuffix(".__init__"): file for name, file in files.items()}


def get(owner: object, name: str) -> object:
    """Return an attribute or a field of a dataclass, None if there is neither."""
    return getattr(owner, name, getattr(owner, "__dataclass_fields__", {}).get(name))


def named(full: str, known: dict[str, Path]) -> object:
    """Return the object of a full dotted name, None if there is none."""
    parts = full.split(".")
    owners = (size for size in range(len(parts), 0, -1) if ".".join(parts[:size]) in known)
    size = next(owners, 0)
    return reduce(get, parts[size:], import_module(".".join(parts[:size]))) if size else None


def meant(target: str, module: str, known: dict[str, Path]) -> object:
    """Return what a reference in a module means, None if nothing.

    As for Sphinx, a name is one of the module itself or a full one; with a dot in front it may
    belong to any module.
    """
    inside = known if target.startswith(".") else [module]
    full = [target, *(f"{owner}.{target.removeprefix('.')}" for owner in inside)]
    return next((found for name in full if (found := named(name, known)) is not None), None)


def test_every_reference_of_a_docstring_resolves(root: Path) -> None:
    """No docstring may send a reader to a name that was moved or never was."""
    known = modules(root)
    found = [
        (module, target)
        for module, file in known.items()
        for _, target in ROLE.findall(file.read_text(encoding="utf-8"))
    ]
    assert len(found) > 80
    dead = [(module, target) for module, target in found if meant(target, module, known) is None]
    assert dead == []


@pytest.mark.parametrize(
    ("target", "exists"),
    [
        ("tradedig_book.theory.Parameters", True),
        ("tradedig_book.theory.region", False),
        ("Specification", True),
        ("Specification.formula", True),
        ("Specification.name_of", False),
        (".fit.estimate", True),
        ("fit.estimate", False),
        (".fit.record_tables", False),
    ],
)
def test_dead_references_are_told_from_living_ones(root: Path, target: str, exists: bool) -> None:
    """The rule must find fields, methods and short forms, and nothing that is not there."""
    module = "tradedig_helpers.estimation.specifications"
    assert (meant(target, module, modules(root)) is not None) == exists
