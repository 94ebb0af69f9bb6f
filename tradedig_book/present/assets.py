"""Scripts and styles that stand beside the code, on their way into a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def asset(package: str, name: str) -> str:
    """Read a script or style sheet, without indentation and comments of their own line."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def live_page(
    host: str,
    css: str,
    script: str,
    state: Mapping[str, object],
    before: str = "<p>This explorer needs JavaScript.</p>",
) -> str:
    """Return HTML that shows a widget without a kernel, from a server or from a file.

    Parameters
    ----------
    host : id of the element that the widget fills
    css, script : the script exports ``render({model, el})``, as anywidget asks
    state : what ``model.get`` returns, by name
    before : what the element holds until the script runs
    """
    text = json.dumps(state, ensure_ascii=False, allow_nan=False)
    shim = (
        f"const state = {text};\n"
        "const page = { get: (key) => state[key], set: (key, value) => { state[key] = value; },"
        " on: () => {}, save_changes: () => {} };\n"
        f'render({{ model: page, el: document.getElementById("{host}") }});'
    )
    return (
        f"<style>{css}</style>"
        f'<div id="{host}">{before}</div>'
        f'<script type="module">\n{script}\n{shim}\n</script>'
    )
