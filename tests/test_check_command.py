"""Protects the `check` command: its report, and the exit statuses that scripts rely on."""

import io
import os
import re
import subprocess
import sys

import pandas as pd
import pytest

from tradedig_helpers.__main__ import main
from tradedig_helpers.commands.line import SIGPIPE
from tradedig_helpers.schema.validation.validate import TABLES

HEADER = "firm,year,product,destination,mode,quantity,value\n"
GOOD = "1,2007,01010100,D01,ordinary,1,1\n"
BAD = "1.0,2007,1010100,D01,by camel,-5,1\n"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path as text."""

    def written(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return written


def check(capsys, *arguments):
    """Run the command; return its exit status, what it printed, and what it complained of."""
    status = main(["check", *arguments])
    return status, *capsys.readouterr()


def test_no_problem_is_one_line(write, capsys):
    """A clean file must leave status 0 and one line."""
    path = write("customs.csv", HEADER + GOOD * 2)
    assert check(capsys, path) == (0, "customs.csv (customs): no problem in 2 rows\n", "")


def test_notes_are_no_problem(write, capsys):
    """What is only worth knowing must not fail a script."""
    path = write("customs.csv", HEADER.replace("\n", ",port\n") + GOOD.replace("\n", ",P\n"))
    status, out, _ = check(capsys, path)
    assert status == 0
    assert "no problem in 1 row\n" in out
    assert "Worth knowing:" in out


def test_all_problems_are_printed_with_advice(write, capsys):
    """Problems leave status 1; each has its column, rule, count, rows, values and advice."""
    status, out, err = check(capsys, write("customs.csv", HEADER + GOOD + BAD))
    assert (status, err) == (1, "")
    assert out == (
        "customs.csv (customs): 4 problems in 2 rows\n"
        "\n"
        "column    rule                      rows  first rows  values\n"
        "--------  ------------------------  ----  ----------  --------\n"
        "firm      whole number or text      1     1           1.0\n"
        "    -> take it from its source as text: floats and spreadsheets change long numbers\n"
        "product   leading zero kept         1     1           1010100\n"
        "    -> restore it: frame['product'].str.zfill(8); read codes as text\n"
        "mode      one of ordinary,          1     1           by camel\n"
        "          processing, other\n"
        "    -> rename to one of these\n"
        "quantity  at least 1                1     1           -5\n"
        "    -> is it in units? repair or drop these rows\n"
        "\n"
        "Rows count from 0, as in frame.iloc; row 0 of a CSV is the first below its header.\n"
    )


def test_report_is_narrow(write, capsys):
    """The report must be readable in a window of 100 characters, however long the values."""
    long = "a rather long text that nobody expected in this place " * 3
    _, out, _ = check(capsys, write("customs.csv", HEADER + f"{long},{long},{long},,{long},,\n"))
    assert max(map(len, out.splitlines())) <= 100
    for table in TABLES:
        _, out, _ = check(capsys, "--describe", table)
        assert max(map(len, out.splitlines()[1:])) <= 100


def test_one_bad_file_does_not_hide_the_others(write, capsys, tmp_path):
    """An unreadable file leaves status 2, and the other files are checked all the same."""
    missing = str(tmp_path / "firms.csv")
    status, out, err = check(capsys, missing, write("customs.csv", HEADER + BAD))
    assert status == 2
    assert "customs.csv (customs): 4 problems" in out
    assert err == f"check: {missing} is not there\n"


def test_table_can_be_named(write, capsys):
    """A file of any name can be checked as a table."""
    path = write("mine.csv", HEADER + GOOD)
    assert check(capsys, path, "--as", "customs")[0] == 0
    status, _, err = check(capsys, path)
    assert status == 2
    assert "no table goes by this name" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give files to check; tables are customs"),
        (["customs.xlsx"], "unknown file type"),
        (["customs.csv", "--as", "customers"], "there is no table 'customers'"),
        (["--describe", "customers"], "there is no table 'customers'"),
    ],
)
def test_wrong_calls_leave_status_2(arguments, message, capsys):
    """A wrong call must say what is right."""
    status, out, err = check(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_a_table_is_described(capsys):
    """The declaration of a table must be printed: columns, units, meaning and rules."""
    status, out, _ = check(capsys, "--describe", "elasticities")
    assert status == 0
    assert "one row is one HS4 product group in one destination. Key: hs4, destination." in out
    assert "elasticity of" in out
    assert "above 1" in out


def test_exit_status_of_the_process(write):
    """The shell must see the status that main returns."""
    command = [sys.executable, "-m", "tradedig_helpers", "check", write("customs.csv", HEADER)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert "at least one row" in run.stdout


def clean_files(folder, *names):
    """Write a file of a good row of customs, or of σ for it, under each name."""
    frames = {
        "customs": pd.read_csv(io.StringIO(HEADER + GOOD), dtype={"product": str}),
        "elasticities": pd.DataFrame({"hs4": ["0101"], "destination": ["D01"], "sigma": [3.0]}),
    }
    for name in names:
        frame = frames["customs" if name.startswith("customs") else "elasticities"]
        if name.endswith(".csv"):
            frame.to_csv(folder / name, index=False)
        else:
            frame.to_parquet(folder / name)
    return [str(folder / name) for name in names]


@pytest.mark.parametrize(
    ("names", "noted", "cure"),
    [
        (["customs.parquet", "elasticities.parquet"], [], ""),
        (["customs.csv"], [], ""),
        (["customs.csv", "elasticities.parquet"], ["customs.csv"],
         "pandas.read_csv('customs.csv', dtype={'product': 'str', 'destination': 'str', 'mode': "
         "'str'}).to_parquet('customs.parquet')"),
        (["customs_2010.parquet"], ["customs_2010.parquet"], "call this file so: customs.parquet"),
        (["customs_2010.parquet", "customs_2011.parquet"],
         ["customs_2010.parquet", "customs_2011.parquet"],
         "polars.read_parquet(['customs_2010.parquet', 'customs_2011.parquet'])"
         ".write_parquet('customs.parquet')"),
    ],
)  # fmt: skip
def test_files_that_paper_does_not_open_are_noted(names, noted, cure, capsys, tmp_path):
    """Who checks a folder of data must learn here, not later, that `paper` wants other files."""
    status, out, err = check(capsys, *clean_files(tmp_path, *names))
    assert (status, err) == (0, "")
    heads = [line.split(" (")[0] for line in out.splitlines() if ": no problem in" in line]
    assert heads == names
    assert out.count("opened by paper") == len(noted)
    assert out.count("paper --data needs customs.parquet, one for each table") == len(noted)
    assert re.sub(r"\s", "", cure) in re.sub(r"\s", "", out)


LONG = 123456789012345678
"""A number of a firm that no float holds."""
ROWS = pd.DataFrame(
    {"firm": [LONG, 2], "year": 2007, "product": ["01010100", "02010100"], "destination": "D01",
     "mode": "ordinary", "quantity": 1, "value": 1}
)  # fmt: skip
SIGMA = pd.DataFrame({"hs4": ["0101", "0201"], "destination": "D01", "sigma": 3.0})
OTHERWISE = ROWS.iloc[:, ::-1].astype({"year": "int32"})
TEXT, ZEROS = ROWS.astype({"firm": str}), pd.DataFrame({"firm": ["007", "2"]})
GAP, NAMIBIA = ROWS.assign(firm=pd.array([LONG, None], "Int64")), ROWS.assign(destination="NA")


@pytest.mark.parametrize(
    ("files", "made", "firms"),
    [
        ({"customs-2007.parquet": ROWS, "customs-2008.csv": ROWS}, "customs", [LONG, 2] * 2),
        ({"customs_1.csv": ROWS, "customs_2.csv.gz": GAP}, "customs", [LONG, 2, LONG, None]),
        ({"customs_1.parquet": ROWS, "customs_2.parquet": OTHERWISE},
         "customs", [LONG, 2] * 2),
        ({"customs.csv;": GAP, "elasticities.parquet": SIGMA}, "customs", [LONG, None]),
        ({"customs.csv;": NAMIBIA, "elasticities.parquet": SIGMA}, "customs", [LONG, 2]),
        ({"register.csv": ROWS[["firm"]], "customs.parquet": ROWS}, "register", [LONG, 2]),
        ({"register.csv": ROWS[["firm"]], "customs.parquet": TEXT}, "register",
         [str(LONG), "2"]),
        ({"register.csv": ZEROS, "customs.parquet": ROWS}, "register",
         ["007", "2"]),
    ],
)  # fmt: skip
def test_the_line_that_makes_one_file_works(files, made, firms, capsys, tmp_path):
    """The printed line is executed: no digit of a firm, zero of a product or Namibia is lost."""
    for name, frame in files.items():
        path = tmp_path / name.removesuffix(";")
        if name.endswith(".parquet"):
            frame.to_parquet(path)
        else:
            frame.to_csv(path, index=False, sep=";" if name.endswith(";") else ",")
    _, out, _ = check(capsys, *(str(tmp_path / name.removesuffix(";")) for name in files))
    joined = " ".join(line.strip() for line in out.splitlines())
    script = re.search(rf"(?:write it|join the files): (.*?to_parquet\('{made}.parquet'\))", joined)
    call = [sys.executable, "-c", f"import pandas; {script[1]}"]
    subprocess.run(call, cwd=tmp_path, check=True)
    table = pd.read_parquet(tmp_path / f"{made}.parquet")
    assert [None if firm is pd.NA else firm for firm in table["firm"]] == firms
    assert not str(table["firm"].dtype).lower().startswith("float")
    if made == "customs":
        given = pd.concat([frame for name, frame in files.items() if name.startswith(made)])
        for column in ("product", "destination"):
            assert table[column].tolist() == given[column].tolist()


def test_what_is_opened_is_not_joined_anew(capsys, tmp_path):
    """Joined with a file that it may have been made of, customs.parquet would hold rows twice."""
    status, out, _ = check(capsys, *clean_files(tmp_path, "customs.parquet", "customs_2007.csv"))
    assert status == 0
    assert "opens customs.parquet alone" in out
    assert "join the files" not in out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("customs.dta", "pandas.read_stata('customs.dta').to_parquet('customs.parquet')"),
        ("customs.xlsx", "pandas.read_excel('customs.xlsx', dtype=str).to_csv('customs.csv', "),
        ("customs.txt", "call it customs.csv; tabs and semicolons are read, too"),
        ("firms.csv", "firms.csv is not there"),
        ("nowhere/firms.csv", "firms.csv is not there"),
        ("", "is a folder; give the files in it, such as customs.parquet"),
        ("plants.csv", "no table goes by this name; choose one of customs"),
    ],
)
def test_a_wrong_file_is_one_line(name, message, write, capsys, tmp_path):
    """A file that cannot be checked is one line and status 2, and hides no other."""
    status, out, err = check(capsys, str(tmp_path / name))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    good = write("customs.csv", HEADER + GOOD)
    status, out, err = check(capsys, str(tmp_path / name), good)
    assert (status, err.count("\n")) == (2, 1)
    assert out == "customs.csv (customs): no problem in 1 row\n"


def test_stata_is_converted_by_the_advice(tmp_path, capsys):
    """The line that a .dta gets must make a file that passes, value labels included."""
    frame = pd.read_csv(io.StringIO(HEADER + GOOD * 2), dtype={"product": str})
    frame.astype({"mode": "category"}).to_stata(tmp_path / "customs.dta", write_index=False)
    _, _, err = check(capsys, str(tmp_path / "customs.dta"))
    script = "import pandas; " + err.split("convert it: ")[1]
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    assert check(capsys, str(tmp_path / "customs.parquet"))[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="pipes of Windows end otherwise")
@pytest.mark.parametrize("arguments", [["--describe", "firms"], ["nothing.csv"]])
def test_a_closed_pipe_ends_quietly(arguments):
    """`check ... | head` must not end in a traceback, nor in one when Python shuts down."""
    command = [sys.executable, "-m", "tradedig_helpers", "check", *arguments]
    reader, writer = os.pipe()
    os.close(reader)
    to_error = "nothing.csv" in arguments
    run = subprocess.run(
        command,
        stdout=subprocess.PIPE if to_error else writer,
        stderr=writer if to_error else subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert run.returncode == 128 + SIGPIPE
    assert not run.stderr
    assert not run.stdout


def test_a_terminal_of_another_encoding_is_no_obstacle(write):
    """A report on Chinese values must be printed where the terminal has no Chinese."""
    path = write("customs.csv", HEADER + GOOD.replace("ordinary", "一般贸易"))
    command = [sys.executable, "-m", "tradedig_helpers", "check", path]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (run.returncode, run.stderr) == (1, "")
    assert "one of ordinary" in run.stdout
