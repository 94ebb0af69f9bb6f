"""Numbers in the text that follow an explorer: roles ``now`` and ``scrub``.

``{now}`quality:price``` is what the explorer ``quality`` says of its step ``price``, or of a
parameter; ``{now}`quality:price/default``` is its ratio to that at the defaults, and
``quality:price/profit`` that to another number.
``{scrub}`quality:psi``` is a parameter that readers can drag.
``reactive.js`` moves them. What they say before, and without scripts, the explorer on the page
says itself: its own formulas run here, on the settings with which it begins.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import quickjs
from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

TARGET = re.compile(r"(?P<of>[\w-]+):(?P<value>\w+(?:/\w+)?)")
EXPLORER = re.compile(
    r'<div id="td-host-(?P<id>[\w-]+)">.*?<script>\n\(\(\) => \{\n(?P<script>.*?)'
    r'\nconst state = (?P<state>\{"spec"[^\n]*\});\n',
    re.DOTALL,
)
# At the settings at which the explorer starts. A name that is not there is null.
SAY = """
globalThis.say = ({spec, values}, asked) => {
  const start = Object.fromEntries(spec.parameters.map((p) => [p.name, p.default]));
  const now = {...values, ...evaluate(values)};
  const [name, over] = asked.split("/");
  const base = over === "default" ? {...start, ...evaluate(start)}[name] : now[over];
  if (!(name in now) || (over && base === undefined)) return null;
  const written = (value) => format(value).replace("–", "?");
  if (over) return `× ${written(now[name] / base)}`;
  return name in start ? now[name].toFixed(2).replace("-", "−") : written(now[name]);
};
"""
WIDEST, RATIO, SIGN = 5, 2, 1.3
"""Widths in digits: of a number as an explorer writes it, of what makes it a ratio, of a minus."""
logger = logging.getLogger(__name__)


class Bound(nodes.inline):  # type: ignore[misc]
    """A number that follows an explorer: ``of`` its id, ``value`` what it shows, ``scrub``."""


class Explorer(NamedTuple):
    """An explorer on a page: what it was built with, and what it says of a name."""

    state: dict[str, Any]
    say: Callable[[str], str | None]


@cache
def open_explorer(script: str, state: str) -> Explorer:
    """Run the script of an explorer as far as it needs no page."""
    context = quickjs.Context()
    context.module(f"{script}\n{SAY}")
    known = json.loads(state)

    def say(asked: str) -> str | None:
        text = context.eval(f"say({json.dumps(known)}, {json.dumps(asked)})")
        return None if text is None else str(text)

    return Explorer(known, say)


def explorers(doctree: nodes.document) -> dict[str, Explorer]:
    """Return the explorers among a page's outputs, by id."""
    texts = (raw.astext() for raw in doctree.findall(nodes.raw) if "html" in raw["format"].split())
    return {
        found["id"]: open_explorer(found["script"], found["state"])
        for text in texts
        if (found := EXPLORER.search(text))
    }


def role(
    name: str, rawtext: str, text: str, line: int, inliner: Inliner, *_: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Read ``now`` or ``scrub``."""
    target = TARGET.fullmatch(text)
    if target is None:
        message = inliner.reporter.error(f"{name} needs explorer:name, not {text!r}", line=line)
        return [], [message]
    return [Bound(rawtext, "", **target.groupdict(), scrub=name == "scrub")], []


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Write into every bound number what its explorer says at first."""
    bound = list(doctree.findall(Bound))
    known = explorers(doctree) if bound else {}
    for node in bound:
        shown = known.get(node["of"])
        sliders = {p["name"]: p for p in shown.state["spec"]["parameters"]} if shown else {}
        text = shown.say(node["value"]) if shown else None
        if shown is None:
            logger.warning("no explorer %r is on this page", node["of"], location=node)
        elif text is None or (node["scrub"] and node["value"] not in sliders):
            kind = "slider" if node["scrub"] else "number"
            logger.warning("%r has no %s %r", node["of"], kind, node["value"], location=node)
        node[:] = [nodes.Text(text or "?")]
        if shown:
            node["width"], node["hue"] = look(shown.state["spec"], node["value"])


def look(spec: dict[str, Any], value: str) -> tuple[float, str]:
    """Return how many digits wide a number may be, and its colour."""
    name, _, over = value.partition("/")
    for slider in spec["parameters"]:
        if slider["name"] == name:
            digits = max(len(f"{abs(slider[end]):.2f}") for end in ("low", "high"))
            return digits + RATIO * bool(over) + SIGN * (slider["low"] < 0), slider["hue"]
    views = {view["name"]: view for view in spec["outcomes"]}
    view = views.get(name, {})
    positive = over or view.get("scale") == "log" or view.get("range", [-1])[0] >= 0
    width = WIDEST + RATIO * bool(over) + SIGN * (not positive)
    return width, view.get("hue", "now")


def visit(self: HTML5Translator, node: Bound) -> None:
    """Open the number's element."""
    hue, width = node.get("hue", "now"), node.get("width", WIDEST)
    data = {"data-of": node["of"], "data-value": node["value"]}
    scrub = {"data-scrub": ""} if node["scrub"] else {}
    style = {"class": "td-bound", "style": f"min-width:{width:g}ch;--td-hue:var(--td-{hue})"}
    self.body.append(self.starttag(node, "span", "", **style, **data, **scrub))


def depart(self: HTML5Translator, node: Bound) -> None:
    """Close it."""
    self.body.append("</span>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_node(Bound, html=(visit, depart))
    app.add_role("now", role)
    app.add_role("scrub", role)
    app.add_js_file("reactive.js", loading_method="defer")
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
