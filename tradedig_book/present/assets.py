"""Scripts and styles that stand beside the code, on their way into a page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_EXPORT = re.compile(r"^export (?:default .*)?", re.MULTILINE)
"""What only a module may say."""

_COMMENT = re.compile(r"(?:^|\s)// .*")
"""To the end of a line; no string of ours holds two slashes between blanks."""

_SPACE = re.compile(r" ?([{};,])\s*|(?<=:) ")


@cache
def asset(package: str, name: str) -> str:
    """Read a script or style sheet, without indentation and comments.

    Style sheets lose the spaces that only people read, too.
    """
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    kept = "\n".join(line for line in lines if line)
    if not name.endswith(".css"):
        return kept
    return _SPACE.sub(lambda found: found[1] or "", kept).replace(";}", "}")


def live_page(host: str, css: str, script: str, state: Mapping[str, object], inside: str) -> str:
    """Return HTML that shows a widget without a kernel, from a server or from a file.

    The script runs as soon as the browser has read it, so that the widget is there from the first
    paint and nothing moves.
    It meets the elements above it, not yet those below.

    Parameters
    ----------
    host : id of the element that the widget fills
    css, script : the script exports ``render({model, el})``, as anywidget asks
    state : what ``model.get`` returns, by name
    inside : what the element holds before the script runs; see :func:`instead`
    """
    text = json.dumps(state, ensure_ascii=False, allow_nan=False)
    return (
        f'<style>{css}</style><div id="{host}">{inside}</div>'
        f"<script>\n(() => {{\n{_EXPORT.sub('', script)}\nconst state = {text};\n"
        "const page = { get: (key) => state[key], set: (key, value) => { state[key] = value; },"
        " on: () => {}, save_changes: () => {} };\n"
        f'const el = document.getElementById("{host}");\n'
        'try { render({ model: page, el }); } catch (error) { el.className = ""; throw error; }\n'
        "})();\n</script>"
    )


def instead(still: str) -> str:
    """Return what stands in a widget's place where no script runs, of class ``td-still``.

    It is never seen where scripts do run.
    """
    runs = 'document.currentScript.parentElement.className = "td-runs"'
    return f"<style>.td-runs>.td-still{{display:none}}</style><script>{runs}</script>{still}"
