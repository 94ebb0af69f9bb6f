"""The command line: a thin door to the functions of the package."""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib import import_module

# Before NumPy is loaded: on the small matrices here, threads of BLAS wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before Polars is: it returns memory seconds after its last use, and seldom asks for it anew.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000")

SIGPIPE = 13
"""The signal that ends a program whose reader has left; a shell adds 128 to it."""
COMMANDS = ("simulate", "check", "paper", "calibrate")


def main(arguments: list[str] | None = None) -> int:
    """Run one command of ``tradedig_helpers.commands`` and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding must not stop at a Chinese name or at σ.
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave_quietly()
        return 128 + SIGPIPE


def _run(given: list[str]) -> int:
    """Read the arguments and run the command that they name."""
    parser = argparse.ArgumentParser(prog="python -m tradedig_helpers")
    commands = parser.add_subparsers(required=True, metavar="command")
    # Only what is asked for is imported: each command needs another part of the package.
    for name in [name for name in COMMANDS if name in given[:1]] or COMMANDS:
        import_module(f"tradedig_helpers.commands.{name}").add(commands)
    options = parser.parse_args(given)
    return int(options.run(options))


def _leave_quietly() -> None:
    """Send what is left to print nowhere: the reader of a pipe, such as ``head``, has closed it."""
    for stream in (sys.stdout, sys.stderr):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
