"""Protects the installed package: a wheel has all that the clone promises, read from elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution, distributions, packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.test_packages import BLOCK
from tradedig_book.economy import load_records, load_sample

PACKAGES = ("tradedig_helpers", "tradedig_book")
DATA = ("data_sample", "results", "benchmarks/results")
ABOUT = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT")

READ = """
from pathlib import Path
import tradedig_helpers
from tradedig_book.economy import load_records, load_sample, simulate
from tradedig_book.explorers import QualityExplorer
from tradedig_book.present.stored import stored_benchmark, stored_results
from tradedig_book.published import published

print(Path(tradedig_helpers.__file__).parent)
print(len(load_sample().customs), len(load_records().survey))
print(*(len(stored_results(name).frame) for name in ("estimates", "columns", "curve")))
print(len(stored_benchmark("coverage").frame), len(published()))
print(len(QualityExplorer().to_html()), len(simulate(10, 1).customs))
"""
USE = """
import pandas as pd
import tradedig_helpers as td
from tradedig_helpers.__main__ import main

customs = pd.DataFrame({
    "firm": [1, 1, 2, 2], "year": 2007, "product": ["01010100", "02010100"] * 2,
    "destination": "D01", "mode": "ordinary", "quantity": [1, 2, 3, 4], "value": [5, 6, 7, 9],
})
customs.to_parquet("customs.parquet")
assert main(["check", "customs.parquet"]) == 0
print(len(td.measure_quality(customs, 4.0).firm_years), len(td.measure_flexibility(customs)))
panel = pd.DataFrame({"firm": range(40), "year": 2007, "x": range(40)})
panel["y"] = 3 * panel["x"] + panel["x"] % 2
spec = td.Specification(table="own", column=1, outcome="y", regressors=("x",))
print(round(td.estimate(spec, panel).coefficients["estimate"].iloc[0]))
"""


def run(*command: str | Path, folder: Path, path: Path | None = None) -> str:
    """Run a command in a folder, with ``path`` before all that is installed; return its words."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel without a network, from a copy: a build leaves its folder behind."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ABOUT:
        shutil.copyfile(root / name, copy / name)
    for name in (*PACKAGES, "tools", *DATA):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(root / name, copy / name, ignore=ignored)
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "wheel", ".", "-w", "dist", *offline, folder=copy)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip", "install", "--target", target, *options)
    run(*pip, wheel, folder=target)
    return target


def test_wheel_has_every_file_that_is_no_module(root: Path, wheel: Path) -> None:
    """Styles, scripts, data and stored results must be there, byte by byte, and nothing else."""
    wanted = {
        ("" if name in PACKAGES else "tradedig_book/shipped_files/")
        + file.relative_to(root).as_posix(): file
        for name in (*PACKAGES, *DATA)
        for file in (root / name).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.name[0] != "."
    }
    assert {Path(name).suffix for name in wanted} > {".parquet", ".csv", ".json", ".js", ".css"}
    with ZipFile(wheel) as archive:
        packed = {
            name
            for name in archive.namelist()
            if name.startswith("tradedig_") and ".dist-info" not in name
        }
        assert packed == set(wanted)
        for name, file in wanted.items():
            assert archive.read(name) == file.read_bytes(), name


def test_installed_package_reads_what_ships(installed: Path, tmp_path: Path) -> None:
    """From any folder, sample, records, stored results and scripts must be found in the wheel."""
    place, *sizes = run(sys.executable, "-c", READ, folder=tmp_path, path=installed).splitlines()
    assert Path(place) == installed / "tradedig_helpers"
    rows = [len(load_sample().customs), len(load_records().survey)]
    assert [int(size) for size in sizes[0].split()] == rows
    assert len(sizes) == 4
    assert all(int(size) > 0 for line in sizes for size in line.split())


def test_installed_command_runs(installed: Path, tmp_path: Path) -> None:
    """The command line must work without the clone."""
    command = (sys.executable, "-m", "tradedig_helpers", "check", "--describe", "customs")
    told = run(*command, folder=tmp_path, path=installed)
    assert "customs: one row is one export shipment" in told


def normal(name: str) -> str:
    """Return a distribution's name as all spell it alike."""
    return re.sub(r"[-_.]+", "-", name).lower()


def without_extras(wheel_folder: Path) -> set[str]:
    """Return the distributions that an installation of the wheel without extras brings."""
    (own,) = distributions(path=[str(wheel_folder)])
    waiting, found = [own], {normal(own.name)}
    while waiting:
        for requirement in map(Requirement, waiting.pop().requires or ()):
            name, marker = normal(requirement.name), requirement.marker
            if name not in found and (marker is None or marker.evaluate({"extra": ""})):
                found.add(name)
                waiting.append(distribution(name))
    return found


def test_without_extras_a_researcher_can_work(installed: Path, tmp_path: Path) -> None:
    """Checks, measures and estimates must need nothing that `pip install .` does not bring."""
    there = without_extras(installed)
    blocked = {
        module
        for module, owners in packages_distributions().items()
        if not there & set(map(normal, owners))
    }
    assert {"anywidget", "polars", "sklearn", "sphinx", "sympy"} <= blocked
    code = BLOCK.format(names=blocked) + USE
    told = run(sys.executable, "-c", code, folder=tmp_path, path=installed)
    assert told.splitlines() == ["customs.parquet (customs): no problem in 4 rows", "2 2", "3"]


def test_missing_file_is_made_where_it_is_looked_for(tmp_path: Path) -> None:
    """The advice must write into the folder that was read, also for a folder of records."""
    with pytest.raises(FileNotFoundError, match=f"--out {re.escape(str(tmp_path))} --records"):
        load_sample(tmp_path)
    with pytest.raises(FileNotFoundError, match=f"--out {re.escape(str(tmp_path))} --records"):
        load_records(tmp_path / "records")
