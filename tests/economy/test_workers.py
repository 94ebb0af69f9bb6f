"""Protects work by several processes: same pieces, same order, same bytes as one process."""

from itertools import islice

import pytest
from pandas.testing import assert_frame_equal

from tradedig_book.economy.sample import QUICK, load_table, write_economy, write_parts
from tradedig_book.economy.simulate import simulate_parts
from tradedig_book.economy.workers import in_order, number_of_workers
from tradedig_helpers.schema.tables import SCHEMA


def reciprocal(number):
    """Return a piece of work that fails at the third number."""
    return 1 / (2 - number)


@pytest.mark.parametrize("workers", [1, 2])
def test_pieces_come_in_order_and_failures_where_they_happen(workers):
    """A caller must see the pieces of one process, its error included, and no hang."""
    pieces = in_order(reciprocal, workers)
    assert list(islice(pieces, 2)) == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(pieces)


def test_files_do_not_depend_on_the_number_of_workers(tmp_path):
    """Two processes must write what one writes, byte by byte, across the border of a block."""
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    hashes = [
        write_parts(folder, simulate_parts(1_100, 5, workers=workers), QUICK).content.hexdigest()
        for folder, workers in ((alone, 1), (beside, 2))
    ]
    assert hashes[0] == hashes[1]
    files = sorted(path.name for path in alone.iterdir())
    assert [(beside / name).read_bytes() for name in files] == [
        (alone / name).read_bytes() for name in files
    ]


def test_quick_packing_keeps_content(tmp_path):
    """What is made on demand must hold the values of what ships, and its codes as categories."""
    tight = write_economy(tmp_path / "tight", 30, 5)
    quick = write_parts(tmp_path / "quick", simulate_parts(30, 5), QUICK)
    assert quick.content.hexdigest() == tight.content.hexdigest()
    for table in ("customs", "firms", "truth"):
        read = [load_table(SCHEMA[table], tmp_path / name) for name in ("tight", "quick")]
        assert_frame_equal(*read)


@pytest.mark.parametrize("workers", [0, -1, 1.5])
def test_number_of_workers_is_checked(workers):
    """A wrong number must be refused in words."""
    with pytest.raises(ValueError, match="give a whole number of at least 1, or None"):
        number_of_workers(workers)


def test_default_is_one_worker_for_each_processor(monkeypatch):
    """Nobody should have to count processors."""
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert number_of_workers(None) == 3
