"""Protects the `paper` command on one's own data: what can be had, reasons, and one-line errors."""

import shutil
from functools import partial

import pandas as pd
import polars as pl
import pytest

from tradedig_book.__main__ import main as simulated
from tradedig_book.economy import simulate
from tradedig_helpers.__main__ import main
from tradedig_helpers.commands import paper
from tradedig_helpers.measure.folder import PANDAS, SCANNED, open_folder, unread

TABLES = (*PANDAS, *SCANNED)
OPTIONAL = ("register", "imports", "digital_products", "provinces", "elasticities_hs3")


@pytest.fixture(scope="module")
def tables():
    """Return the tables of a small economy by name."""
    economy = simulate(120, 5)
    return {name: getattr(economy, name) for name in TABLES}


@pytest.fixture(scope="module")
def folder(tables, tmp_path_factory):
    """Return a folder of these tables."""
    return written(tmp_path_factory.mktemp("own"), tables)


def written(folder, tables):
    """Write the tables that there are, and return the folder."""
    for name, frame in tables.items():
        if frame is not None:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def run_paper(capsys, *arguments, main=main):
    """Run the command; return its exit status, what it printed, and what it complained of."""
    status = main(["paper", *map(str, arguments)])
    return status, *capsys.readouterr()


def results(out):
    """Return the stored columns by their place, with their problems as text."""
    frame = pd.read_csv(out / "columns.csv", skiprows=1, keep_default_na=False)
    return frame.set_index(["table", "column"])


def complaint(capsys, *arguments, main=main):
    """Return the one line on standard error of a command that must end with status 2."""
    status, out, error = run_paper(capsys, *arguments, main=main)
    assert (status, out) == (2, "")
    assert error.startswith("paper: ")
    assert error.count("\n") == 1
    return error


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    """Return the columns of the whole folder."""
    out = tmp_path_factory.mktemp("whole")
    assert main(["paper", "--data", str(folder), "--out", str(out)]) == 0
    return results(out)


def lacking(capsys, tmp_path, tables):
    """Run the command on ``tables``; return the columns and what was printed."""
    (tmp_path / "data").mkdir()
    data, out = written(tmp_path / "data", tables), tmp_path / "out"
    status, printed, _ = run_paper(capsys, "--data", data, "--out", out)
    assert status == 0
    columns = results(out)
    estimates = pd.read_csv(out / "estimates.csv", skiprows=1).set_index(["table", "column"])
    for place, problem in columns["problem"].items():
        assert (place in estimates.index) is (problem == "")
        assert problem == "" or f"not estimated: {problem}" in printed
    return columns, printed


def test_accounts_of_exporters_without_optional_columns(capsys, tmp_path, tables, whole):
    """The usual matched sample has no ``clearance``, no stay-at-homes and text for firms."""
    coded = {
        name: tables[name].assign(firm=("F" + tables[name]["firm"].astype(str)).astype(object))
        for name in ("customs", "firms", "register", "imports")
    }
    exporting = coded["customs"][["firm", "year"]].drop_duplicates()
    accounts = coded["firms"].drop(columns="clearance").merge(exporting)
    columns, printed = lacking(capsys, tmp_path, tables | coded | {"firms": accounts})
    for place in ((4, 1), (4, 2)):
        assert "needs a frame of 'all firm-years'" in columns.loc[place, "problem"]
        assert "clearance" in columns.loc[place, "problem"]
    assert "not measured: all firm-years" in printed
    assert columns.loc[(4, 3), "problem"] == ""
    others = whole.index[(whole["problem"] == "") & ~whole.index.isin([(4, 1), (4, 2)])]
    assert (columns.loc[others, "problem"] == "").all()


def test_without_optional_tables(capsys, tmp_path, tables, whole):
    """Four tables must give all columns but those that need another table."""
    bare = tables | dict.fromkeys(OPTIONAL)
    columns, _ = lacking(capsys, tmp_path, bare)
    void = {(3, 2): "elasticities_hs3", (4, 5): "imports", (5, 4): "imports", (5, 6): "provinces"}
    void |= dict.fromkeys([(6, 2), (6, 3)], "digital_products")
    for place, table in void.items():
        assert f"the data have no table '{table}'" in columns.loc[place, "problem"].replace(
            "'imports', 'digital_products'", f"'{table}'"
        )
    others = whole.index[(whole["problem"] == "") & ~whole.index.isin(list(void))]
    assert (columns.loc[others, "problem"] == "").all()


def test_one_year(capsys, tmp_path, tables):
    """Without a year before there is no lag, no QLP and no TFP; the first column needs none."""
    once = {name: frame[frame["year"] == 2008] if "year" in frame else frame
            for name, frame in tables.items()}  # fmt: skip
    columns, printed = lacking(capsys, tmp_path, once)
    assert columns.loc[(2, 1), "problem"] == ""
    assert "lntfp: stage 2 has 0 firm-years" in columns.loc[(2, 4), "problem"]
    assert "QLP: no flow is left" in columns.loc[(3, 4), "problem"]
    assert "lndig_l1: none of" in columns.loc[(4, 3), "problem"]
    assert "not measured: QLP" in printed


def test_unknown_modes_void_their_samples_alone(capsys, tmp_path, tables, whole):
    """Codes of customs must never count as other trade: 10 is ordinary."""
    codes = tables["customs"]["mode"].astype(str).map({"ordinary": "10"}).fillna("14")
    columns, _ = lacking(
        capsys, tmp_path, tables | {"customs": tables["customs"].assign(mode=codes)}
    )
    for column in (13, 14, 15, 16):
        assert "flows.mode is none of" in columns.loc[(7, column), "problem"]
    others = whole.index[(whole["problem"] == "") & (whole.index.get_level_values(0) < 7)]
    assert (columns.loc[others, "problem"] == "").all()


def test_a_missing_folder_or_table_is_one_line(capsys, tmp_path, folder):
    """Nothing must be simulated, measured or traced back for a name that is wrong."""
    assert "nowhere is no folder" in complaint(capsys, "--data", tmp_path / "nowhere")
    own = shutil.copytree(folder, tmp_path / "own")
    (own / "firms.parquet").unlink()
    assert "lacks firms.parquet" in complaint(capsys, "--data", own)
    assert "is no folder" in complaint(capsys, "--data", own / "customs.parquet")
    (own / "firms.parquet").write_bytes(b"firm,year\n1,2004\n")
    assert "is no Parquet file" in complaint(capsys, "--data", own)
    tables = pd.read_parquet(folder / "firms.parquet")
    tables.drop(columns="year").to_parquet(own / "firms.parquet")
    assert "firms lacks the columns ['year']" in complaint(capsys, "--data", own)


@pytest.mark.parametrize("given", [None, 3, pd.DataFrame()])
def test_what_is_no_folder_is_named(given):
    """Python's own error about paths says nothing of tables."""
    with pytest.raises(TypeError, match=r"folder is a .*; give the path of a folder"):
        open_folder(given)


def test_an_index_of_pandas_is_read_as_columns(tmp_path, folder, tables):
    """Pandas hides an index that a Parquet file was written with; Polars shows it."""
    own = shutil.copytree(folder, tmp_path / "own")
    key = ["firm", "year"]
    tables["firms"].set_index(key).to_parquet(own / "firms.parquet")
    found = open_folder(own).firms
    pd.testing.assert_frame_equal(found, pd.read_parquet(folder / "firms.parquet")[list(found)])


def test_tables_in_another_form_say_how_to_make_them(capsys, tmp_path, folder, monkeypatch):
    """The advice must work as it stands, whether for a CSV or for a file of each year."""
    own = shutil.copytree(folder, tmp_path / "own")
    monkeypatch.chdir(own)
    customs = pd.read_parquet("customs.parquet")
    (own / "customs.parquet").unlink()
    customs.to_csv("customs.csv", index=False)
    line = complaint(capsys, "--data", own)
    assert "customs.csv, which is not read," in line
    exec(line.partition("(in Python): ")[2])
    made = pd.read_parquet("customs.parquet")
    assert made["product"].tolist() == customs["product"].astype(str).tolist()
    (own / "customs.csv").unlink()
    (own / "customs.parquet").unlink()
    for year, rows in customs.groupby("year"):
        rows.to_parquet(f"customs_{year}.parquet", index=False)
    line = complaint(capsys, "--data", own)
    assert "customs_2002.parquet to customs_2015.parquet (14 files), which are not read," in line
    exec(line.partition("(in Python): ")[2])
    assert len(pd.read_parquet("customs.parquet")) == len(customs)


def follow(line):
    """Do what a complaint says, in Python."""
    exec(line.partition("(in Python): ")[2], {})


def rewritten(folder, name, write):
    """Write a table of the folder in another form in its place; return what it was."""
    frame = pd.read_parquet(folder / f"{name}.parquet")
    (folder / f"{name}.parquet").unlink()
    write(frame)
    return frame


FORMS = {
    "commas": ("firms.csv", {}),
    "semicolons": ("firms.csv", {"sep": ";", "decimal": ","}),
    "packed": ("firms.csv.gz", {"sep": "\t"}),
    "GB18030": ("firms.csv", {"sep": ";", "encoding": "gb18030"}),
    "UTF-16": ("firms.csv", {"encoding": "utf-16"}),
    "mark": ("firms.csv", {"encoding": "utf-8-sig"}),
}


@pytest.mark.parametrize(("file", "form"), FORMS.values(), ids=FORMS)
def test_followed_advice_gives_the_same_table(capsys, tmp_path, folder, monkeypatch, file, form):
    """However a CSV is written, the table made of it must be read as the one it was."""
    own = shutil.copytree(folder, tmp_path / "own")
    monkeypatch.chdir(own)
    named = pd.read_parquet("firms.parquet").assign(name="广东贸易")
    named.to_parquet("firms.parquet", index=False)
    firms = rewritten(own, "firms", lambda frame: frame.to_csv(file, index=False, **form))
    follow(complaint(capsys, "--data", own))
    made = open_folder(own).firms
    assert made["province"].tolist() == firms["province"].tolist()
    kinds = {name: made[name].dtype for name in firms if firms[name].dtype.kind in "if"}
    numbers = firms.assign(province=firms["province"].astype(str))[list(kinds)].astype(kinds)
    pd.testing.assert_frame_equal(made[list(kinds)], numbers)
    assert made["firm"].dtype == "int64"
    assert made["name"].unique().tolist() == ["广东贸易"]
    (own / file).unlink()
    assert unread(own) == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_firms_stay_numbers_or_text_alike(capsys, tmp_path, folder, monkeypatch, encoding):
    """Ids of 18 digits must stay exact beside a gap; one id with a zero first makes all text."""
    own = shutil.copytree(folder, tmp_path / "own")
    monkeypatch.chdir(own)
    ids = ["123456789012345678", "", "123456789012345679"]
    rows = pd.DataFrame({"firm": ids, "sector": ["制造业", "wholesale", "retail"]})
    write = {"index": False, "encoding": encoding}
    for name in ("register", "firms"):
        (own / f"{name}.parquet").unlink()
    rows.to_csv("register.csv", **write)
    rows.iloc[[0]].to_csv("firms.csv", **write)
    for line in complaint(capsys, "--data", own).split("; make it"):
        if line.startswith(" (in Python)"):
            follow(line.partition("; " + str(own))[0])
    made = pl.read_parquet("register.parquet")
    assert made["firm"].to_list() == [123456789012345678, None, 123456789012345679]
    (own / "register.parquet").unlink()
    rows.assign(firm=["0012", "13", "14"]).to_csv("register.csv", **write)
    (own / "firms.parquet").unlink()
    for line in complaint(capsys, "--data", own).split("; make it"):
        if line.startswith(" (in Python)"):
            follow(line.partition("; " + str(own))[0])
    assert pl.read_parquet("register.parquet")["firm"].to_list() == ["0012", "13", "14"]
    assert pl.read_parquet("firms.parquet")["firm"].to_list() == ["123456789012345678"]


def test_followed_advice_for_several_files(capsys, tmp_path, folder, monkeypatch):
    """A file of Stata, or in GB18030, for each year must be put together."""
    own = shutil.copytree(folder, tmp_path / "own")
    monkeypatch.chdir(own)
    writers = {
        "dta": lambda frame, path: frame.to_stata(path, write_index=False),
        "csv": lambda frame, path: frame.assign(name="广东").to_csv(
            path, index=False, encoding="gb18030"
        ),
    }
    for kind, write in writers.items():
        imports = rewritten(
            own,
            "imports",
            lambda frame, write=write, kind=kind: [
                write(rows, f"imports_{year}.{kind}") for year, rows in frame.groupby("year")
            ],
        )
        follow(complaint(capsys, "--data", own))
        made = pd.read_parquet("imports.parquet")
        assert made["product"].astype(str).tolist() == (
            imports.sort_values("year", kind="stable")["product"].astype(str).tolist()
        )
        assert made["firm"].dtype.kind == "i"
        for path in own.glob("imports_*"):
            path.unlink()


def test_excel_keeps_numbers(capsys, tmp_path, folder):
    """Of an Excel file codes alone may be read as text: all as text is no account of a firm."""
    own = shutil.copytree(folder, tmp_path / "own")
    (own / "firms.parquet").unlink()
    (own / "firms.xlsx").write_bytes(b"")
    line = complaint(capsys, "--data", own)
    assert "pd.read_excel('firms.xlsx', dtype={'province': 'str', 'industry': 'str'})" in line


def test_more_files_of_a_table_are_told(capsys, tmp_path, folder):
    """A year beside the table that is read must not be left out without a word."""
    own = shutil.copytree(folder, tmp_path / "own")
    for name in ("customs_2011.parquet", "customs_extra.csv", "notes.csv"):
        (own / name).write_text("")
    status, printed, _ = run_paper(capsys, "--data", own, "--out", tmp_path / "out")
    assert status == 0
    assert "not read: customs_2011.parquet, customs_extra.csv\n" in printed


def test_what_is_left_out_is_told(capsys, tmp_path, tables, whole):
    """A few gaps cost their rows; all columns must be there, and each gap be told in a line."""
    firms, sigma = tables["firms"], tables["elasticities"]
    employees = firms["employees"].mask(firms.index < 3, 0)
    gaps = {"firms": firms.assign(employees=employees), "elasticities": sigma.iloc[9:]}
    columns, printed = lacking(capsys, tmp_path, tables | gaps)
    assert (columns["problem"] == "").equals(whole["problem"] == "")
    assert "left out: employees: firms.employees must be there: it is positive in" in printed
    assert "left out: QSY, QLP, QOP: σ is missing for" in printed


def test_an_optional_table_in_another_form_is_not_left_out(capsys, tmp_path, folder):
    """A register that is not read would leave the intermediaries in, without a word."""
    own = shutil.copytree(folder, tmp_path / "own")
    (own / "register.parquet").rename(own / "register.dta")
    assert "register.dta, which is not read," in complaint(capsys, "--data", own)


def test_firms_of_two_kinds_are_one_line(capsys, tmp_path, folder, tables):
    """Text in one table and numbers in another would match nobody."""
    own = shutil.copytree(folder, tmp_path / "own")
    tables["firms"].astype({"firm": str}).to_parquet(own / "firms.parquet")
    assert "make both numbers or both text" in complaint(capsys, "--data", own)


def test_check_without_results_is_one_line(capsys, tmp_path, folder):
    """It must be said before hours of simulation, and for results that are damaged, too."""
    line = complaint(capsys, "--check", "--out", tmp_path, main=simulated)
    assert "has no estimates.csv, columns.csv to check" in line
    for name in ("estimates", "columns"):
        (tmp_path / f"{name}.csv").write_text("")
    line = complaint(capsys, "--data", folder, "--check", "--out", tmp_path)
    assert "holds no results that can be read" in line


def test_check_finds_its_own_results(capsys, tmp_path, folder):
    """The same command must find what it has written, and nothing else."""
    where = "--data", folder, "--out", tmp_path / "out"
    assert run_paper(capsys, *where)[0] == 0
    status, printed, _ = run_paper(capsys, *where, "--check")
    assert status == 0
    assert "holds what this command makes" in printed


def test_wrong_options_are_one_line(capsys, tmp_path):
    """No exporters, or a file where a folder of results should be, must be said at once."""
    told = partial(complaint, capsys, main=simulated)
    assert "firms = 0" in told("--firms", 0, "--out", tmp_path)
    (tmp_path / "file").write_text("")
    assert "file is no folder" in told("--firms", 9, "--out", tmp_path / "file")
    line = told("--firms", 9, "--out", tmp_path / "file" / "below")
    assert "below cannot be written (Not a directory); give another folder: --out" in line
    assert "firms = 0" in told("--firms", 0, "--out", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_interrupt_is_quiet(capsys, monkeypatch):
    """Ctrl-C must end with the status of shells, and a lack of memory must not be hidden."""
    ends = [KeyboardInterrupt, MemoryError]

    def stop(*given: object) -> int:
        raise ends.pop(0)

    monkeypatch.setattr(paper, "_carried_out", stop)
    assert run_paper(capsys, "--data", "none") == (130, "", "")
    with pytest.raises(MemoryError):
        run_paper(capsys, "--data", "none")


def test_a_curve_that_cannot_be_had_stops_nothing(capsys, tmp_path, tables):
    """The curve needs all five qualities; without one the columns must still be written."""
    (tmp_path / "data").mkdir()
    data = written(tmp_path / "data", tables | {"elasticities_hs3": None})
    status, printed, _ = run_paper(capsys, "--data", data, "--out", tmp_path / "out", "--curve")
    assert status == 0
    assert "not measured: specification curve: " in printed
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "columns.csv",
        "estimates.csv",
    ]
