"""The reference page: what the package exports, by group, from the docstrings themselves.

A docstring in numpydoc's form is almost reStructuredText. What is not, ``name : what it is`` over
several lines, becomes a list of definitions; autodoc does the rest.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from inspect import Parameter, isclass, isfunction, signature
from typing import Any

from docutils.nodes import Element, Node
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

import tradedig_helpers

PACKAGE = tradedig_helpers.__name__
LISTED = {"Parameters", "Attributes", "Returns"}
"""Sections of entries, each a name or several and what they are."""
ENTRY = re.compile(r"(\w+(?:, \w+)*) : (.*)")
ANY_FRAME = "AnyFrame"
FRAME = re.compile(r"~?[\w.]*(?:IntoFrameT|NativeDataFrame \| \S*NativeLazyFrame \| \S*NativeIbis)")
"""How narwhals calls a frame of any engine in a signature."""
CONSTANT = re.compile(r"(?<== )[A-Z_]+\b")
RULE = re.compile(r"-{3,}$")


def public_names(group: str) -> Iterator[str]:
    """Yield the lines that document a group of public names.

    Raises
    ------
    KeyError
        If there is no such group.
    """
    for name, home in tradedig_helpers.GROUPS[group].items():
        value = getattr(tradedig_helpers, name)
        kind = "class" if isclass(value) else "function" if isfunction(value) else "data"
        if kind != "data":
            members = ["   :members:", "   :member-order: bysource"] * (kind == "class")
            yield from (f".. auto{kind}:: {PACKAGE}.{name}", *members, "")
            continue
        module = ModuleAnalyzer.for_module(f"{PACKAGE}.{home}")
        about = module.find_attr_docs().get(("", name), [])
        head = (f".. py:data:: {name}", f"   :module: {PACKAGE}", "")
        yield from (*head, *(f"   {line}" for line in about), "")


def as_definitions(lines: list[str]) -> list[str]:
    """Return a docstring of numpydoc's form as reStructuredText: what it is, and its sections."""
    found: list[str] = []
    section = ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if RULE.match(line) and section:
            continue
        if RULE.match(below):
            section = line
            found += [f".. rubric:: {line}", ""]
        elif section in LISTED and (entry := ENTRY.match(line)):
            names, text = entry.groups()
            found += [", ".join(f"``{name}``" for name in names.split(", ")), f"    {text}"]
        else:
            found.append(line)
    return found


def fold(name: str, lines: list[str]) -> list[str]:
    """Return lines of which all after the first paragraph fold away, if there are any."""
    first = lines.index("") if "" in lines else len(lines)
    rest = lines[first + 1 :]
    if not any(rest):
        return lines
    head = [f".. dropdown:: How to use {name}", ""]
    return [*lines[:first], "", *head, *(f"   {line}" if line else "" for line in rest), ""]


def rewrite(
    app: Sphinx, what: str, name: str, obj: object, options: dict[str, Any], lines: list[str]
) -> None:
    """Rewrite the docstring of a public function or class, and of a member, which has no fold."""
    lines[:] = as_definitions(lines)
    if what in ("function", "class"):
        lines[:] = fold(name.removeprefix(f"{PACKAGE}."), lines)


def of_class(kind: Any) -> str:
    """Return the arguments of a class by name: its attributes are described below them."""
    if getattr(kind, "_is_protocol", False):
        return ""
    given = signature(kind).parameters.values()
    names = (one.name + "=..." * (one.default is not Parameter.empty) for one in given)
    return f"({', '.join(names)})"


def of_function(text: str, constants: Mapping[str, object]) -> str:
    """Return a signature with values of constants, and a short name for a frame of any engine."""

    def value(constant: re.Match[str]) -> str:
        found = constants.get(constant[0])
        return repr(found) if isinstance(found, str | int | float) else constant[0]

    return CONSTANT.sub(value, FRAME.sub(ANY_FRAME, text))


def shorten(
    app: Sphinx,
    what: str,
    name: str,
    obj: Any,
    options: dict[str, Any],
    arguments: str | None,
    returns: str | None,
) -> tuple[str, str] | None:
    """Return a signature that can be read, of what is not a member of a class."""
    if what == "class":
        return of_class(obj), ""
    if what != "function":
        return None
    return of_function(arguments or "", obj.__globals__), of_function(returns or "", {})


class FoundAsText(PythonDomain):
    """Python's names, which search finds as words of their page, not once more as objects."""

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield each name with the priority that keeps it out of the index of objects."""
        for *known, _ in super().get_objects():
            yield (*known, -1)  # type: ignore[misc]


class PublicNames(SphinxDirective):
    """``.. public-names:: group``: signature, docstring and anchor of each name of a group."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[Node]:
        """Return the descriptions, made anew whenever the list of names or a module changes."""
        try:
            lines = [*public_names(self.arguments[0])]
        except KeyError as error:
            raise self.error(f"there is no group {error} of public names") from error
        homes = tradedig_helpers.GROUPS[self.arguments[0]].values()
        for module in (PACKAGE, *(f"{PACKAGE}.{home}" for home in homes)):
            self.env.note_dependency(sys.modules[module].__file__ or "")
        node = Element()
        self.state.nested_parse(StringList(lines, source=PACKAGE), self.content_offset, node)
        return list(node.children)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_domain(FoundAsText, override=True)
    app.add_directive("public-names", PublicNames)
    app.connect("autodoc-process-docstring", rewrite)
    app.connect("autodoc-process-signature", shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
