"""Build the book: check the tools, then run Jupyter Book with warnings as errors.

This file keeps to syntax that any Python 3.6 or later reads,
so that a wrong Python gets one clear line and no traceback.
"""

import gc
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")


def python_problem(version: str) -> str:
    """Return one line that says why this Python cannot build the book, or an empty string."""
    if version in PYTHONS:
        return ""
    return (
        f"This book needs Python {', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}; "
        f"{sys.executable} is Python {version}. Name another one: make book PYTHON=python3.12"
    )


def jupyter_book_problem(version: str) -> str:
    """Return one line that says why this Jupyter Book (empty: none) will not do, or nothing."""
    if version.startswith("1."):
        return ""
    found = f"Jupyter Book {version}" if version else "no Jupyter Book"
    return (
        f"This book needs Jupyter Book 1; this environment has {found}. "
        "Run `make book`, or `pip install -r requirements.txt -e .` in a virtual environment."
    )


def installed_jupyter_book() -> str:
    """Return the installed version of Jupyter Book, empty where there is none."""
    from importlib import metadata

    try:
        return metadata.version("jupyter-book")
    except metadata.PackageNotFoundError:
        return ""


def isolate_kernels(ipython: Path) -> None:
    """Take kernels from this environment alone and keep everyone's own IPython profile out."""
    os.environ.update(JUPYTER_PREFER_ENV_PATH="1", IPYTHONDIR=str(ipython))
    profile = ipython / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    # Kernels would warn that their traffic, which never leaves this machine, is not encrypted.
    (profile / "ipython_kernel_config.py").write_text('c.IPKernelApp.log_level = "ERROR"\n')


def spare_time() -> None:
    """Leave out what a build does not need and would pay for every time."""
    gc.disable()  # a build ends before its garbage takes much memory
    # jsonschema would build the grammars of addresses, which nothing here has it check.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def build(root: Path) -> int:
    """Build the book at ``root`` and return the exit code, zero only without any warning.

    Jupyter Book ends by printing where to open it.
    """
    isolate_kernels(root / "_build" / ".ipython")
    spare_time()
    from jupyter_book.cli.main import main as jupyter_book

    try:
        jupyter_book(["build", str(root), "-W", "-n", "--keep-going"], standalone_mode=False)
    except SystemExit as stop:
        # Sphinx would take the pages that warned as up to date and pass the next build.
        (root / "_build" / ".doctrees" / "environment.pickle").unlink(missing_ok=True)
        return int(stop.code or 1)
    return 0


def main() -> int:
    """Run the checks and, unless ``--check-python`` is given, the build."""
    problem = python_problem(f"{sys.version_info[0]}.{sys.version_info[1]}")
    if not problem and "--check-python" in sys.argv:
        return 0
    problem = problem or jupyter_book_problem(installed_jupyter_book())
    if problem:
        print(problem, file=sys.stderr)
        return 2
    return build(ROOT)


if __name__ == "__main__":
    sys.exit(main())
