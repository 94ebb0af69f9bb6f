"""Protects the commands that README names: each runs through its own door, at a tiny size."""

import json
import re
import subprocess
from dataclasses import fields

import pandas as pd
import pytest

import tradedig_book.__main__ as book
import tradedig_helpers.__main__ as helpers
from tradedig_book.__main__ import main
from tradedig_book.economy import load_records, load_sample, make_records
from tradedig_book.economy.calibration import load_calibration
from tradedig_helpers.commands import stages
from tradedig_helpers.estimation.results import load_results
from tradedig_helpers.estimation.specifications import PAPER


def test_simulate_writes_records_that_can_be_read_back(tmp_path, capsys):
    """`--records` is what made the shipped records: the files must hold the drawn values."""
    command = ["simulate", "--firms", "20", "--seed", "5", "--out", str(tmp_path), "--records"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    read = load_records(tmp_path / "records").frames()
    made = make_records(load_sample(tmp_path), 5).frames()
    assert list(read) == list(made)
    for name, frame in made.items():
        assert len(frame) > 0, name
        pd.testing.assert_frame_equal(read[name], frame, check_dtype=False, obj=name)
        assert f"{name:18}{len(frame):>13,} rows" in printed


def test_paper_writes_every_column_and_finds_it_again(tmp_path, capsys):
    """All columns must be there, estimated or with a reason; `--check` must find no difference."""
    command = ["paper", "--firms", "200", "--seed", "1", "--out", str(tmp_path)]
    assert main(command) == 0
    columns = load_results("columns", tmp_path).frame
    assert columns[["table", "column"]].to_numpy().tolist() == [[s.table, s.column] for s in PAPER]
    estimated = load_results("estimates", tmp_path).frame[["table", "column"]].drop_duplicates()
    assert len(estimated) == (columns["problem"] == "").sum() > len(PAPER) / 2
    assert main([*command, "--check"]) == 0
    assert "holds what this command makes" in capsys.readouterr().out


def test_paper_check_sees_another_economy(tmp_path, capsys):
    """Stored estimates of other data must fail the check, in words."""
    command = ["paper", "--firms", "200", "--out", str(tmp_path), "--seed"]
    main([*command, "1"])
    capsys.readouterr()
    assert main([*command, "2", "--check"]) == 1
    assert "columns: content was" in capsys.readouterr().out


def test_calibrate_writes_loadings_and_prints_the_gaps(tmp_path, capsys):
    """The command must store its own call, move loadings, and leave the stored file alone."""
    stored = load_calibration()
    path = tmp_path / "calibration.json"
    options = ["--firms", "100", "--seed", "3", "--steps", "1"]
    assert main(["calibrate", *options, "--out", str(path)]) == 0
    found = load_calibration(path)
    assert (found.firms, found.seed) == (100, 3)
    assert found.command == f"python -m tradedig_book calibrate {' '.join(options)}"
    assert found.psi != stored.psi
    assert load_calibration() == stored
    assert set(json.loads(path.read_text())) == {field.name for field in fields(stored)}
    assert "step 1: root mean squared gap" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        ("simulate", ["--firms", "0"], "firms = 0; give a whole number of at least 1"),
        ("simulate", ["--seed", "-1"], "seed = -1; give a whole number of at least 0"),
        ("simulate", ["--workers", "0"], "workers = 0; give a whole number of at least 1"),
        ("calibrate", ["--steps", "0"], "steps = 0; give a whole number of at least 1"),
        ("calibrate", ["--firms", "0"], "firms = 0; give a whole number of at least 1"),
        ("calibrate", ["--seed", "-1"], "seed = -1; give a whole number of at least 0"),
    ],
)
def test_a_wrong_call_is_one_line(command, options, message, tmp_path, capsys):
    """A mistake of the user must end in one line and status 2, and nothing may be written."""
    assert main([command, "--out", str(tmp_path / "out"), *options]) == 2
    told = capsys.readouterr()
    *_, last = told.err.splitlines()
    assert last.rpartition("\r")[2].strip().startswith(f"{command}: {message}")
    assert "Traceback" not in told.err
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize(
    ("command", "told"),
    [("simulate", "taken: File exists"), ("calibrate", "/taken is no folder; make it first")],
)
def test_a_place_that_cannot_be_written_is_one_line(command, told, tmp_path, capsys):
    """A file in the way must be named."""
    (tmp_path / "taken").touch()
    out = tmp_path / "taken" if command == "simulate" else tmp_path / "taken" / "c.json"
    assert main([command, "--firms", "20", "--out", str(out)]) == 2
    assert told in capsys.readouterr().err


def test_make_lists_all_its_targets(root):
    """`make` alone must list each target that has a description."""
    text = (root / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*## ", text, flags=re.MULTILINE)
    command = ["make", "--no-print-directory"]  # the tests themselves may run under make
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert [line.split()[1] for line in listed.splitlines()] == targets


@pytest.mark.parametrize(
    ("package", "command"),
    [(package, name) for package in (helpers, book) for name in package.COMMANDS],
)
def test_every_command_says_what_it_does(package, command, capsys):
    """`--help` must print, for each command that a parser knows."""
    with pytest.raises(SystemExit, match="0"):
        package.main([command, "--help"])
    name = package.__name__.removesuffix(".__main__")
    assert f"usage: python -m {name} {command}" in capsys.readouterr().out


def test_stages_without_the_memory_of_a_process(monkeypatch):
    """Windows does not tell it: the table must have a dash there, and the times."""
    monkeypatch.setattr(stages, "resource", None)
    found = stages.Stages()
    with found.stage("measure", 1, "panel"):
        pass
    assert [line.split()[-1] for line in str(found).splitlines()] == ["MB", "-", "-"]
