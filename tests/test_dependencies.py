"""A chapter depends on what defines the names it uses: no less, and as little more as can be."""

from pathlib import Path

import pytest
from dependencies import Dependencies, libraries

FILES = {
    "requirements.txt": "",
    "data_sample/firms.csv": "",
    "package/__init__.py": '"""A package."""\n',
    "package/__main__.py": "from package.far import thing\n",
    "package/near.py": "import pandas as pd\nfrom package.room import third\n",
    "package/far.py": "def f():\n    from package.near import x\n    import scipy.stats\n",
    "package/data.py": 'SAMPLE = ROOT / "data_sample"\n',
    "package/room/__init__.py": """\
from package.room.first import one
from package.room.second import second
from package.room.third import third
__all__ = ["one", "second", "third"]
""",
    "package/room/first.py": "",
    "package/room/second.py": "",
    "package/room/third.py": "",
    "package/room/table.csv": "",
    "package/lazy/__init__.py": """\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from package.lazy.one import one as one
HOME = {"one": "lazy.one"}
def __getattr__(name):
    return HOME[name]
""",
    "package/lazy/one.py": "",
    "package/lazy/two.py": "",
    "package/busy/__init__.py": "from package.busy.one import register\nregister()\n",
    "package/busy/one.py": "",
    "package/busy/two.py": "",
}


@pytest.fixture(scope="module")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> Dependencies:
    """Write a package with a room whose ``__init__`` passes names on and one that does more."""
    root = tmp_path_factory.mktemp("root")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Dependencies(root, ("package",), ("data_sample",))


def found(dependencies: Dependencies, code: str) -> set[str]:
    """Return the names of the files, without the pins, on which everything depends."""
    files = dependencies.files(code)
    assert dependencies.root / "requirements.txt" in files
    names = {file.relative_to(dependencies.root).as_posix() for file in files}
    return {name.removeprefix("package/") for name in names - {"requirements.txt"}}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import pandas", set()),
        ("from package.room.first import one", {"room/first.py", "room/table.csv"}),
        ("from package.room import one", {"room/first.py", "room/table.csv"}),
        # the function hides the module of its name
        ("from package.room import second", {"room/second.py", "room/table.csv"}),
        ("from package import room\nroom.one()", {"room/first.py", "room/table.csv"}),
        (
            "import package.room as r\nr.one, r.third",
            {"room/first.py", "room/third.py", "room/table.csv"},
        ),
        ("from package.lazy import one", {"lazy/one.py"}),
        ("from package.near import x", {"near.py", "room/third.py", "room/table.csv"}),
        ("from package.far import f", {"far.py", "near.py", "room/third.py", "room/table.csv"}),
        ("from package.data import SAMPLE", {"data.py", "data_sample/firms.csv"}),
        ('open("../data_sample/firms.csv")', {"data_sample/firms.csv"}),
        ("from package.busy.two import x", {"busy/two.py", "busy/__init__.py", "busy/one.py"}),
        (
            'run([python, "-m", "package"])',
            {"__main__.py", "far.py", "near.py", "room/third.py", "room/table.csv"},
        ),
    ],
)
def test_names_are_followed_to_where_they_are_defined(
    dependencies: Dependencies, code: str, names: set[str]
) -> None:
    """Too few files would let a stale result live; too many would run chapters in vain."""
    assert found(dependencies, code) == names


ROOM = {
    f"room/{name}" for name in ("__init__.py", "first.py", "second.py", "third.py", "table.csv")
}


@pytest.mark.parametrize("code", ["from package import room\nprint(room)", "import package.room"])
def test_package_used_as_a_whole_counts_as_a_whole(dependencies: Dependencies, code: str) -> None:
    """Where the names that are used cannot be told, all of the package counts."""
    assert found(dependencies, code) == ROOM


@pytest.mark.parametrize("code", ["%matplotlib inline", "from . import room"])
def test_code_that_cannot_be_followed_depends_on_everything(
    dependencies: Dependencies, code: str
) -> None:
    """Magics and relative imports are not read, so every file counts."""
    assert len(found(dependencies, code)) == len(FILES) - 1


def test_libraries_are_those_imported_at_the_start(dependencies: Dependencies) -> None:
    """Kernels are copied from a process with these; what functions import may never be needed."""
    code = "import numpy\nfrom package.far import f"
    assert libraries(dependencies.files(code), [code], ("package",)) == ["numpy", "pandas"]


def test_every_chapter_of_the_book_can_be_followed(root: Path) -> None:
    """Were a module of the package to need all of it, any edit would run the whole book."""
    dependencies = Dependencies(root)
    modules = {file for file in dependencies.everything if file.suffix == ".py"}
    for module in modules:
        assert not modules <= dependencies.files(module.read_text()), module
