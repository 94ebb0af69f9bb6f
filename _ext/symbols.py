"""Symbols in text and formulas that tell what they mean, and have the colour of their quantity.

What a symbol means comes from the packages (:mod:`tradedig_book.explorers.symbols`), and goes into
one script that a page loads when it is asked (``symbols.js``).
A letter is marked only on pages where it is certain: those of the model, in ``book/``; the names of
measures are marked on the others, and so are ψ and λ. As code, names are marked on every page.
"""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from dependencies import Dependencies
from docutils import nodes
from execution import fingerprint
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

SOURCE = "from tradedig_book.explorers.symbols import symbols"
EVERYWHERE = ("psi", "lam", "quality")
"""Symbols of the model that chapters on data use, too."""
NAMES = ("psi", "phi", "varphi", "varphi_D", "dig_tr", "dig_im", "dig_tfp")
"""Symbols of the model that have no other meaning when written as code."""
ONLY_COLOURED = {"dig": "dig", "DIG": "dig"}
"""What the model has no name for: digitization of any kind."""
APART = (nodes.reference, nodes.title, addnodes.desc_signature, addnodes.pending_xref)

Table = Mapping[str, Mapping[str, Any]]


class Marked(nodes.inline):  # type: ignore[misc]
    """Words that name a symbol: ``key`` is its name in the table, ``hue`` its colour."""


def read_table(root: Path, stored: Path) -> dict[str, dict[str, Any]]:
    """Return the table of symbols; it is made again when what it is made of has changed."""
    key = fingerprint(root, Dependencies(root).files(SOURCE))
    if stored.is_file():
        kept: dict[str, Any] = json.loads(stored.read_text("utf-8"))
        if kept["key"] == key:
            table: dict[str, dict[str, Any]] = kept["table"]
            return table
    from tradedig_book.explorers.symbols import symbols

    table = {name: one._asdict() for name, one in symbols().items()}
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_text(json.dumps({"key": key, "table": table}), "utf-8")
    return table


def attributes(key: str, hue: str) -> dict[str, str]:
    """Return what marks a symbol in HTML: its key and its colour, as far as it has them."""
    marks = {"data-symbol": key, "data-hue": hue}
    return {name: value for name, value in marks.items() if value}


def known(table: Table, page: str) -> dict[str, str]:
    """Return for each symbol of a page's formulas, as a reader sees it, what marks it in HTML."""
    model = page.startswith("book/")
    keys = [key for key, one in table.items() if one["measure"] != model or key in EVERYWHERE]
    found = {table[key]["glyph"]: attributes(key, table[key]["hue"]) for key in keys}
    if model:
        found |= {glyph: attributes("", hue) for glyph, hue in ONLY_COLOURED.items()}
    return {
        glyph: "".join(f' {name}="{escape(value)}"' for name, value in marks.items())
        for glyph, marks in found.items()
    }


def mark_words(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Mark code in a page's sentences that is the name of a measure or of a symbol."""
    table = app.config.book_symbols
    names = {key for key, one in table.items() if one["measure"] or key in NAMES}
    if page.startswith("book/"):
        names -= ONLY_COLOURED.keys()
    for node in list(doctree.findall(nodes.literal)):
        name = node.astext()
        if name in names and not inside(node):
            marked = Marked("", "", key=name, hue=table[name]["hue"])
            node.replace_self(marked)
            marked += node


def inside(node: nodes.Node) -> bool:
    """Tell whether a node is part of a link, a heading or a signature."""
    while (node := node.parent) is not None:
        if isinstance(node, APART):
            return True
    return False


def visit(self: HTML5Translator, node: Marked) -> None:
    """Open the words' element."""
    self.body.append(self.starttag(node, "span", "", **attributes(node["key"], node["hue"])))


def depart(self: HTML5Translator, node: Marked) -> None:
    """Close it."""
    self.body.append("</span>")


def write_table(app: Sphinx, exception: Exception | None) -> None:
    """Write what symbols mean into a script, which a page may load without a server."""
    if exception is None and app.builder.format == "html":
        said = ("glyph", "meaning", "unit", "default")
        table = {key: [one[part] for part in said] for key, one in app.config.book_symbols.items()}
        text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
        (Path(app.outdir) / "_static" / "meanings.js").write_text(
            f"bookMeanings({text});\n", "utf-8"
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    table = read_table(Path(app.srcdir), Path(app.doctreedir) / "symbols.json")
    app.add_config_value("book_symbols", table, "html", dict)
    app.add_node(Marked, html=(visit, depart))
    app.add_js_file("symbols.js", loading_method="defer")
    app.connect("doctree-resolved", mark_words)
    app.connect("build-finished", write_table)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
