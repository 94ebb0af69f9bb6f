"""The whole paper at its true size: seconds and memory of each stage."""

from __future__ import annotations

import subprocess
import sys
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.hosts import ROOT


def measure() -> pd.DataFrame:
    """Run ``make paper-scale`` with results elsewhere; return its closing table."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tradedig_helpers", "paper", "--out", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("not ")]
    _, *rows = (line.rsplit(maxsplit=2) for line in lines)
    return pd.DataFrame(
        [(name.strip(), float(s), float(mb.replace(",", ""))) for name, s, mb in rows],
        columns=["stage", "seconds", "peak_mb"],
    )
