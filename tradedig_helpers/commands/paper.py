"""``paper``: every column of Tables 2-7 that a folder of one's own tables allows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pandas as pd

from tradedig_helpers.commands import MISTAKEN
from tradedig_helpers.commands.stages import Stages
from tradedig_helpers.estimation.results import (
    PAPER_COMMAND,
    Name,
    StoredResults,
    differences,
    load_results,
    save_results,
)
from tradedig_helpers.estimation.runner import paper_frames, run
from tradedig_helpers.estimation.specification_curve import CHOICES, specification_curve
from tradedig_helpers.estimation.specifications import PAPER
from tradedig_helpers.frames.reasons import Reasons, reason
from tradedig_helpers.measure.folder import open_folder, unread
from tradedig_helpers.measure.panel import MEASURES, firm_panel

INTERRUPTED = 130


Tables = Callable[[Stages], AbstractContextManager[tuple[Path, str]]]
"""Gives the folder of the tables while it is needed, and what is said of their content."""


def add(commands: Any) -> None:
    """Add the command to the parser of the package."""
    parser = commands.add_parser("paper", help="estimate every column of the paper's tables")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the tables")
    add_results(parser)
    parser.set_defaults(run=main)


def add_results(parser: argparse.ArgumentParser) -> None:
    """Add to a parser where results go and what is made."""
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder of the results")
    parser.add_argument(
        "--curve", action="store_true", help="estimate the specification curve as well"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if OUT holds other estimates"
    )


def main(options: argparse.Namespace) -> int:
    """Measure and estimate one's own tables; write the results, or compare them with those stored.

    Returns
    -------
    int
        0, or 1 if results differ; 2, after one line on standard error, if the command or the
        data are wrong; 130 if it was interrupted.
    """

    @contextmanager
    def tables(stages: Stages) -> Iterator[tuple[Path, str]]:
        yield options.data, "own data"

    # Whatever a library says of one's own tables is about the data.
    return carried_out(options, tables, f"{PAPER_COMMAND} --data {options.data}", Exception)


def carried_out(
    options: argparse.Namespace,
    tables: Tables,
    command: str,
    mistakes: type[Exception] | tuple[type[Exception], ...],
) -> int:
    """Do what the options say with the tables, and return the exit status of :func:`main`.

    Parameters
    ----------
    options : of :func:`add_results`
    tables : where the tables come from
    command : what makes these results
    mistakes : errors that are told in one line, because who gave the command can mend them
    """
    try:
        return _carried_out(options, tables, command)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (MemoryError, BrokenPipeError):
        raise
    except mistakes as error:
        print(f"paper: {_line(error)}", file=sys.stderr)
        return MISTAKEN


def _carried_out(options: argparse.Namespace, tables: Tables, command: str) -> int:
    stages = Stages()
    stored = _stored(options)
    with _out(options), tables(stages) as (folder, content):
        frames, notes = estimate_folder(folder, stages, options.curve)
    made = [StoredResults(name, frame, content, command) for name, frame in frames.items()]
    print(stages)
    for line in [*notes, *_not_estimated(frames["columns"])]:
        print(line)
    if not options.check:
        for kept in made:
            save_results(kept, options.out)
        return 0
    found = [line for kept in made for line in differences(stored[kept.name], kept)]
    print("\n".join(found) or f"{options.out} holds what this command makes")
    return 1 if found else 0


def estimate_folder(
    folder: Path, stages: Stages, curve: bool = False
) -> tuple[dict[Name, pd.DataFrame], list[str]]:
    """Measure and estimate the tables of a folder, stage by stage, as much as can be had.

    Returns
    -------
    frames : ``estimates``, ``columns`` and, if it is asked for and can be had, ``curve``
    notes : what could not be measured, was left out, or not read, a line each
    """
    data = open_folder(folder)
    with stages.stage("measure", 1, "panel") as bar:
        panel = firm_panel(data, tuple(MEASURES), unmeasured="report")
        bar.update()
    with stages.stage("estimate", len(PAPER), "columns") as bar:
        frames = paper_frames(panel, data.firms)
        results = run(PAPER, frames, lambda done: bar.update(done - bar.n))
    found: dict[Name, pd.DataFrame] = {"estimates": results.estimates, "columns": results.columns}
    reasons = Reasons("report", dict(frames.unmeasured))
    if curve:
        made = reasons.attempt(["specification curve"], lambda: _curve(panel.frame, stages))
        if made is not None:
            found["curve"] = made
    notes = [f"not measured: {line}" for line in reasons.lines()]
    notes += [f"left out: {line}" for line in Reasons("report", dict(panel.notes)).lines()]
    if extra := unread(folder):
        notes.append(f"not read: {', '.join(extra)}")
    return found, notes


def _curve(panel: pd.DataFrame, stages: Stages) -> pd.DataFrame:
    size = prod(len(options) for options in CHOICES.values())
    with stages.stage("curve", size, "columns") as bar:
        return specification_curve(panel, lambda done: bar.update(done - bar.n))


def _stored(options: argparse.Namespace) -> dict[Name, StoredResults]:
    """Return the results to compare with, if that is asked for, before anything is made."""
    if not options.check:
        return {}
    names: list[Name] = ["estimates", "columns"]
    if options.curve:
        names.append("curve")
    if absent := [name for name in names if not (options.out / f"{name}.csv").is_file()]:
        files = ", ".join(f"{name}.csv" for name in absent)
        raise FileNotFoundError(f"{options.out} has no {files} to check; run without --check first")
    try:
        return {name: load_results(name, options.out) for name in names}
    except ValueError as error:
        raise ValueError(f"{options.out} holds no results that can be read: {error}") from error


@contextmanager
def _out(options: argparse.Namespace) -> Iterator[None]:
    """See, before anything is made, that OUT can be written; leave none behind on an error."""
    out, made = options.out, False
    if not options.check:
        if out.exists() and not out.is_dir():
            raise NotADirectoryError(f"{out} is no folder; give one for the results")
        made = not out.exists()
        try:
            out.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=out):
                pass
        except OSError as error:
            raise OSError(
                f"{out} cannot be written ({error.strerror}); give another folder: --out"
            ) from error
    try:
        yield
    except BaseException:
        if made:
            with suppress(OSError):
                out.rmdir()
        raise


def _not_estimated(columns: pd.DataFrame) -> list[str]:
    """Return a line for each column without estimates."""
    return [f"not estimated: {reason}" for reason in columns["problem"] if reason]


def _line(error: BaseException) -> str:
    """Return an error in one line; that of the system without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return reason(error)
