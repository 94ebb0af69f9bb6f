"""Protects stored measurements on their way from the benchmark's file to the page."""

import pandas as pd
import pytest

from tradedig_book.present.stored import BENCHMARKS, stored_benchmark


def test_table_and_its_origin_come_back(tmp_path):
    """A reader must get the numbers, and when and how they were measured."""
    frame = pd.DataFrame({"method": ["a", "b"], "seconds": [1.5, 2.0]})
    text = f"# 2 cores, 2026-01-01\n{frame.to_csv(index=False)}"
    (tmp_path / "speed.csv").write_text(text, encoding="utf-8")
    found = stored_benchmark("speed", tmp_path)
    pd.testing.assert_frame_equal(found.frame, frame)
    assert found.measured == "2 cores, 2026-01-01"
    assert found.command == "python -m benchmarks.run speed"


def test_missing_file_names_the_command(tmp_path):
    """Who has not run the benchmark must be told how."""
    with pytest.raises(FileNotFoundError, match=r"python -m benchmarks\.run speed"):
        stored_benchmark("speed", tmp_path)


def test_every_stored_file_is_read():
    """Each file that ships must be a table with a line on its origin."""
    for path in BENCHMARKS.glob("*.csv"):
        found = stored_benchmark(path.stem)
        assert len(found.frame)
        assert "Python" in found.measured
