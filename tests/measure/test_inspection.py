"""Protects the inspection of files: every rule, counted right, whatever the file and its pieces."""

import gzip
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_helpers.economy.sample import SAMPLE
from tradedig_helpers.economy.schema import conform, validate
from tradedig_helpers.economy.tables import SCHEMA
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.inspection import (
    TABLES,
    CannotInspect,
    describe_table,
    inspect_file,
    inspect_files,
    inspect_frame,
    table_of,
)
from tradedig_helpers.measure.inspection.inspect import scan
from tradedig_helpers.measure.inspection.sources import Source

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


def customs():
    """Return clean shipments."""
    return clean(TABLES["customs"])


def found(frame, table="customs", level="problem"):
    """Return what an inspection found as tuples of column, rule, rows, first rows, example."""
    frame = inspect_frame(frame, table)
    part = frame.loc[frame["level"] == level, FOUND]
    return list(part.itertuples(index=False, name=None))


@pytest.mark.parametrize("name", list(TABLES))
def test_what_the_declaration_allows_is_clean(name, tmp_path):
    """A frame that the generator's own check accepts must pass here, as a file, too."""
    frame = clean(TABLES[name])
    validate(frame, TABLES[name])
    assert inspect_frame(frame, name).empty
    frame.to_csv(tmp_path / f"{name}.csv", index=False)
    frame.to_parquet(tmp_path / f"{name}.parquet")
    assert inspect_file(tmp_path / f"{name}.csv").empty
    assert inspect_file(tmp_path / f"{name}.parquet").empty


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
    assert inspect_frame(frame, "customs").empty
    assert measure_flexibility(frame)["firm"].tolist() == sorted(FIRMS)


def test_leading_zeros_tell_firms_apart(tmp_path):
    """A CSV must be read without losing zeros, or two firms would seem to be one."""
    clean(TABLES["register"]).assign(firm=FIRMS).to_csv(tmp_path / "register.csv", index=False)
    assert inspect_file(tmp_path / "register.csv").empty


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
    assert not inspect_frame(frame.assign(clearance=-1.0), "firms").empty


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
    problems = inspect_frame(frame, "customs")
    assert list(problems[["level", "column", "rule", "advice"]].itertuples(index=False)) == [
        ("problem", "year", "column once", "it stands 2 times; keep one, the first was inspected"),
        ("problem", "value", "column is there", "rename 'Value '"),
        ("note", "", "declared columns", "no measure reads 2 of the columns"),
    ]
    assert problems["example"].tolist()[-1] == "Value , port"


def test_a_wide_file_is_not_listed_in_full():
    """Extra columns are named as long as a reader would read on."""
    frame = customs().assign(**{f"extra {i}": i for i in range(50)})
    (note,) = inspect_frame(frame, "customs").itertuples()
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
    expected = inspect_frame(frame, "customs")
    for name in ("customs.parquet", "customs-1.csv", "customs_2.csv.gz"):
        pd.testing.assert_frame_equal(inspect_file(tmp_path / name), expected)
    pieces = inspect_file(tmp_path / "customs.parquet", batch_rows=1)
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
    pd.testing.assert_frame_equal(many.frame, inspect_frame(frame, table))
    by_row = [sorted(each.keys[key].to_pylist(), key=lambda k: k["row"]) for each in (one, many)]
    assert by_row[0] == by_row[1]


def test_the_argument_is_not_changed():
    """An inspection looks and does not touch."""
    frame = dirty()
    before = frame.copy()
    inspect_frame(frame, "customs")
    pd.testing.assert_frame_equal(frame, before)


def test_lines_with_other_fields_are_reported_and_skipped(tmp_path):
    """Row numbers must be those of the file, although unreadable lines are left out."""
    lines = ["1,2007,11010100,D1,ordinary,1,1"] * 8
    lines[2], lines[3], lines[6] = "1,2007", "", lines[6] + ",extra"
    lines[4] = lines[7] = "1,2007,11010100,D1,ordinary,0,1"
    path = tmp_path / "customs.csv"
    path.write_text("\ufefffirm,year,product,destination,mode,quantity,value\n" + "\n".join(lines))
    report = inspect_file(path)
    assert list(report[FOUND[:4]].itertuples(index=False, name=None)) == [
        ("", "as many fields as the header", 2, (2, 5)),
        ("quantity", "at least 1", 2, (3, 6)),
    ]


def test_semicolons_and_codes_in_a_csv(tmp_path):
    """Another delimiter is read and noted; codes of a CSV keep their leading zeros."""
    frame = with_first(customs(), "product", ["01010100"])
    frame.to_csv(tmp_path / "customs.csv", index=False, sep=";")
    report = inspect_file(tmp_path / "customs.csv")
    assert report["rule"].tolist() == ["separated by commas"]
    assert report["level"].tolist() == ["note"]


@pytest.mark.parametrize("text", ["", "firm,year,product,destination,mode,quantity,value\n"])
def test_csv_without_rows(tmp_path, text):
    """A CSV without content, or with its header alone, has no rows."""
    (tmp_path / "customs.csv").write_text(text)
    assert inspect_file(tmp_path / "customs.csv")["rule"].tolist() == ["at least one row"]


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
def test_what_cannot_be_inspected_is_said(tmp_path, name, make, message):
    """A file that cannot be read must not pass, and what to do must be clear."""
    if make is not None:
        make(tmp_path / name)
    with pytest.raises(CannotInspect, match=message):
        inspect_file(tmp_path / name)


def test_other_frames_and_tables_are_refused():
    """Wrong arguments must be named."""
    with pytest.raises(TypeError, match="frame is a dict; give a pandas DataFrame"):
        inspect_frame({}, "customs")
    with pytest.raises(CannotInspect, match="there is no table 'customers'"):
        inspect_frame(customs(), "customers")


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
    (first, *others), failed = inspect_files(files)
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
    (first, second), _ = inspect_files(files)
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
        for one in inspect_files(files)[0]
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
    (_, inspection), _ = inspect_files(dict.fromkeys((first, second), TABLES["firms"]))
    assert (f"key not in {first.name}", 2) in [(f.rule, f.rows) for f in inspection.findings]


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
    report = inspect_file(tmp_path / "customs.parquet")
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
    inspections, failed = inspect_files(files)
    assert not failed
    assert {one.name: one.problems for one in inspections if one.problems} == {}
