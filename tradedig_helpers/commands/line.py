"""The command line: a thin door to the functions of a package."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

# Before NumPy is loaded: on the small matrices here, threads of BLAS wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before Polars is: it returns memory half a second after its last use, so that a peak is one.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:0")

SIGPIPE = 13
"""The signal that ends a program whose reader has left; a shell adds 128 to it."""


def command_line(package: str, commands: Sequence[str], arguments: list[str] | None = None) -> int:
    """Run one of the ``commands`` of ``package``, a module each, and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding must not stop at a Chinese name or at σ.
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            return _run(package, commands, sys.argv[1:] if arguments is None else arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave_quietly()
        return 128 + SIGPIPE


def _run(package: str, commands: Sequence[str], given: list[str]) -> int:
    """Read the arguments and run the command that they name."""
    parser = argparse.ArgumentParser(prog=f"python -m {package}")
    known = parser.add_subparsers(required=True, metavar="command")
    # Only what is asked for is imported: each command needs another part of the package.
    for name in [name for name in commands if name in given[:1]] or commands:
        import_module(f"{package}.commands.{name}").add(known)
    options = parser.parse_args(given)
    return int(options.run(options))


def _leave_quietly() -> None:
    """Send what is left to print nowhere: the reader of a pipe, such as ``head``, has closed it."""
    for stream in (sys.stdout, sys.stderr):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
