"""The command line: a thin door to the functions of the package."""

from __future__ import annotations

import argparse
import os
import sys

# Before NumPy is loaded: on the small matrices here, threads of BLAS wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(arguments: list[str] | None = None) -> int:
    """Run one command of ``tradedig_helpers.commands`` and return its exit status."""
    # Imported here, for worker processes import this module and need none of the commands.
    from tradedig_helpers.commands import calibrate, check, paper, simulate

    parser = argparse.ArgumentParser(prog="python -m tradedig_helpers")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (simulate, calibrate, check, paper):
        command.add(commands)
    options = parser.parse_args(arguments)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
