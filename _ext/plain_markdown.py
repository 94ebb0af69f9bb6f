"""Text in MyST as plain Markdown, which JupyterLab and VS Code show without any extension.

What only MyST knows becomes what every reader of notebooks knows: theorems, admonitions and
exercises are block quotes with a bold head, included sources are code, citations are text.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from pybtex.database import Entry, parse_file
from sphinx.config import Config
from sphinx.directives.code import LiteralIncludeReader

BOXES = (
    *("admonition", "dropdown", "note", "tip", "hint", "important", "warning", "caution"),
    *("exercise", "prf:proof", "prf:theorem", "prf:proposition", "prf:lemma", "prf:corollary"),
    *("prf:definition", "prf:assumption", "prf:example", "prf:remark"),
)
"""Directives that become block quotes."""
UNSEEN = ("solution-end", "index")
"""Directives that readers do not see."""
_FENCE = re.compile(r" *(?P<fence>`{3,}|:{3,})(?P<info>.*)")
_DIRECTIVE = re.compile(r"\{(?P<name>[\w:-]+)\} *(?P<argument>.*)")
_OPTION = re.compile(r":(?P<key>[\w-]+): *(?P<value>.*)")
_ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?:(?P<text>[^`<]*\S) *<(?P<to>[^`>]+)>|(?P<key>[^`]+))`")
_PAGE = re.compile(r"\]\((?P<path>[\w./-]+)\.md(?P<rest>#[^)]*)?\)")
_DEFINITION = re.compile(r"^(?P<term>\S.*)\n: +", re.MULTILINE)
_SETTING = re.compile(r"""(?<=\]\()#(?=[\w-]*\?)|(?<=href=["'])#(?=[\w-]*\?)""")
_DISPLAYED = re.compile(r"(\$\$.+?)\$\$ *\((?P<label>[\w:-]+)\)", re.DOTALL)
_MATH = re.compile(r"\$\$.+?\$\$|\$(?:[^$\n]|\n(?!\s*\n))+\$", re.DOTALL)


@dataclass(frozen=True)
class Target:
    """What a label names: ``Theorem 3``, ``Exercise 4`` or a title, and the page it is on."""

    name: str
    page: str


@dataclass(frozen=True)
class Citation:
    """Surnames as text names them, and the year, empty if there is none."""

    names: str
    year: str

    def within(self) -> str:
        """Return what a sentence says: ``Author (Year)``."""
        return f"{self.names} ({self.year})" if self.year else self.names

    def inside(self) -> str:
        """Return what stands between brackets: ``Author, Year``."""
        return f"{self.names}, {self.year}" if self.year else self.names


@dataclass(frozen=True)
class Place:
    """The page that a text stands on, and what its labels, keys and paths mean.

    Attributes
    ----------
    file : source of the page; its folder is what paths in the text are relative to
    page : its name, such as ``book/claims``
    targets, equations : by label; an equation has a number
    citations : by key of the bibliography
    executable : names of the pages that have a notebook
    numbers : what explorers of the page say at first, by explorer and name: ``quality:psi``
    """

    file: Path
    page: str
    targets: Mapping[str, Target] = field(default_factory=dict)
    equations: Mapping[str, str] = field(default_factory=dict)
    citations: Mapping[str, Citation] = field(default_factory=dict)
    executable: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Directive:
    """A directive of MyST: its options are by name, its body is text."""

    name: str
    argument: str
    options: Mapping[str, str]
    body: str


@cache
def read_citations(bibliography: Path) -> dict[str, Citation]:
    """Return the entries of a BibTeX file by key."""
    entries = parse_file(bibliography).entries
    return {key: _citation(entry) for key, entry in entries.items()}


def _citation(entry: Entry) -> Citation:
    """Name two authors, or the first of more."""
    persons = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join(str(part) for part in one.rich_last_names) for one in persons]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return Citation(who or entry.fields["title"], entry.fields.get("year", ""))


def plain_markdown(text: str, place: Place) -> str:
    """Return a text of MyST as plain Markdown.

    Raises
    ------
    ValueError
        If it holds a directive or role that has no plain form here, or an unknown label or key.
    """
    parts = (
        _plain_directive(part, place) if isinstance(part, Directive) else part
        for part in _parts(text, place)
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip("\n")


def _parts(text: str, place: Place) -> Iterator[str | Directive]:
    """Yield directives, code as it is, and the plain form of the prose between them."""
    lines = text.splitlines()
    prose: list[str] = []
    at = 0
    while at < len(lines):
        opens = _FENCE.fullmatch(lines[at])
        if not opens:
            prose.append(lines[at])
            at += 1
            continue
        yield _plain_prose("\n".join(prose), place)
        prose = []
        end = _closing(lines, at, opens["fence"])
        named = _DIRECTIVE.fullmatch(opens["info"])
        inside = lines[at + 1 : end]
        yield _directive(named, inside) if named else "\n".join(lines[at : end + 1])
        at = end + 1
    yield _plain_prose("\n".join(prose), place)


def _closing(lines: list[str], at: int, fence: str) -> int:
    """Return the number of the line that closes the fence opened at ``at``."""
    for number in range(at + 1, len(lines)):
        line = lines[number].strip()
        if set(line) == {fence[0]} and len(line) >= len(fence):
            return number
    raise ValueError(f"nothing closes {lines[at]!r}")


def _directive(named: re.Match[str], inside: list[str]) -> Directive:
    options: dict[str, str] = {}
    for line in inside:
        option = _OPTION.fullmatch(line.strip())
        if not option:
            break
        options[option["key"]] = option["value"].strip('"')
    body = "\n".join(inside[len(options) :]).strip("\n")
    return Directive(named["name"], named["argument"].strip(), options, body)


def _plain_directive(one: Directive, place: Place) -> str:
    if one.name in BOXES:
        return _quote(_head(one, place), plain_markdown(one.body, place))
    if one.name == "literalinclude":
        return _included(one, place)
    if one.name == "solution-start":
        return f"**Solution to {_target(one.argument, place).name}.**\n"
    if one.name in UNSEEN:
        return ""
    if one.name == "math":
        return _plain_prose(f"$$\n{one.body}\n$$", place)
    if one.name in ("figure", "image"):
        return _image(one, place)
    raise ValueError(f"the directive {one.name!r} has no plain Markdown; give it one in {__file__}")


def _head(one: Directive, place: Place) -> str:
    """Return the bold head of a box, with the number that the book gives it."""
    title = _plain_prose(one.argument, place)
    kind = one.name.removeprefix("prf:").title()
    if kind in ("Admonition", "Dropdown"):
        return f"**{title}**"
    label = one.options.get("label", "")
    name = place.targets[label].name if label in place.targets else kind
    return f"**{name} ({title}).**" if title else f"**{name}.**"


def _quote(head: str, body: str) -> str:
    """Return a block quote; formulas get one line, or readers would take its marks for TeX."""
    flat = _MATH.sub(lambda formula: " ".join(formula[0].split()), body)
    lines = [head, "", *flat.splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n"


def _included(one: Directive, place: Place) -> str:
    """Return the part of a source that the directive shows, as code under the file's name."""
    file = place.file.parent / one.argument
    reader = LiteralIncludeReader(str(file), dict(one.options), Config())
    source = reader.read()[0].strip("\n")
    language = one.options.get("language", "")
    return f"From `{one.argument.removeprefix('../')}`:\n\n```{language}\n{source}\n```\n"


def _image(one: Directive, place: Place) -> str:
    """Return a picture that travels with the notebook, and its caption."""
    file = place.file.parent / one.argument
    data = b64encode(file.read_bytes()).decode()
    caption = plain_markdown(one.body, place)
    picture = f"![{one.options.get('alt', '')}](data:{guess_type(file)[0]};base64,{data})"
    return f"{picture}\n\n{caption}\n"


def _plain_prose(text: str, place: Place) -> str:
    """Return prose with its roles as text and its links where a notebook finds them."""
    text = _DEFINITION.sub(r"- \g<term>: ", text)
    text = _DISPLAYED.sub(lambda m: rf"{m[1]}\tag{{{place.equations[m['label']]}}} $$", text)
    text = _ROLE.sub(lambda role: _plain_role(role, place), text)
    text = _PAGE.sub(lambda link: f"]({_address(link['path'], place)}{link['rest'] or ''})", text)
    return _SETTING.sub(f"{place.file.stem}.html#", text)


def _plain_role(role: re.Match[str], place: Place) -> str:
    kind, label = role["role"], role["to"] or role["key"]
    if kind in ("cite:t", "cite:p"):
        cited = [place.citations[key.strip()] for key in label.split(",")]
        if kind == "cite:t":
            return ", ".join(one.within() for one in cited)
        return f"({'; '.join(one.inside() for one in cited)})"
    if kind == "eq":
        return f"({place.equations[label]})"
    if kind in ("now", "scrub"):
        return place.numbers[label]
    if kind in ("ref", "numref", "prf:ref"):
        target = _target(label, place)
        text = role["text"] or target.name
        away = _address(_relative(target.page, place.page), place)
        return text if target.page == place.page else f"[{text}]({away})"
    raise ValueError(f"the role {kind!r} has no plain Markdown; give it one in {__file__}")


def _target(label: str, place: Place) -> Target:
    if label not in place.targets:
        raise ValueError(f"no theorem, exercise or section is called {label!r}")
    return place.targets[label]


def _relative(page: str, start: str) -> str:
    """Return the path from one page to another, without ending."""
    return page.split("/")[-1] if page.split("/")[:-1] == start.split("/")[:-1] else f"../{page}"


def _address(path: str, place: Place) -> str:
    """Return where a page, given by its path without ending, stands: its notebook if it has one."""
    name = (
        path.removeprefix("../") if path.startswith("../") else f"{Path(place.page).parent}/{path}"
    )
    return f"{path}.ipynb" if name in place.executable else f"{path}.html"
