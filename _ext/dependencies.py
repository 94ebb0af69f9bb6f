"""Which files a chapter's results come from, read off its code.

An import is followed to the module that defines the name: what a package's ``__init__`` only
passes on counts where it comes from, so that an edit of a module concerns those who use it.
Beside a module count the files that are not Python in its folder, and folders of data that code
names in a string.
Where this cannot be told (a package used as a whole, code that is not plain Python) all counts.
"""

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("tradedig_helpers", "tradedig_book")
# Folders outside the packages that chapters read; kernels refuse to read any other.
DATA = ("data_sample", "benchmarks/results", "results")
# Explorers take defaults from the published figures when they are imported.
ALWAYS = ("requirements.txt", "tradedig_book/published/published.csv")


class Reference(NamedTuple):
    """An import: a module, the name taken from it, and the attributes used of that name.

    ``name`` is empty for the module itself; ``attributes`` is None where the object as a whole
    is used.
    """

    module: str
    name: str
    attributes: frozenset[str] | None


def attributes_used(nodes: list[ast.AST]) -> dict[str, frozenset[str] | None]:
    """Return for each variable which attributes are taken of it, None if it is used as such."""
    used: dict[str, frozenset[str] | None] = {}
    owners = set()
    for node in nodes:  # an attribute comes before its owner
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owners.add(node.value)
            known = used.get(node.value.id, frozenset())
            used[node.value.id] = None if known is None else known | {node.attr}
        elif isinstance(node, ast.Name) and node not in owners:
            used[node.id] = None
    return used


def references(nodes: list[ast.AST]) -> Iterator[Reference]:
    """Yield what is imported anywhere in the code."""
    used = attributes_used(nodes)
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                attributes = used.get(alias.asname or alias.name, frozenset())
                yield Reference(module, alias.name, attributes)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                plain = alias.asname or "." not in alias.name
                own = used.get(alias.asname or alias.name, frozenset()) if plain else None
                yield Reference(alias.name, "", own)


def strings(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the string constants of the code."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def passed_on(tree: ast.Module) -> dict[str, Reference] | None:
    """Return the names an ``__init__`` passes on, at once or when used, None if it runs code."""
    names = {}
    for node in tree.body:
        match node:
            case ast.ImportFrom(level=0):
                for alias in node.names:
                    target = Reference(node.module or "", alias.name, None)
                    names[alias.asname or alias.name] = target
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                lazy = passed_on(ast.Module(node.body, []))
                names |= lazy or {}
            case ast.Expr(value=ast.Constant()) | ast.Assign() | ast.FunctionDef():
                pass
            case _:
                return None
    return None if "*" in names else names


def readable(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, and of those in it, that are no by-products of a run."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts):
            yield file


class Dependencies:
    """The packages and the data of a book as they are now: make a new one for each build."""

    def __init__(
        self, root: Path, packages: tuple[str, ...] = PACKAGES, data: tuple[str, ...] = DATA
    ) -> None:
        self.root, self.packages, self.data = root, packages, data
        self._direct: dict[Path, frozenset[Path]] = {}
        self._names: dict[Path, dict[str, Reference] | None] = {}

    def files(self, code: str) -> frozenset[Path]:
        """Return all files that the code's results depend on, near and far."""
        found = {path for name in ALWAYS if (path := self.root / name).is_file()}
        waiting = set(self._named(code))
        while waiting:
            file = waiting.pop()
            found.add(file)
            waiting |= self._direct_of(file) - found
        return frozenset(found)

    @cached_property
    def everything(self) -> frozenset[Path]:
        """All files of the packages and of the data."""
        folders = (self.root / name for name in (*self.packages, *self.data))
        return frozenset(file for folder in folders for file in readable(folder))

    def _direct_of(self, file: Path) -> frozenset[Path]:
        """Return the files that a file of a package refers to; data refer to none."""
        if file not in self._direct:
            python = file.suffix == ".py"
            direct = self._named(file.read_text("utf-8")) | self._beside(file) if python else ()
            self._direct[file] = frozenset(direct)
        return self._direct[file]

    def _beside(self, module: Path) -> set[Path]:
        """Return what a module's import brings along: files beside it, and rooms that do things."""
        data = {f for f in module.parent.iterdir() if f.is_file() and f.suffix[:3] != ".py"}
        rooms = [room / "__init__.py" for room in module.parents if self.root in room.parents]
        return data | {r for r in rooms if r.is_file() and self._passed_on(r) is None}

    def _named(self, code: str) -> set[Path]:
        """Return the files that the code names itself."""
        try:
            nodes = list(ast.walk(ast.parse(code)))
        except SyntaxError:
            return set(self.everything)
        found: set[Path] = set()
        for reference in references(nodes):
            if reference.module.startswith("."):
                return set(self.everything)
            if reference.module.partition(".")[0] in self.packages:
                found |= self._resolve(reference)
        return found.union(*map(self._in_string, set(strings(nodes))))

    def _resolve(self, reference: Reference) -> set[Path]:
        """Return the files that define what is imported."""
        module, name, attributes = reference
        file = self._file(module)
        if file is None:
            return set()  # the import will fail
        if name in ("", "*"):
            return self._module(module, None if name else attributes)
        names = (self._passed_on(file) or {}) if file.name == "__init__.py" else {}
        if name in names and names[name].module.partition(".")[0] in self.packages:
            return self._resolve(names[name]._replace(attributes=attributes))
        if self._file(f"{module}.{name}"):
            return self._module(f"{module}.{name}", attributes)
        return {file}

    def _module(self, module: str, attributes: frozenset[str] | None) -> set[Path]:
        """Return the files of a module, or those behind the attributes used of a package."""
        file = self._file(module)
        if file is None:
            return set()
        if file.name != "__init__.py":
            return {file}
        if attributes is None:
            return set(readable(file.parent))
        named = (self._resolve(Reference(module, name, None)) for name in attributes)
        return set().union(*named)

    def _in_string(self, text: str) -> set[Path]:
        """Return the files a string stands for: a folder of data, or a module by its name."""
        parts = text.split("/")
        folders = [self.root / name for name in self.data if name.split("/")[0] in parts]
        found = {file for folder in folders for file in readable(folder)}
        if text.partition(".")[0] in self.packages:
            module = self._file(f"{text}.__main__") or self._file(text)
            found |= {module} if module else set()
        return found

    def _file(self, module: str) -> Path | None:
        """Return the file of a module or a package."""
        path = self.root.joinpath(*module.split("."))
        files = (path / "__init__.py", path.parent / f"{path.name}.py")
        return next((file for file in files if file.is_file()), None)

    def _passed_on(self, file: Path) -> dict[str, Reference] | None:
        """Return the names a package's ``__init__`` passes on, None if it does more than that."""
        if file not in self._names:
            self._names[file] = passed_on(ast.parse(file.read_text("utf-8")))
        return self._names[file]


def libraries(
    files: frozenset[Path], codes: list[str], packages: tuple[str, ...] = PACKAGES
) -> list[str]:
    """Return the modules of other packages that the code and the files import as they start."""
    texts = [*codes, *(file.read_text("utf-8") for file in files if file.suffix == ".py")]
    found = set()
    for text in texts:
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module or "")
    return sorted(name for name in found if name.partition(".")[0] not in packages)
