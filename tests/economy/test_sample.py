"""Protects the shipped sample: it is what the generator makes, and its dictionary is true."""

from dataclasses import replace

import pytest

from tradedig_book.__main__ import main
from tradedig_book.economy import content_hash, load_records, load_sample, make_records, simulate
from tradedig_book.economy.data import ContentHash
from tradedig_book.economy.sample import SAMPLE, dictionary, write_economy
from tradedig_book.economy.simulate import SAMPLE_SEED
from tradedig_helpers.schema.declare import validate
from tradedig_helpers.schema.records import RECORDS
from tradedig_helpers.schema.tables import SCHEMA

SMALL_HASH = "092258d74196dcbfe45f01d7a03b2fb19a7f40d3fbfdb617640eee8e4e70bd18"


def test_content_hash_has_not_moved():
    """A change of the generator must be seen and meant: the hash of 200 firms is stored."""
    assert content_hash(simulate(200, 5)) == SMALL_HASH


def test_shipped_sample_is_what_the_generator_makes():
    """`data_sample` must not drift from the code that claims to have made it."""
    assert content_hash(load_sample()) == content_hash(simulate())


def test_shipped_records_are_what_the_generator_makes():
    """The raw records must be those of the shipped economy, value by value."""
    shipped, made = load_records(), make_records(load_sample(), SAMPLE_SEED)
    hashes = []
    for records in (shipped, made):
        content = ContentHash()
        for name, frame in records.frames().items():
            content.update(frame, RECORDS[name])
        hashes.append(content.hexdigest())
    assert hashes[0] == hashes[1]


def test_sample_stays_small():
    """Everybody who clones the book downloads the sample: at most 15 MB."""
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*.parquet")) <= 15e6


def test_dictionary_is_current():
    """The data dictionary is generated from the schema, never edited."""
    assert (SAMPLE / "README.md").read_text(encoding="utf-8") == dictionary()


def test_files_keep_content(tmp_path):
    """Writing and reading must not change the content, whatever the bytes of the files."""
    written = write_economy(tmp_path, 50, 5)
    assert content_hash(load_sample(tmp_path)) == content_hash(simulate(50, 5))
    assert written.content.hexdigest() == content_hash(simulate(50, 5))


@pytest.mark.parametrize("table", list(SCHEMA))
def test_hash_sees_a_single_changed_value(table):
    """The hash must cover every column, or the tests above would protect nothing."""
    economy = simulate(20, 5)
    frame = getattr(economy, table)
    for column in SCHEMA[table].columns:
        swapped = frame.copy()
        text = frame[column.name].astype(object).map(str)
        differs = text != text.iloc[0]
        if differs.any():
            swapped.loc[0, column.name] = frame.loc[differs.to_numpy().argmax(), column.name]
            changed = replace(economy, **{table: swapped})
            assert content_hash(changed) != content_hash(economy), column.name


def test_missing_file_names_the_command(tmp_path):
    """A reader without data must be told how to make them."""
    with pytest.raises(FileNotFoundError, match="python -m tradedig_book simulate"):
        load_sample(tmp_path)


def test_schema_refuses_other_frames():
    """A frame that is not what the dictionary says must be named."""
    economy = simulate(20, 5)
    table = SCHEMA["firms"]
    with pytest.raises(ValueError, match="firms: columns"):
        validate(economy.firms.drop(columns="sales"), table)
    with pytest.raises(ValueError, match="firms: columns"):
        validate(economy.firms.drop(columns="clearance"), table)
    with pytest.raises(ValueError, match=r"firms\.firm: type"):
        validate(economy.firms.astype({"firm": str}), table)
    with pytest.raises(ValueError, match=r"firms\.foreign_share: type"):
        validate(economy.firms.astype({"foreign_share": "float32"}), table)
    twice = economy.firms.iloc[[0, 0, *range(1, 5)]]
    with pytest.raises(ValueError, match="1 rows repeat the key"):
        validate(twice, table)


def test_command_line_writes_what_it_prints(tmp_path, capsys):
    """The command must be a thin door: same data, and the hash of what it wrote."""
    main(["simulate", "--firms", "20", "--seed", "5", "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    assert content_hash(load_sample(tmp_path)) == content_hash(simulate(20, 5))
    assert f"content hash {content_hash(simulate(20, 5))}" in printed
