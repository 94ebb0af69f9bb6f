"""Run the chapters that are out of date, several at a time, before Sphinx reads them.

Each result is kept in the execution cache with a key: the hash of the files it depends on
(:mod:`dependencies`) and of the Python version. A result with another key is dropped and its
page read again; MyST-NB, which looks at code cells alone, then finds every result it needs.
"""

import asyncio
import functools
import os
import sys
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import cast

from dependencies import Dependencies, libraries, readable
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from kernels import Reading, kernel_manager, warm_up
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

EXTENSIONS = Path(__file__).parent
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)
logger = logging.getLogger(__name__)


class Environment(BuildEnvironment):
    """Sphinx's environment with what MyST-NB and this extension keep in it."""

    myst_config: MdParserConfig
    mystnb_config: NbParserConfig
    chapter_keys: dict[str, str]


@dataclass(frozen=True)
class Chapter:
    """A page with code: its notebook, the files it depends on, and their hash."""

    name: str
    path: Path
    notebook: NotebookNode
    code: str
    files: frozenset[Path]
    key: str


@dataclass(frozen=True)
class Run:
    """One execution of a chapter: how long it took, and what went wrong if anything did."""

    seconds: float
    problem: str = ""


def content_hash(file: Path) -> str:
    """Return the hash of what a file holds."""
    return sha256(file.read_bytes()).hexdigest()


def fingerprint(
    root: Path, files: Collection[Path], content: Callable[[Path], str] = content_hash
) -> str:
    """Return a short hash of the files' names and contents and of the Python version."""
    digest = sha256(sys.version.split()[0].encode())
    for file in sorted(files):
        digest.update(f"{file.relative_to(root).as_posix()}\0{content(file)}\n".encode())
    return digest.hexdigest()[:16]


def read_chapters(env: Environment) -> Iterator[Chapter]:
    """Yield the pages that have code, as they are now."""
    root = Path(env.srcdir)
    dependencies = Dependencies(root)
    content = functools.cache(content_hash)  # most files count for several pages
    for name in sorted(env.found_docs):
        path = Path(env.doc2path(name))
        text = path.read_text("utf-8")
        reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
        if reader is not None:
            notebook = reader.read(text)
            cells = (cell.source for cell in notebook.cells if cell.cell_type == "code")
            code = "\n".join(cells)
            files = dependencies.files(code)
            yield Chapter(name, path, notebook, code, files, fingerprint(root, files, content))


def keep_valid(cache: JupyterCacheAbstract, chapters: Collection[Chapter]) -> set[str]:
    """Drop every result that is not one of a chapter as it is now; return who has one."""
    valid: dict[tuple[str, str | None], str] = {}
    for chapter in chapters:
        _, code = cache.create_hashed_notebook(chapter.notebook)
        valid[code, chapter.key] = chapter.name
    found = set()
    for record in cache.list_cache_records():
        name = valid.get((record.hashkey, (record.data or {}).get("key")))
        if name is None:
            cache.remove_cache(record.pk)
        else:
            found.add(name)
    return found


def execute(chapter: Chapter, reading: Reading, timeout: int) -> Run:
    """Run a chapter in a kernel of its own and leave the outputs in its notebook."""
    client = NotebookClient(
        chapter.notebook,
        km=kernel_manager(reading),
        timeout=timeout,
        record_timing=False,  # what it writes into cells, the cache would take for their source
        resources={"metadata": {"path": str(chapter.path.parent)}},
    )
    start = perf_counter()
    try:
        asyncio.run(client.async_execute(cleanup_kc=True))
    except FAILURES as error:
        return Run(perf_counter() - start, str(error))
    return Run(perf_counter() - start)


def execute_all(chapters: list[Chapter], root: Path, timeout: int) -> Iterator[tuple[Chapter, Run]]:
    """Run chapters, as many at a time as there are cores, and yield them as they end."""
    warm_up(libraries(frozenset().union(*(c.files for c in chapters)), [c.code for c in chapters]))
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        runs = {
            pool.submit(execute, chapter, Reading(root, chapter.files), timeout): chapter
            for chapter in sorted(chapters, key=lambda c: -len(c.code))  # the longest come first
        }
        for run in as_completed(runs):
            yield runs[run], run.result()
    finally:
        pool.shutdown(cancel_futures=True)


def execute_stale(app: Sphinx, environment: BuildEnvironment, names: list[str]) -> None:
    """Add to the pages that Sphinx will read those with an outdated result, and run these."""
    env = cast("Environment", environment)
    chapters = {chapter.name: chapter for chapter in read_chapters(env)}
    before = getattr(env, "chapter_keys", {})
    env.chapter_keys = {name: chapter.key for name, chapter in chapters.items()}
    outdated = {name for name, key in env.chapter_keys.items() if before.get(name) != key}
    names += sorted(outdated - set(names))

    cache = get_cache(env.mystnb_config.execution_cache_path)
    found = keep_valid(cache, chapters.values())
    stale = [chapters[name] for name in names if name in chapters and name not in found]
    if not stale:
        return
    for chapter, run in execute_all(stale, Path(app.srcdir), env.mystnb_config.execution_timeout):
        logger.info("executed %s in %.1f s", chapter.name, run.seconds)
        if run.problem:
            logger.error("%s", run.problem, location=chapter.name)
            env.chapter_keys[chapter.name] = ""  # runs again next time
        data = {"key": env.chapter_keys[chapter.name], "execution_seconds": run.seconds}
        bundle = CacheBundleIn(chapter.notebook, str(chapter.path), data=data)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # Pages are written again, and styles copied, after any change of this folder.
    looks = fingerprint(EXTENSIONS, list(readable(EXTENSIONS)))
    app.add_config_value("book_looks", looks, "html", str)
    app.connect("env-before-read-docs", execute_stale)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
