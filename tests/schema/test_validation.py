"""Protects the validation of files: every rule, counted right, whatever the file and its pieces."""

import gzip
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_book.economy.sample import SAMPLE
from tradedig_helpers.frames.missing import MISSING_CODES, MISSING_WORDS
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.schema.declare import conform, validate
from tradedig_helpers.schema.tables import MODES_OF_CUSTOMS, SCHEMA
from tradedig_helpers.schema.validation.sources import CannotValidate, Source
from tradedig_helpers.schema.validation.validate import (
    TABLES,
    describe_table,
    scan,
    table_of,
    validate_files,
    validate_frame,
)

ROWS = 4
FOUND = ["column", "rule", "rows", "first_rows", "example"]


def clean(table, rows=ROWS):
    """Return a frame that is as ``table`` declares, with a number of its own in each row."""
    return conform(
        pd.DataFrame({c.name: [value(c, i) for i in range(rows)] for c in table.columns}), table
    )


def value(column, i):
    """Return an allowed value of ``column`` for row ``i``."""
    if column.options:
        return column.options[i % len(column.options)]
    if column.pattern:
        width = int(column.pattern.removeprefix(r"\d{").removesuffix("}"))
        return f"{i + 1:0{width}d}"
    if column.kind == "identifier":
        return i + 1
    if column.kind in ("code", "text"):
        return f"text {i}"
    if column.kind == "date":
        return pd.Timestamp(2007, 5, i + 1)
    low = 0 if column.low is None else column.low
    if column.kind == "number":
        return (low if column.above is None else column.above) + (i + 1) / 10
    return int(low) + i


def with_first(frame, column, values):
    """Return a frame in which the first values of a column are others, of any type."""
    rest = frame[column].astype(object).tolist()[len(values) :]
    return frame.assign(**{column: pd.Series([*values, *rest], index=frame.index)})


def validate_file(path, **options):
    """Return what is found in a file of the table that its name says, or raise why nothing is."""
    reports, failed = validate_files({path: table_of(path)}, **options)
    if failed:
        raise failed[0]
    return reports[0].frame


def customs():
    """Return clean shipments."""
    return clean(TABLES["customs"])


def found(frame, table="customs", level="problem"):
    """Return what a validation found as tuples of column, rule, rows, first rows, example."""
    frame = validate_frame(frame, table)
    part = frame.loc[frame["level"] == level, FOUND]
    return list(part.itertuples(index=False, name=None))


@pytest.mark.parametrize("name", list(TABLES))
def test_what_the_declaration_allows_is_clean(name, tmp_path):
    """A frame that the generator's own check accepts must pass here, as a file, too."""
    frame = clean(TABLES[name])
    validate(frame, TABLES[name])
    assert validate_frame(frame, name).empty
    frame.to_csv(tmp_path / f"{name}.csv", index=False)
    frame.to_parquet(tmp_path / f"{name}.parquet")
    assert validate_file(tmp_path / f"{name}.csv").empty
    assert validate_file(tmp_path / f"{name}.parquet").empty


@pytest.mark.parametrize("name", list(TABLES))
def test_every_declared_rule_is_checked(name):
    """What a column declares must be what is checked: each bound, option, form and absence."""
    frame, rest = clean(TABLES[name]), (1, (0,))
    for c in TABLES[name].columns:
        bad = {"not missing": None} if not c.optional else {}
        if c.low is not None:
            bad[f"at least {c.low:g}"] = c.low - 1
        if c.high is not None:
            bad[f"at most {c.high:g}"] = c.high + 1
        if c.above is not None:
            bad[f"above {c.above:g}"] = c.above
        if c.options:
            bad[f"one of {', '.join(c.options)}"] = "unheard of"
        for rule, wrong in bad.items():
            dirty = found(with_first(frame, c.name, [wrong]), name)
            shown = "" if wrong is None else str(wrong) if c.options else f"{wrong:g}"
            assert dirty == [(c.name, rule, *rest, shown)]
        allowed = [b for b in (c.low, c.high) if b is not None] + [None] * c.optional
        for right in allowed:
            assert found(with_first(frame, c.name, [right]), name) == []


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("quantity", [np.inf, 1.0, -np.inf], [("finite", 2, (0, 2), "inf, -inf")]),
        ("quantity", [-5, 1, 0, -5], [("at least 1", 3, (0, 2, 3), "-5, 0")]),
        ("year", [2007.5], [("whole", 1, (0,), "2007.5")]),
        ("year", ["2007", "12", "x"], [("stored as numbers", 4, (0, 1, 2), "2007, 12, x"),
                                       ("a number", 1, (2,), "x"),
                                       ("at least 1900", 1, (1,), "12")]),
        ("year", [True, False, True, True], [("stored as numbers", 4, (0, 1, 2), "True, False")]),
        ("year", pd.to_datetime(["2007-01-01"] * 4).tolist(),
         [("stored as numbers", 4, (0, 1, 2), "2007-01-01 00:00:00")]),
        ("product", ["1010100", "101010", None, "11.01.01"],
         [("not missing", 1, (2,), ""), ("leading zero kept", 1, (0,), "1010100"),
          ("8 digits", 2, (1, 3), "101010, 11.01.01")]),
        ("product", [11010100, 1010100, 11010100.0, 12],
         [("stored as text", 4, (0, 1, 2), "11010100, 1010100"),
          ("leading zero kept", 1, (1,), "1010100"), ("8 digits", 1, (3,), "12")]),
        ("product", ["11010100", "１１０１０１００"], [("8 digits", 1, (1,), "１１０１０１００")]),
        ("destination", ["D01 ", " D02", "", "  "],
         [("not missing", 2, (2, 3), "'  '"), ("no space around it", 2, (0, 1), "'D01 ', ' D02'")]),
        ("mode", ["ordinary ", "Ordinary"],
         [("no space around it", 1, (0,), "'ordinary '"),
          ("one of ordinary, processing, other", 1, (1,), "Ordinary")]),
    ],
)  # fmt: skip
def test_each_rule_counts_its_rows(column, values, expected):
    """Rows, first rows and values of each rule, on rows where they are known."""
    frame = with_first(customs(), column, values)
    if column == "product" and isinstance(values[0], int):
        frame = frame.astype({"product": float})
    assert found(frame) == [(column, *rest) for rest in expected]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2007-05-31", "2007/5/1", "20070531", "2007.05.31"], []),
        (["2007-05-31 12:30:00", "2007-05-31T12:30", "", "NA"], []),
        (["31/05/2007", "2007-02-30", "2007-05", "2007-5/31"], [0, 1, 2]),
        (["07-05-31", "2007", "200755", "2007年5月31日"], [0, 1, 2]),
    ],
)
def test_days_are_read_year_first(values, expected):
    """A day must be read if it is one beyond doubt, and never guessed."""
    frame = clean(TABLES["domestic"]).assign(joined=values)
    expected = [("joined", "a calendar day", 4, tuple(expected))] if expected else []
    assert [one[:4] for one in found(frame, "domestic")][1:] == expected
    assert found(frame, "domestic")[0][1] == "stored as dates"


def test_repeated_keys_are_counted():
    """Every row that repeats an earlier key counts once; rows without a key do not."""
    frame = clean(TABLES["destinations"], 6)
    frame = frame.assign(
        destination=["D1", "D2", "D1", "D1", None, None], year=[2007, 2007, 2007, 2008, 2007, 2007]
    )
    frame = pd.concat([frame, frame.iloc[[2]]])
    assert found(frame, "destinations") == [
        ("destination", "not missing", 2, (4, 5), ""),
        ("destination, year", "key not repeated", 2, (2, 6), "D1 2007"),
    ]


def test_long_firm_numbers_are_told_apart():
    """Numbers beyond the floats' 53 bits are different keys."""
    numbers = [2**53, 2**53 + 1, 2**53 + 2, 2**53 + 3]
    frame = clean(TABLES["register"]).assign(firm=numbers)
    assert found(frame, "register") == []
    assert "key not repeated" not in [
        one[1] for one in found(frame.astype({"firm": str}), "register")
    ]


FIRMS = ["0400110002", "400110002", "91350100M000100Y43", "F-1"]


def test_firms_may_be_text():
    """Text that identifies firms must be as good as numbers, here and in the measures."""
    frame = customs().assign(firm=FIRMS)
    assert validate_frame(frame, "customs").empty
    assert measure_flexibility(frame)["firm"].tolist() == sorted(FIRMS)


def test_leading_zeros_tell_firms_apart(tmp_path):
    """A CSV must be read without losing zeros, or two firms would seem to be one."""
    clean(TABLES["register"]).assign(firm=FIRMS).to_csv(tmp_path / "register.csv", index=False)
    assert validate_file(tmp_path / "register.csv").empty


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.5, np.inf, 2.0**60, 4.0], [("whole number or text", 3, (0, 1, 2))]),
        (["1.0", "1.1009E+09", "+5.", "1E6"], [("whole number or text", 3, (0, 1, 2))]),
        ([None, "", "NA", "nan"], [("not missing", 4, (0, 1, 2))]),
        ([" F1", "F2", "F3", "F4"], [("no space around it", 1, (0,))]),
        ([True, False, True, False], [("stored as text or numbers", 4, (0, 1, 2))]),
        ([2**60, 2**60 + 1, 3, 4], []),
    ],
)
def test_what_identifies_a_firm(values, expected):
    """Numbers that lost digits, words for missing and spaces must not pass for firms."""
    found_here = found(customs().assign(firm=values))
    assert [one[:4] for one in found_here] == [("firm", *rest) for rest in expected]


@pytest.mark.parametrize("values", [[0, -1, 2, 3], ["0", "-1", "2", "F-3"]])
def test_numbers_for_no_firm_are_noted(values):
    """All rows of an unknown firm would count as one; 0 may be a number as good as any."""
    frame = customs().assign(firm=values)
    assert found(frame) == []
    assert found(frame, level="note") == [("firm", "above 0 if a number", 2, (0, 1), "0, -1")]


def test_a_column_that_may_lack_is_only_noted():
    """A column that only the synthetic data need must not fail the files of others."""
    frame = clean(TABLES["firms"]).drop(columns="clearance")
    assert found(frame, "firms") == []
    assert found(frame, "firms", "note") == [("clearance", "column is there", 0, (), "")]
    assert not validate_frame(frame.assign(clearance=-1.0), "firms").empty


def test_fractions_of_amounts_are_only_noted():
    """Kilograms may have decimals; years may not."""
    frame = with_first(customs(), "quantity", [1.5])
    assert found(frame) == []
    assert found(frame, level="note") == [("quantity", "whole", 1, (0,), "1.5")]


def test_untidy_raw_records_are_only_noted():
    """Space around a code breaks merges of clean tables; linking strips it from raw records."""
    codes = ["C1 ", "C1", "C2", "C3"]
    assert found(clean(TABLES["operators"]).assign(code=codes), "operators") == []
    assert found(clean(TABLES["operators"]).assign(code=codes), "operators", "note") == [
        ("code", "no space around it", 1, (0,), "'C1 '")
    ]


def test_namibia_is_noted():
    """A code that pandas reads as missing must be pointed out, and is no problem."""
    frame = with_first(customs(), "destination", ["NA"])
    assert found(frame) == []
    assert found(frame, level="note") == [("destination", "not a word for missing", 1, (0,), "NA")]


def test_columns_missing_twice_and_extra():
    """A missing column is a problem with a hint at its other name; an extra one is a note."""
    frame = customs().rename(columns={"value": "Value "}).assign(port="P")
    frame.insert(0, "year ", frame["year"])
    frame = frame.rename(columns={"year ": "year"})
    problems = validate_frame(frame, "customs")
    assert list(problems[["level", "column", "rule", "advice"]].itertuples(index=False)) == [
        ("problem", "year", "column once", "it stands 2 times; keep one, the first was inspected"),
        ("problem", "value", "column is there", "rename 'Value '"),
        ("note", "", "declared columns", "no measure reads 2 of the columns"),
    ]
    assert problems["example"].tolist()[-1] == "Value , port"


def test_a_wide_file_is_not_listed_in_full():
    """Extra columns are named as long as a reader would read on."""
    frame = customs().assign(**{f"extra {i}": i for i in range(50)})
    (note,) = validate_frame(frame, "customs").itertuples()
    assert note.advice == "no measure reads 50 of the columns"
    assert note.example.endswith("extra 5, …")


def test_empty_frame_is_a_problem():
    """A file without rows must not pass for one without problems."""
    assert found(customs().iloc[:0]) == [("", "at least one row", 0, (), "")]


def dirty():
    """Return shipments with ten kinds of problems, in columns of one type each."""
    frame = clean(TABLES["customs"], 9).astype({"product": str, "destination": str, "mode": str})
    frame["firm"] = ["01.0", "F1", "F1", "F2", "F2", "3", "3", "4", "4"]
    frame["year"] = [2007, 2007.5, np.nan, 1850, 2300, 2007, 2007, 2007, 2007]
    frame["product"] = ["1010100", "110101", *frame["product"][2:]]
    frame["destination"] = [None, " D1", *frame["destination"][2:]]
    frame["mode"] = ["by camel", *frame["mode"][1:]]
    frame["quantity"] = [np.inf, -1, np.nan, 1, 2, 3, 4, 5, 6]
    return frame


DIRT = [
    ("firm", "whole number or text"),
    ("year", "not missing"),
    ("year", "whole"),
    ("year", "at least 1900"),
    ("year", "at most 2100"),
    ("product", "leading zero kept"),
    ("product", "8 digits"),
    ("destination", "not missing"),
    ("destination", "no space around it"),
    ("mode", "one of ordinary, processing, other"),
    ("quantity", "not missing"),
    ("quantity", "finite"),
    ("quantity", "at least 1"),
]


def test_all_problems_in_one_pass():
    """A researcher must not have to run the check again to see the next problem."""
    assert [one[:2] for one in found(dirty())] == DIRT


def test_csv_and_parquet_give_the_same_report(tmp_path):
    """The same rows in another format have the same problems."""
    frame = dirty()
    frame.to_parquet(tmp_path / "customs.parquet", row_group_size=2)
    frame.to_csv(tmp_path / "customs-1.csv", index=False)
    frame.to_csv(tmp_path / "customs_2.csv.gz", index=False)
    expected = validate_frame(frame, "customs")
    for name in ("customs.parquet", "customs-1.csv", "customs_2.csv.gz"):
        pd.testing.assert_frame_equal(validate_file(tmp_path / name), expected)
    pieces = validate_file(tmp_path / "customs.parquet", batch_rows=1)
    pd.testing.assert_frame_equal(pieces, expected)


NUMBERS = st.sampled_from(["1", "2007", "0", "-3", "1.5", "inf", "NA", "x", "2400", None])
WORDS = st.sampled_from(["D1", "D2", " D1", "", "NA", None])
GDP = st.sampled_from([1.0, 0.0, -1.0, np.nan, np.inf, 50.0])


@settings(max_examples=40)
@given(
    rows=st.lists(st.tuples(WORDS, NUMBERS, GDP, GDP, GDP), min_size=1, max_size=25),
    sizes=st.lists(st.integers(0, 9), max_size=6),
)
def test_pieces_do_not_matter(rows, sizes):
    """On batches of any size the report and the counted keys must be those on the whole."""
    table = TABLES["destinations"]
    frame = pd.DataFrame(rows, columns=table.names)
    batch = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    cuts = np.minimum(np.cumsum([0, *sizes, len(rows)]), len(rows))
    pieces = [batch.slice(a, b - a) for a, b in pairwise(cuts)]
    key = (("destination", 1), ("year", None))
    one, many = (scan(Source(tuple(table.names), b), table, "", [key]) for b in ([batch], pieces))
    pd.testing.assert_frame_equal(many.frame, validate_frame(frame, table))
    by_row = [sorted(each.keys[key].to_pylist(), key=lambda k: k["row"]) for each in (one, many)]
    assert by_row[0] == by_row[1]


def test_the_argument_is_not_changed():
    """A validation looks and does not touch."""
    frame = dirty()
    before = frame.copy()
    validate_frame(frame, "customs")
    pd.testing.assert_frame_equal(frame, before)


def test_lines_with_other_fields_are_reported_and_skipped(tmp_path):
    """Row numbers must be those of the file, although unreadable lines are left out."""
    lines = ["1,2007,11010100,D1,ordinary,1,1"] * 8
    lines[2], lines[3], lines[6] = "1,2007", "", lines[6] + ",extra"
    lines[4] = lines[7] = "1,2007,11010100,D1,ordinary,0,1"
    path = tmp_path / "customs.csv"
    path.write_text("\ufefffirm,year,product,destination,mode,quantity,value\n" + "\n".join(lines))
    report = validate_file(path)
    assert list(report[FOUND[:4]].itertuples(index=False, name=None)) == [
        ("", "as many fields as the header", 2, (2, 5)),
        ("quantity", "at least 1", 2, (3, 6)),
    ]


def test_semicolons_and_codes_in_a_csv(tmp_path):
    """Another delimiter is read and noted; codes of a CSV keep their leading zeros."""
    frame = with_first(customs(), "product", ["01010100"])
    frame.to_csv(tmp_path / "customs.csv", index=False, sep=";")
    report = validate_file(tmp_path / "customs.csv")
    assert report["rule"].tolist() == ["separated by commas"]
    assert report["level"].tolist() == ["note"]


@pytest.mark.parametrize("text", ["", "firm,year,product,destination,mode,quantity,value\n"])
def test_csv_without_rows(tmp_path, text):
    """A CSV without content, or with its header alone, has no rows."""
    (tmp_path / "customs.csv").write_text(text)
    assert validate_file(tmp_path / "customs.csv")["rule"].tolist() == ["at least one row"]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("customs.parquet", "customs"),
        ("Customs2007.csv", "customs"),
        ("elasticities_hs3-v2.csv.gz", "elasticities_hs3"),
        ("elasticities.new.csv", "elasticities"),
        ("truth_links.csv", "truth_links"),
    ],
)
def test_table_is_the_longest_name(tmp_path, name, table):
    """The name of a file tells its table, however it goes on."""
    assert table_of(tmp_path / name).name == table


def damaged_parquet(path):
    """Cut a Parquet file."""
    customs().to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])


def damaged_gzip(path):
    """Cut a packed CSV behind its header."""
    lines = "firm,year\n" + "".join(f"{i * 7919 % 10007},{i * i}\n" for i in range(50_000))
    path.write_bytes(gzip.compress(lines.encode())[:-2_000])


def other_encoding(path):
    """Write Chinese text in GB18030."""
    names = clean(TABLES["domestic"]).assign(name="虚构公司")
    names.to_csv(path, index=False, encoding="gb18030")


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("customs.xlsx", None, r"unknown file type; give \.parquet, \.csv, \.csv\.gz"),
        ("customers.csv", None, "no table goes by this name; choose one of customs, firms"),
        ("customs.csv", None, "is not there"),
        ("customs-folder.csv", lambda path: path.mkdir(), "is a folder"),
        ("customs.parquet", damaged_parquet, "cannot be read"),
        ("customs.csv.gz", damaged_gzip, "cannot be read"),
        ("domestic.csv", other_encoding, "is not in UTF-8; convert it"),
    ],
)
def test_what_cannot_be_validated_is_said(tmp_path, name, make, message):
    """A file that cannot be read must not pass, and what to do must be clear."""
    if make is not None:
        make(tmp_path / name)
    with pytest.raises(CannotValidate, match=message):
        validate_file(tmp_path / name)


def test_other_frames_and_tables_are_refused():
    """Wrong arguments must be named."""
    with pytest.raises(TypeError, match="frame is a dict; give a pandas DataFrame"):
        validate_frame({}, "customs")
    with pytest.raises(CannotValidate, match="there is no table 'customers'"):
        validate_frame(customs(), "customers")


def test_files_are_held_against_each_other(tmp_path):
    """Keys that another table lacks must be counted by rows, with the first row of each key."""
    trade = customs().assign(
        firm=[1, 1, 2, 2], year=2007, product="11010100", destination=["A", "B", "B", "C"]
    )
    tables = {
        "customs": trade,
        "destinations": clean(TABLES["destinations"], 2).assign(
            destination=["A", "B"], year=[2007, 2008]
        ),
        "elasticities": clean(TABLES["elasticities"], 2).assign(hs4="1101", destination=["A", "B"]),
        "firms": clean(TABLES["firms"], 1).assign(firm=1, year=2007),
    }
    for name, frame in tables.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    files = {tmp_path / f"{name}.csv": TABLES[name] for name in tables}
    (first, *others), failed = validate_files(files)
    assert not failed
    assert [one.findings for one in others] == [(), (), ()]
    assert list(first.frame[["level", *FOUND]].itertuples(index=False, name=None)) == [
        ("problem", "destination, year", "in destinations", 3, (1, 3), "B 2007, C 2007"),
        ("problem", "product, destination", "in elasticities", 1, (3,), "1101 C"),
        ("note", "firm, year", "in firms", 2, (2,), "2 2007"),
    ]


def test_a_key_in_two_files_of_a_table(tmp_path):
    """Years kept in files of their own must not overlap."""
    frame = clean(TABLES["firms"], 3)
    frame.iloc[:2].to_parquet(tmp_path / "firms-1.parquet")
    frame.iloc[1:].to_parquet(tmp_path / "firms-2.parquet")
    files = {tmp_path / f"firms-{i}.parquet": TABLES["firms"] for i in (1, 2)}
    (first, second), _ = validate_files(files)
    assert first.problems == 0
    assert list(second.frame[FOUND].itertuples(index=False, name=None)) == [
        ("firm, year", "key not in firms-1.parquet", 1, (0,), "2 1901")
    ]


def exporters_and_register(folder, exporters, registered):
    """Write shipments and a register; return what is found in the second when both are checked."""
    customs().assign(firm=exporters).to_parquet(folder / "customs.parquet")
    clean(TABLES["register"]).assign(firm=registered).to_parquet(folder / "register.parquet")
    files = {folder / f"{name}.parquet": TABLES[name] for name in ("customs", "register")}
    return [
        [(f.level, f.column, f.rule, f.rows, f.examples) for f in one.findings]
        for one in validate_files(files)[0]
    ]


def test_numbers_here_and_text_there(tmp_path):
    """Firms that no merge would find must be reported, and counted as if they were alike."""
    texts = ["1", "2", "3", "04"]
    assert exporters_and_register(tmp_path, [1, 2, 3, 4], texts) == [
        [("note", "firm", "in register", 1, ("4",))],
        [("problem", "firm", "stored as in customs.parquet", 0, ())],
    ]
    assert exporters_and_register(tmp_path, texts, texts) == [[], []]
    assert exporters_and_register(tmp_path, [1, 2, 3, 4], [1, 2, 3, 4]) == [[], []]


@pytest.mark.parametrize("numbers", ["csv", "parquet"])
def test_a_key_in_two_files_of_different_types(tmp_path, numbers):
    """Years kept in files of different types must be compared, too."""
    frame = clean(TABLES["firms"])
    first, second = tmp_path / f"firms-1.{numbers}", tmp_path / "firms-2.parquet"
    frame.to_csv(first, index=False) if numbers == "csv" else frame.to_parquet(first)
    frame.astype({"firm": str}).iloc[2:].to_parquet(second)
    (_, second_report), _ = validate_files(dict.fromkeys((first, second), TABLES["firms"]))
    assert (f"key not in {first.name}", 2) in [(f.rule, f.rows) for f in second_report.findings]


def test_description_is_the_declaration():
    """What is printed about a table must come from what is checked."""
    frame = describe_table("elasticities").set_index("column")
    assert list(frame.index) == TABLES["elasticities"].names
    assert "above 1" in frame.loc["sigma", "rules"]
    assert "4 digits" in frame.loc["hs4", "rules"]
    meaning = describe_table("firms").set_index("column")["meaning"]
    assert meaning.index[meaning.str.contains("your own files may lack it")] == ["clearance"]


def test_columns_of_other_types_and_without_names(tmp_path):
    """Nested or empty columns must be reported, not crash the check."""
    arrays = {"firm": [[1], [2]], "year": pa.nulls(2), "product": pa.array([b"1", None])}
    pq.write_table(pa.table(arrays), tmp_path / "customs.parquet")
    report = validate_file(tmp_path / "customs.parquet")
    values = report[~report["rule"].isin(["column is there"])]
    assert list(values[["column", "rule", "rows"]].itertuples(index=False, name=None)) == [
        ("firm", "stored as text or numbers", 2),
        ("year", "not missing", 2),
        ("product", "stored as text", 1),
        ("product", "not missing", 1),
        ("product", "8 digits", 1),
    ]


def test_the_shipped_sample_is_clean():
    """The book's own data must pass the check that it recommends, file by file and together."""
    files = {SAMPLE / f"{name}.parquet": table for name, table in SCHEMA.items()}
    reports, failed = validate_files(files)
    assert not failed
    assert {one.name: one.problems for one in reports if one.problems} == {}


BACI = {
    "t": [2010] * 4,
    "i": [156] * 4,
    "j": ["251", "040", "031", "004"],
    "k": ["010121", "071120", "440710", "440711"],
    "v": [5.5, 1.25, 3.0, 4.0],
    "q": [1.5, 2.0, 3.0, 5.0],
}
CHINESE = {
    "日期": ["201003", "201007", "201103", "201107"],
    "税号编码": ["01012100", "01012100", "02011000", "02011000"],
    "企业编码": ["3301910000"] * 4,
    "起运国或目的国": ["法国"] * 4,
    "贸易方式": ["一般贸易"] * 4,
    "金额": ["900", "700", "400", "300"],
    "数量": ["100", "50", "20", "10"],
}


def advice_on(frame, table="customs"):
    """Return by column what is advised about columns that are missing."""
    report = validate_frame(frame, table)
    return report[report["rule"] == "column is there"].set_index("column")["advice"].to_dict()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("columns", [BACI, CHINESE])
def test_a_file_of_unknown_names_has_rows(tmp_path, columns, kind):
    """Rows must be counted, and the columns listed, though none has a declared name."""
    path = tmp_path / f"customs.{kind}"
    frame = pd.DataFrame(columns)
    frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path)
    (one,), _ = validate_files({path: TABLES["customs"]})
    assert one.rows == 4
    assert one.findings[0].examples == tuple(columns)
    assert one.findings[0].rule == "declared columns"
    assert "at least one row" not in [found.rule for found in one.findings]


def test_names_of_other_files_are_known():
    """What files of others call a column must be proposed; what takes a step more, with it."""
    advice = advice_on(pd.DataFrame(BACI))
    assert advice == {
        "firm": "rename 'i'",
        "year": "rename 't'",
        "product": "rename 'k'",
        "destination": "rename 'j'",
        "mode": "add it",
        "quantity": "rename 'q' (in BACI tonnes; units here)",
        "value": "rename 'v' (in BACI 1,000 US dollars; US dollars here)",
    }
    advice = advice_on(pd.DataFrame(CHINESE).astype({"金额": int, "数量": int, "日期": int}))
    assert {column: text for column, text in advice.items() if text.startswith("rename")} == {
        "firm": "rename '企业编码'",
        "product": "rename '税号编码'",
        "destination": "rename '起运国或目的国'",
        "quantity": "rename '数量'",
        "value": "rename '金额'",
    }
    assert "'日期' looks like it" in advice["year"]
    assert "take the first four digits: frame['日期'] // 100" in advice["year"]
    assert "write 10 or 一般贸易 as 'ordinary'" in advice["mode"]


@pytest.mark.parametrize(
    ("table", "column", "own"),
    [
        ("customs", "quantity", {"unit1": ["kg"] * 4}),
        ("customs", "quantity", {"数量": ["千克"] * 4}),
        ("customs", "quantity", {"数量": [None] * 4}),
        ("customs", "product", {"products": ["horses"] * 4}),
        ("customs", "year", {"date": ["spring"] * 4}),
        ("customs", "value", {"amount": [True, False, True, True]}),
        ("customs", "mode", {"modes": [1, 2, 3, 4]}),
        ("customs", "firm", {"form": ["Ltd"] * 4}),
        ("customs", "product", {"postcode": ["310000"] * 4}),
        ("elasticities", "sigma", {"elasticity": ["high"] * 4}),
    ],
)
def test_no_rename_where_values_do_not_fit(table, column, own):
    """A name alone must not turn one column into another."""
    frame = clean(TABLES[table]).drop(columns=column).assign(**own)
    assert advice_on(frame, table) == {column: "add it"}


@pytest.mark.parametrize(
    ("column", "own", "values", "step"),
    [
        ("value", "金额", ["100,5"] * 4, "the comma is decimal"),
        ("value", "amount", ["1,900,000"] * 4, "without words, units or thousands separators"),
        ("year", "日期", ["2006-01-31"] * 4, "frame['日期'].str[:4].astype(int)"),
        ("product", "hs_id", ["1012100"] * 4, "restore it: frame['hs_id'].str.zfill(8)"),
        ("product", "hs_id", ["010121", "01012100"] * 2, "cut all to 6: frame['hs_id'].str[:6]"),
        ("destination", "country", [" FRA"] * 4, "strip it: frame['country'].str.strip()"),
    ],
)
def test_one_step_before_a_rename_is_told(tmp_path, column, own, values, step):
    """A column under a known name whose values want repair is found, with the repair."""
    frame = customs().drop(columns=column).assign(**{own: values})
    frame.to_csv(tmp_path / "customs.csv", index=False)
    report = validate_file(tmp_path / "customs.csv").query("level == 'problem'")
    (one,) = report.itertuples()
    assert one.column == column
    assert one.advice.startswith(f"'{own}' looks like it, but ")
    assert step in one.advice
    assert one.advice.endswith("; then rename it")


def test_values_alone_may_tell_a_column():
    """A column of eight digits under any name is named, without being sure."""
    frame = customs().rename(columns={"product": "item"})
    assert advice_on(frame) == {
        "product": "by its values 'item' may be it: if so, rename it",
    }


def test_sigma_by_six_digits_is_never_hs4():
    """σ by HS6 must be told its own name, and that a destination is needed."""
    frame = pd.DataFrame({"HS6": ["010121", "010129"], "sigma": [3.0, 5.0]})
    advice = advice_on(frame, "elasticities")
    assert advice["hs4"] == "rename 'HS6' to 'hs6': σ may be by any number of digits"
    assert "repeat it for each: table.merge(" in advice["destination"]
    numbers = advice_on(frame.assign(HS6=[10121, 440710]), "elasticities")
    assert numbers["hs4"].startswith("store it as text of 6 digits, .str.zfill(6), and rename")


def test_sigma_by_six_digits_is_validated_and_compared(tmp_path):
    """The measures take a column hs6, so its codes must be checked and held against customs."""
    table = pd.DataFrame({"hs6": ["110101", "10102"], "destination": ["A", "B"], "sigma": 3.0})
    assert found(table, "elasticities") == [("hs6", "leading zero kept", 1, (1,), "10102")]
    customs().assign(product=["11010100"] * 3 + ["11010200"], destination="A").to_parquet(
        tmp_path / "customs.parquet"
    )
    table.iloc[:1].to_parquet(tmp_path / "elasticities.parquet")
    files = {tmp_path / f"{n}.parquet": TABLES[n] for n in ("customs", "elasticities")}
    (first, second), _ = validate_files(files)
    assert second.findings == ()
    assert [(one.rule, one.rows, one.examples) for one in first.findings] == [
        ("in elasticities", 1, ("110102 A",))
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "big5"])
@pytest.mark.parametrize("name", ["domestic.csv", "domestic.csv.gz"])
def test_encodings_are_told_apart_and_converted(tmp_path, encoding, name):
    """The advice must name the right encoding, and its command must make a clean file."""
    text = "東莞實業" if encoding == "big5" else "虚构实业有限公司"
    made = clean(TABLES["domestic"]).assign(name=text).to_csv(index=False).encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(made) if name.endswith("gz") else made)
    prose = {"b": "Big5", "g": r"GB18030 \(GBK\)", "u": "UTF-16"}[encoding[0]]
    with pytest.raises(CannotValidate, match=rf"not in UTF-8; convert it from {prose}: ") as error:
        validate_file(tmp_path / name)
    assert "iconv" not in str(error.value)
    script = str(error.value).split('python -c "')[1].split('"')[0]
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    assert validate_file(tmp_path / "domestic-utf8.csv").empty
    assert pd.read_csv(tmp_path / "domestic-utf8.csv")["name"].unique() == [text]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,joined\nSociété d'Étude à Genève,\n".encode("cp1252"), "Windows-1252 or Latin-1"),
        (b"name,joined\n" + "虚构公司,\n".encode() * 30 + b"\xe8\x99,\n", "characters, which were"),
        (b"PK\x03\x04 rest", "is an Excel or zip file; save it as CSV"),
        (b"PAR1 rest", "is a Parquet file; call it .parquet"),
        (b"name,joined\n\x81\x20\xff\n", "neither in UTF-16 nor in GB18030"),
        (b"name,joined\nFictitious \x00Ltd,\n", r"holds NUL bytes \(1 in"),
        (b"name,joined\nFictitious Ltd,\n\x00", r"holds NUL bytes \(1 in"),
        (b"name,joined\n" + b"Fictitious Ltd,\n" * 500 + b"\x00\x00", r"holds NUL bytes \(2 in"),
    ],
)
def test_other_bytes_are_not_called_chinese(tmp_path, content, message):
    """What is not GB18030 must not be called so, though GB18030 takes nearly any bytes."""
    (tmp_path / "domestic.csv").write_bytes(content)
    with pytest.raises(CannotValidate, match=message):
        validate_file(tmp_path / "domestic.csv")


def test_bytes_of_undeclared_columns_count(tmp_path):
    """No reader takes the file for UTF-8, whatever column the other bytes are in."""
    frame = customs().assign(company="虚构公司")
    frame.to_csv(tmp_path / "customs.csv", index=False, encoding="gb18030")
    with pytest.raises(CannotValidate, match=r"convert it from GB18030 \(GBK\)"):
        validate_file(tmp_path / "customs.csv")
    head = "firm,year,product,destination,mode,quantity,value,company\n"
    row = "1,2007,01010100,D1,ordinary,1,1,虚构公司\n"
    (tmp_path / "customs.csv").write_text(head + row * 30_000, encoding="utf-8")
    assert validate_file(tmp_path / "customs.csv")["level"].tolist() == ["note"]


def test_the_mark_of_utf_8_is_read(tmp_path):
    """Excel begins UTF-8 with a mark, which is no part of the first name."""
    customs().to_csv(tmp_path / "customs.csv", index=False, encoding="utf-8-sig")
    assert validate_file(tmp_path / "customs.csv").empty


DECIMAL, PLAIN = "a decimal point, no comma", "a number"
EITHER, POINTS = "one meaning of the comma", "no points of thousands"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["100,5", "1.900,5", "50", "20"], [(DECIMAL, 2, "100,5, 1.900,5")]),
        (["100,5", "1,900", "1.900", "x"],
         [(DECIMAL, 3, "100,5, 1,900, 1.900"), (PLAIN, 1, "x")]),
        (["53064,500", "0,500", "1", "2"], [(DECIMAL, 2, "53064,500, 0,500")]),
        (["53 064,5", "-2,25", "1", "2"], [(DECIMAL, 2, "53 064,5, -2,25")]),
        (["1,900", "53,064.5", "1", "2"], [(PLAIN, 2, "1,900, 53,064.5")]),
        (["1,900,000", "1,900", "1", "2"], [(PLAIN, 2, "1,900,000, 1,900")]),
        (["1,900", "1", "2", "3"], [(EITHER, 1, "1,900")]),
        (["1,900", "1,5", "53,064.5", "1"],
         [(DECIMAL, 1, "1,5"), (EITHER, 1, "1,900"), (PLAIN, 1, "53,064.5")]),
        (["1.900.000", "1.900", "1", "2"], [(POINTS, 2, "1.900.000, 1.900")]),
        (["1.900.000", "1,5", "53,064.5", "1"],
         [(DECIMAL, 1, "1,5"), (PLAIN, 2, "1.900.000, 53,064.5")]),
        (["1.900", "2.5", "1", "2"], []),
        (["ten", "1,90,0", "1", "2"], [(PLAIN, 2, "ten, 1,90,0")]),
    ],
)  # fmt: skip
def test_commas_are_read_by_the_whole_column(tmp_path, values, expected):
    """A decimal comma taken for thousands multiplies by ten; what is unclear must be said so."""
    text = customs().astype({"value": str}).assign(value=values)
    report = [one[1:3] + one[4:] for one in found(text) if one[1] != "stored as numbers"]
    assert [one for one in report if "least" not in one[0]] == expected
    text.to_csv(tmp_path / "customs.csv", index=False, sep=";")
    read = validate_file(tmp_path / "customs.csv").query("level == 'problem'")
    rules = [one for one in read["rule"] if "least" not in one]
    assert rules == [rule for rule, _, _ in expected]
    for rule, advice in zip(read["rule"], read["advice"], strict=True):
        assert ("decimal=','" in advice) == (rule in (DECIMAL, POINTS, EITHER))
        assert ("without words, units or thousands" in advice) == (rule == PLAIN)


def test_an_unclear_comma_says_its_meanings():
    """Whoever knows the source must see both numbers that a value may be."""
    report = validate_frame(customs().assign(value=["1,250", "2", "3", "4"]), "customs")
    (one,) = report[report["rule"] == EITHER].itertuples()
    assert one.advice.startswith("1,250 may be 1250 or 1.25, and nothing in this column decides")


@pytest.mark.parametrize(
    ("codes", "problems", "notes"),
    [
        (["010121", "010129", "440710", "440711"], [], [("8 digits", 4)]),
        (["0101", "0102", "0101", "0102"], [], [("8 digits", 4)]),
        (["010121", "10129", "440710", "440711"], [("leading zero kept", 1, "zfill(6)")],
         [("8 digits", 3)]),
        (["1012100", "1012900", "1012100", "2011000"], [("leading zero kept", 4, "zfill(8)")], []),
        (["010121", "01012100", "01012900", "440710"],
         [("8 digits", 2, "6 digits in 2 rows: give 8 digits throughout; or cut all to 6")], []),
        (["01012100", "0101210010", "01012100", "44071000"],
         [("8 digits", 1, "10 digits in 1 row: give 8 digits throughout; or cut all to 8")], []),
        (["4012000.0", "44071000.0", "44071000", "44071100"],
         [("8 digits", 2, "a point in 2 rows: a float wrote them")], []),
        (["０１０１２１００", "01012100", "01012100", "01012100"],
         [("8 digits", 1, "full-width digits in 1 row: frame['product'].str.normalize('NFKC')")],
         []),
        (["01", "02", "01", "02"], [("8 digits", 4, "2 digits in 4 rows: give 8")], []),
        (["010121", "010129", "440710", "01012100"],
         [("6 digits", 1, "cut all to 6: frame['product'].str[:6]")], [("8 digits", 3)]),
    ],
)  # fmt: skip
def test_codes_are_of_one_even_length(codes, problems, notes):
    """HS6 is as good as HS8, but not both in one file; lost zeros are restored to its length."""
    frame = customs().astype({"product": str}).assign(product=codes)
    report = validate_frame(frame, "customs")
    bad = report[report["level"] == "problem"]
    assert [(r, n) for r, n in zip(bad["rule"], bad["rows"], strict=True)] == [
        (rule, rows) for rule, rows, _ in problems
    ]
    for advice, (_, _, text) in zip(bad["advice"], problems, strict=True):
        assert text in advice
    known = report[report["level"] == "note"]
    assert list(known[["rule", "rows"]].itertuples(index=False, name=None)) == notes


@pytest.mark.parametrize("tables", [("imports", "digital_products"), ("customs", "customs")])
def test_codes_of_files_that_are_merged_are_as_long(tmp_path, tables):
    """HS6 in one file and HS8 in the other would not meet in a merge, without a word."""
    files = {}
    for place, (table, digits) in enumerate(zip(tables, (8, 6), strict=True)):
        path = tmp_path / f"{table}-{place}.csv"
        frame = clean(TABLES[table]).astype({"product": str})
        frame.assign(product=frame["product"].str[-digits:]).to_csv(path, index=False)
        files[path] = TABLES[table]
    (first, second), _ = validate_files(files)
    assert first.problems == 0
    (problem,) = [one for one in second.findings if one.level == "problem"]
    assert problem.rule == f"as many digits as in {tables[0]}-0.csv"
    assert "6 digits here and 8 there" in problem.advice
    assert "cut both to 6: frame['product'].str[:6]" in problem.advice


@pytest.mark.parametrize(
    ("values", "rule", "rows", "advice"),
    [
        ([0, -1, 2005, None], "at least 1980", 2, "'never' is written as missing"),
        ([9999, 2005, None, None], "at most 2100", 1, "'never' is written as missing"),
        ([200601, 201212, 2005, None], "a year, not a month", 2, "frame['pit_since'] // 100"),
        ([20060131, 2005, None, None], "a year, not a day", 1, "frame['pit_since'] // 10000"),
        ([2005.5, 2006, None, None], "whole", 1, "'never' is written as missing"),
    ],
)
def test_never_is_an_empty_year(values, rule, rows, advice):
    """Firms that never adopt are the control group: no advice may be to drop them."""
    frame = clean(TABLES["firms"]).assign(pit_since=values)
    (one,) = validate_frame(frame, "firms").itertuples()
    assert (one.column, one.rule, one.rows) == ("pit_since", rule, rows)
    assert advice in one.advice
    assert "drop" not in one.advice


@pytest.mark.parametrize(
    ("values", "rule", "advice"),
    [
        ([200601] * 4, "a year, not a month", "take the first four digits: frame['year'] // 100"),
        (["2006-01", "2006/1/5", "2006年", "2006.01.05"], "a year, not a date",
         "take the first four digits: frame['year'].str[:4].astype(int)"),
        ([2006.01, 2006.02, 2006.03, 2006.12], "whole", "give whole years from 1900 to 2100"),
        ([6, 7, 8, 9], "at least 1900", "give whole years from 1900 to 2100"),
    ],
)  # fmt: skip
def test_months_and_days_are_no_years(values, rule, advice):
    """A month is a year and two digits more: its rows are mended, not dropped."""
    report = validate_frame(customs().assign(year=values), "customs")
    (one,) = report[report["rule"] != "stored as numbers"].itertuples()
    assert (one.rule, one.rows) == (rule, 4)
    assert advice in one.advice


def test_a_year_of_founding_is_a_year():
    """Age in the controls is a year minus this one: 0, 98 and 9999 must not pass."""
    frame = clean(TABLES["firms"]).assign(founded=[0, 98, 9999, 1669])
    assert found(frame, "firms") == [
        ("founded", "at least 1000", 2, (0, 1), "0, 98"),
        ("founded", "at most 2100", 1, (2,), "9999"),
    ]


def test_accounts_from_before_the_founding_are_told():
    """What the panel refuses, or leaves empty, the check must tell."""
    frame = clean(TABLES["firms"]).assign(year=2004, founded=[2004, 2005, 1990, 2015])
    assert found(frame, "firms") == []
    assert found(frame, "firms", "note") == [
        ("founded", "not after the year", 2, (1, 3), "2005, 2015")
    ]


def test_unknown_modes_are_named_and_counted():
    """Modes as customs write them must be named with their rows, and mapped."""
    frame = clean(TABLES["customs"], 6).assign(
        mode=["一般贸易", "10", "进料加工贸易", "10", "10", "ordinary"]
    )
    (one,) = validate_frame(frame, "customs").itertuples()
    assert (one.rule, one.rows) == ("one of ordinary, processing, other", 5)
    assert one.advice.startswith("unknown are 10 (3 rows), 一般贸易 (1 row), 进料加工贸易 (1 row);")
    assert (
        "write 10 or 一般贸易 as 'ordinary'; 14, 15, 来料加工 or 进料加工 as 'processing'"
        in one.advice
    )


def test_placeholders_and_lost_characters_are_counted():
    """Codes that stand for none would link strangers; names with lost letters have no spelling."""
    frame = clean(TABLES["survey"], 6).assign(
        code=["0", "000000000", "无", "XX", "12345678X", None],
        name=["浙江?源公司", "浙江*源公司", "浙江\ufffd源公司", "浙江□源公司", "浙江源公司", "甲"],
    )
    assert found(frame, "survey") == []
    assert found(frame, "survey", "note") == [
        ("code", "no placeholder", 4, (0, 1, 2), "0, 000000000, 无"),
        ("name", "no lost or masked characters", 4, (0, 1, 2),
         "浙江?源公司, 浙江*源公司, 浙江\ufffd源公司"),
    ]  # fmt: skip
    frame["code"] = ["\\N", "D00000000", "XXXXXXXX1", "123456789", "999999", "99999"]
    frame["name"] = ["浙江#源公司", "浙江XX公司", "七○二所", "3×3公司", "二○○二○厂", "浙江○二"]
    assert [(one[0], one[2], one[3]) for one in found(frame, "survey", "note")] == [
        ("code", 1, (0,)), ("code", 4, (1, 2, 3)), ("name", 4, (0, 1, 4)),
    ]  # fmt: skip
    frame["code"] = ["123456789.0", "1.2E+08", "12345678X", "12345678Y", None, None]
    assert found(frame, "survey") == [
        ("code", "no number read as a decimal", 2, (0, 1), "123456789.0, 1.2E+08")
    ]
    firms = customs().assign(firm=["999999999", "999", "1", "2"])
    assert found(firms, level="note") == [("firm", "not all nines", 1, (0,), "999999999")]


def test_pieces_do_not_matter_to_what_the_column_decides(tmp_path):
    """Codes, commas and modes are judged by the whole file, whatever its batches."""
    frame = clean(TABLES["customs"], 6).assign(
        product=["010121", "010129", "10121", "010121", "44071000", "x"],
        mode=["10", "14", "10", "ordinary", "一般贸易", "10"],
        year=["2006", "2006-01", "2007", "200601", "0", "x"],
        quantity=["1,900", "1.900", "1,5", "x", "5", "1.900.000"],
    )
    frame.to_parquet(tmp_path / "customs.parquet")
    whole = validate_frame(frame, "customs")
    for rows in (1, 2, 4):
        pieces = validate_file(tmp_path / "customs.parquet", batch_rows=rows)
        pd.testing.assert_frame_equal(pieces, whole)


@pytest.mark.parametrize("kind", ["frame", "arrow", "csv", "parquet"])
def test_repeated_names_are_one_finding(tmp_path, kind):
    """Two columns of one name must be told, however they come."""
    table = pa.table(customs().astype({"product": str, "destination": str, "mode": str}))
    table = table.append_column("year", table["year"]).append_column("port", table["value"])
    table = table.append_column("port", table["value"])
    if kind == "csv":
        pa.csv.write_csv(table, tmp_path / "customs.csv")
    elif kind == "parquet":
        pq.write_table(table, tmp_path / "customs.parquet")
    columns = {i: table.column(i).to_pandas() for i in range(table.num_columns)}
    frame = pd.DataFrame(columns).set_axis(table.column_names, axis=1)
    report = (
        validate_file(tmp_path / f"customs.{kind}")
        if kind in ("csv", "parquet")
        else validate_frame(table if kind == "arrow" else frame, "customs")
    )
    twice = report[report["rule"] == "column once"]
    assert sorted(zip(twice["column"], twice["level"], strict=True)) == [
        ("port", "note" if kind == "csv" else "problem"),
        ("year", "problem"),
    ]


def test_advice_on_parquet_is_not_of_csv(tmp_path):
    """Who has a Parquet file does not read it with read_csv."""
    frame = customs().assign(product=[10121, 440710, 440711, 440712], mode="NA", destination="NA")
    frame.assign(year="2,006").to_parquet(tmp_path / "customs.parquet")
    report = validate_file(tmp_path / "customs.parquet")
    assert {"stored as text", "leading zero kept", "not a word for missing"} < set(report["rule"])
    for advice in report["advice"]:
        assert "csv" not in advice
        assert "keep_default_na" not in advice


def test_frames_of_other_engines_are_validated():
    """A frame of Polars or pyarrow has the findings of the pandas frame with its values."""
    frame = dirty()
    expected = validate_frame(frame, "customs")
    for other in (pl.from_pandas(frame), pa.table(frame)):
        pd.testing.assert_frame_equal(validate_frame(other, "customs"), expected)
    with pytest.raises(TypeError, match=r"frame is a LazyFrame; give a pandas .* collect it first"):
        validate_frame(pl.from_pandas(frame).lazy(), "customs")


def test_a_key_in_the_index_is_found():
    """Firm and year in the index must not be told to be added."""
    frame = customs().set_index(["firm", "year"])
    assert set(advice_on(frame).values()) == {"it is in the index: frame.reset_index()"}


def mended(frame, advice):
    """Return the column that an advice makes of a frame: its first expression is executed."""
    code = advice[advice.index("frame[") :].split("; ")[0]
    return eval(code, {"frame": frame}).tolist()


@pytest.mark.parametrize("kind", ["str", "category"])
@pytest.mark.parametrize(
    ("codes", "rule", "expected"),
    [
        (["010121"] * 400 + ["01012100"], "6 digits", ["010121"] * 401),
        (["1012100", "01012100", "01012100", "010121"], "leading zero kept",
         ["01012100", "01012100", "01012100", "010121"]),
        (["1012100", "01012100", "01012100", "010121"], "8 digits", ["010121"] * 4),
        (["10121", "010121", "010121", "1012100"], "6 digits", ["010121"] * 4),
        (["10121.0", "440710.0"], "8 digits", ["010121", "440710"]),
    ],
)  # fmt: skip
def test_zeros_are_restored_where_a_length_is_odd(codes, rule, expected, kind):
    """Filled up to 8, HS6 010121 would be 00010121, another product; the advice is executed."""
    frame = pd.concat([customs()] * 101)[: len(codes)].assign(product=codes)
    frame = frame.astype({"product": kind})
    report = validate_frame(frame, "customs")
    (one,) = report[(report["rule"] == rule) & (report["level"] == "problem")].itertuples()
    assert mended(frame, one.advice) == expected


@pytest.mark.parametrize("numbers", [[33, 44, 33, 11], [33.0, 44.0, np.nan, 11.0]])
def test_codes_of_any_form_may_be_numbers(numbers):
    """The measures take provinces as whole numbers: a note; products as numbers lose zeros."""
    frame = clean(TABLES["provinces"]).assign(province=numbers)
    absent = [("province", "not missing", 1, (2,), "")] if np.isnan(numbers).any() else []
    assert found(frame, "provinces") == absent
    there = int(pd.Series(numbers).notna().sum())
    assert [one[:3] for one in found(frame, "provinces", "note")] == [
        ("province", "stored as text", there)
    ]
    assert found(frame.assign(province=[33.5, 44, 33, 11]), "provinces")[0][:3] == (
        "province", "whole number or text", 1
    )  # fmt: skip
    trade = customs().assign(destination=numbers, product=[11010100, 11010200, 11010300, 11010400])
    assert ("product", "stored as text", 4) in [one[:3] for one in found(trade)]
    assert ("destination", "stored as text") not in [one[:2] for one in found(trade)]


def test_provinces_as_numbers_here_and_text_there(tmp_path):
    """No merge finds 33 in '33': a problem, but not in the register, which is not merged by it."""
    tables = {"firms": [33, 44, 33, 11], "provinces": ["33", "44", "33", "11"],
              "register": ["33", "44", "33", "11"]}  # fmt: skip
    for name, codes in tables.items():
        clean(TABLES[name]).assign(province=codes).to_parquet(tmp_path / f"{name}.parquet")
    reports, _ = validate_files({tmp_path / f"{n}.parquet": TABLES[n] for n in tables})
    told = {one.name: [f.rule for f in one.findings if f.rule.startswith("stored as in")]
            for one in reports}  # fmt: skip
    assert told == {
        "firms.parquet": [],
        "provinces.parquet": ["stored as in firms.parquet"],
        "register.parquet": [],
    }


@pytest.mark.parametrize("column", ["firm", "destination", "mode"])
def test_words_for_missing_are_missing(column):
    """What the measures refuse as missing must be called so; as a destination NA is Namibia."""
    words = ["", "  ", "nan", " NULL", *MISSING_WORDS]
    frame = clean(TABLES["customs"], len(words)).astype({"destination": str, "mode": str})
    report = found(frame.assign(**{column: words}))
    known = column == "firm" or words.count("NA") == 0
    missing = len(words) if known else len(words) - 1
    assert [one[:3] for one in report if one[1] == "not missing"] == [
        (column, "not missing", missing)
    ]
    assert set(MISSING_WORDS) - set(MISSING_CODES) == {"NA"}


def test_modes_are_mapped_by_one_truth():
    """The measure and the check must give the same advice on modes as customs write them."""
    (one,) = validate_frame(customs().assign(mode="10"), "customs").itertuples()
    assert one.advice.endswith(MODES_OF_CUSTOMS)


def test_files_may_be_given_by_name(tmp_path):
    """Paths and tables as text are what people write; anything else is named."""
    path = tmp_path / "provinces.csv"
    path.write_text("province,year,internet\nP01,2004,0.3\n", encoding="utf-8")
    assert validate_files({str(path): "provinces"}) == validate_files({path: TABLES["provinces"]})
    for odd in ([path], str(path), path):
        with pytest.raises(TypeError, match=r"files is a \w+; give the table of each file"):
            validate_files(odd)
    with pytest.raises(CannotValidate, match="there is no table 'province'; choose one of"):
        validate_files({path: "province"})
    with pytest.raises(TypeError, match="table is a DataFrame; give a name, such as 'firms'"):
        validate_frame("provinces", pd.DataFrame())
