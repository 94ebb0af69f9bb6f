"""Name the execution cache after everything a notebook's result depends on.

The cache itself looks at the notebook's code cells alone.
Here its folder is named by a hash of the package, the data, the pinned requirements and Python;
a change of any of them gives an empty folder, and because the folder's name is part of Sphinx's
configuration, every page is read, hence executed, again.
"""

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from sphinx.application import Sphinx
from sphinx.config import Config

INPUTS = ("tradedig_helpers", "data_sample", "requirements.txt")
EXTENSIONS = Path(__file__).parent


def files(root: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """Yield, in a fixed order, the named files and all files of the named folders."""
    for name in names:
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts):
                yield file


def fingerprint(root: Path, names: tuple[str, ...]) -> str:
    """Return a short hash of the files' names and contents and of the Python version."""
    digest = sha256(sys.version.split()[0].encode())
    for file in files(root, names):
        content = sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:16]


def name_cache(app: Sphinx, config: Config) -> None:
    """Set the cache folder of this state of the inputs and remove those of other states."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / fingerprint(Path(app.srcdir), INPUTS)
    config.nb_execution_cache_path = str(current)
    if caches.is_dir():
        for other in set(caches.iterdir()) - {current}:
            rmtree(other)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # Pages are written again, and styles copied, after any change of this folder.
    looks = fingerprint(EXTENSIONS.parent, (EXTENSIONS.name,))
    app.add_config_value("book_looks", looks, "html", str)
    app.connect("config-inited", name_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
