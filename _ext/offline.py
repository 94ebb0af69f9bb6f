"""The book's assets, all local: MathJax from a wheel, icons from CSS, colours from the package."""

from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile, copytree

from sphinx.application import Sphinx
from sphinx.config import Config

from tradedig_book.present.palette import palette_css

# MathJax without its menu, which is two fifths of the usual bundle and offers what is not here.
STARTUP = "startup.js"
COMPONENTS = ("core", "input/tex", "output/chtml", "a11y/assistive-mml")
# What the components ask for while they set a page: fonts, and a TeX package on its first use.
FOLDERS = ("output/chtml/fonts", "input/tex/extensions")
STATIC = Path(__file__).parent / "static"


def mathjax_source() -> Path:
    """Return the MathJax folder inside the ``sphinx-mathjax-offline`` wheel."""
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("sphinx-mathjax-offline is missing: install requirements.txt")
    return Path(spec.origin).parent / "static" / "mathjax"


def use_local_assets(app: Sphinx, config: Config) -> None:
    """Point pages at the copied MathJax and at the book's own style sheet."""
    config.mathjax_path = f"mathjax/{STARTUP}"
    config.mathjax3_config = {"loader": {"load": list(COMPONENTS)}}
    config.html_static_path.append(str(STATIC))


def copy_assets(app: Sphinx, exception: Exception | None) -> None:
    """Copy the part of MathJax that pages use, and empty the icon script (CSS draws the icons)."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    source, target = mathjax_source(), static / "mathjax"
    for folder in FOLDERS:
        copytree(source / folder, target / folder, dirs_exist_ok=True)
    for file in (STARTUP, *(f"{component}.js" for component in COMPONENTS)):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        copyfile(source / file, target / file)
    (static / "palette.css").write_text(palette_css())
    (static / "scripts" / "fontawesome.js").write_text("// Icons are drawn by CSS.\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_css_file("palette.css")
    app.add_css_file("book.css")
    app.connect("config-inited", use_local_assets)
    app.connect("build-finished", copy_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
