"""Protects the benchmarks: what a machine lacks is said, and measures stop at nothing else."""

from pathlib import Path

import pytest

from benchmarks import estimation, slider_latency
from tradedig_book.explorers import EXPLORERS

LONG = "R is there without it; install.packages('fixest') in R adds it"


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo -n TRUE", ""),
        ("echo -n FALSE", LONG),
        ("echo 'Error: no R here' >&2; exit 1", LONG),
        (None, "there is no Rscript"),
    ],
)
def test_fixest_is_asked_for_and_not_inferred_from_r(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None, problem: str
) -> None:
    """R may be there without its library fixest, and is then no peer."""
    if script is not None:
        (tmp_path / "Rscript").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "Rscript").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert estimation.fixest_problem() == problem


@pytest.mark.filterwarnings("ignore")  # of peers about themselves
def test_without_fixest_its_row_is_left_empty(
    monkeypatch: pytest.MonkeyPatch, panel, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table must have the row, without numbers, and one line must say why."""
    monkeypatch.setattr(estimation, "paper_panel", lambda: panel)
    monkeypatch.setattr(estimation, "_whole", lambda panel: [])
    monkeypatch.setattr(estimation, "fixest_problem", lambda: "there is no Rscript")
    monkeypatch.setattr(estimation, "TURNS", 1)
    table = estimation.against_peers()
    last = table.iloc[-1]
    assert last["peer"] == "R fixest, not measured here"
    assert last[["ours_s", "peer_s", "ratio"]].isna().all()
    assert table["peer_s"].notna().sum() == len(table) - 1 == 3
    assert capsys.readouterr().err == "R fixest: not measured here, there is no Rscript\n"


def test_every_explorer_is_timed_on_its_page() -> None:
    """Those that a chapter shows are found in its source, by id."""
    pages = slider_latency.explorer_pages()
    assert set(pages) == {"quality", *EXPLORERS}
    assert all((slider_latency.ROOT / f"{page}.md").is_file() for page in pages.values())
