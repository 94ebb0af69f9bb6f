"""Regressions at the paper's scale: all columns together against one by one, and against others.

The panel is measured from an economy of the paper's size, made for the purpose. Peers are timed in
the same run as ours, in turns. Where a peer would take hours it is given fewer columns, and the
row says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
import pyfixest as pf
from linearmodels.iv import AbsorbingLS
from pyfixest.core.demean import demean_within

from tradedig_book.economy.sample import write_economy
from tradedig_book.published import PAPER_FIRMS
from tradedig_helpers.estimation.demean import demean
from tradedig_helpers.estimation.fit import Fit, estimate, tidy
from tradedig_helpers.estimation.results import KEYS
from tradedig_helpers.estimation.runner import run
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import FIRM, PAPER, Specification, paper_column
from tradedig_helpers.measure.folder import open_folder
from tradedig_helpers.measure.panel import MEASURES, firm_panel

SEED, TURNS = 7, 3
COLUMNS = tuple(spec for spec in PAPER if spec.estimator == "least squares")
BENCHMARK = paper_column(2, 6)
SIZES = (1 / 8, 1 / 4, 1 / 2, 1.0)
MOBILITY = (0.0, 0.05, 0.10)


@cache
def paper_panel() -> pd.DataFrame:
    """Return the panel of an economy of the paper's size."""
    with TemporaryDirectory() as name:
        write_economy(Path(name), PAPER_FIRMS, SEED)
        return firm_panel(open_folder(Path(name)), tuple(MEASURES)).frame


def together(specs: Iterable[Specification], panel: pd.DataFrame) -> pd.DataFrame:
    """Estimate columns as ``make paper-scale`` does: effects taken off once per sample."""
    return run(list(specs), {"firm-year": panel}).estimates


def one_by_one(specs: Iterable[Specification], panel: pd.DataFrame) -> dict[str, Fit]:
    """Estimate columns by pyfixest with ``LsmrDemeaner``, each by itself."""
    return {spec.name: estimate(spec, panel) for spec in specs}


def by_default(spec: Specification, panel: pd.DataFrame) -> None:
    """Estimate one column by pyfixest as it comes."""
    used = sample_of(spec, panel).frame
    pf.feols(spec.formula, used, vcov={"CRV1": spec.cluster}, store_data=False)


def by_linearmodels(spec: Specification, panel: pd.DataFrame) -> None:
    """Estimate one column by linearmodels' ``AbsorbingLS``."""
    used = sample_of(spec, panel).frame
    cells = used[["province", "industry", "year"]].astype(str).agg("|".join, axis=1)
    absorb = pd.DataFrame(
        {"firm": used["firm"].astype("category"), "cell": cells.astype("category")}
    )
    model = AbsorbingLS(used[spec.outcome], used[list(spec.regressors)], absorb=absorb)
    model.fit(method="lsmr", cov_type="clustered", clusters=used["firm"])


def fixest_problem() -> str:
    """Return in one line why R's fixest cannot be measured on this machine, empty if it can."""
    if not shutil.which("Rscript"):
        return "there is no Rscript"
    asked = ["Rscript", "--vanilla", "-e", "cat(requireNamespace('fixest', quietly = TRUE))"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True).stdout
    there = answer.strip().endswith("TRUE")
    return "" if there else "R is there without it; install.packages('fixest') in R adds it"


def by_fixest(spec: Specification, panel: pd.DataFrame) -> float:
    """Return the seconds that R's fixest takes for one column, R's start and reading apart."""
    used = sample_of(spec, panel).frame
    with TemporaryDirectory() as name:
        path = Path(name) / "used.csv"
        used.to_csv(path, index=False)
        script = (
            f"d <- utils::read.csv('{path}'); t <- proc.time()[3]; "
            f"m <- fixest::feols({spec.formula}, d, cluster = ~firm); cat(proc.time()[3] - t)"
        )
        done = subprocess.run(["Rscript", "-e", script], check=True, capture_output=True, text=True)
    return float(done.stdout)


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of ``work``."""
    start = perf_counter()
    work()
    return perf_counter() - start


def row(
    what: str, peer: str, ours: list[float], theirs: list[float], **more: object
) -> dict[str, object]:
    """Return one line: medians of both, and the median of the ratios of pairs."""
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    line = {"what": what, "ours_s": median(ours), "peer": peer, "peer_s": median(theirs)}
    return line | {"ratio": median(ratios), "turns": len(ours)} | more


def against_peers() -> pd.DataFrame:
    """Time one column, and the whole paper, against libraries; compare all coefficients."""
    panel = paper_panel()
    peers = {
        "pyfixest, LsmrDemeaner": lambda: seconds(lambda: estimate(BENCHMARK, panel)),
        "pyfixest, default": lambda: seconds(lambda: by_default(BENCHMARK, panel)),
        "linearmodels, AbsorbingLS": lambda: seconds(lambda: by_linearmodels(BENCHMARK, panel)),
    }
    problem, rows = fixest_problem(), []
    if not problem:
        peers["R fixest"] = lambda: by_fixest(BENCHMARK, panel)
    for name, peer in peers.items():
        many = 1 if name.startswith("linearmodels") else TURNS
        turns = [(seconds(lambda: together([BENCHMARK], panel)), peer()) for _ in range(many)]
        ours, theirs = (list(times) for times in zip(*turns, strict=True))
        rows.append(row(BENCHMARK.name, name, ours, theirs))
    if problem:
        print(f"R fixest: not measured here, {problem}", file=sys.stderr)
        rows.append({"what": BENCHMARK.name, "peer": "R fixest, not measured here", "turns": 0})
    return pd.DataFrame([*rows, *_whole(panel)])


def _whole(panel: pd.DataFrame) -> list[dict[str, object]]:
    """Time every least-squares column all ways, and return the largest differences."""
    what = f"{len(COLUMNS)} columns of Tables 2-7"
    start = perf_counter()
    ours = together(COLUMNS, panel)
    between = perf_counter()
    theirs = one_by_one(COLUMNS, panel)
    times = [between - start], [perf_counter() - between]
    known = tidy(theirs.values()).set_index(KEYS["estimates"])[["estimate", "std_error"]]
    known = known[known.index.get_level_values("term") != "Intercept"]
    found = ours.set_index(KEYS["estimates"])[["estimate", "std_error"]].loc[known.index]
    apart = (found / known - 1).abs().max()
    gaps = {"coefficients_apart": apart["estimate"], "errors_apart": apart["std_error"]}
    gaps = {name: f"{gap:.1e}" for name, gap in gaps.items()}
    by_lsmr = row(what, "pyfixest, LsmrDemeaner", *times, **gaps)
    default = seconds(lambda: [by_default(spec, panel) for spec in COLUMNS])
    return [by_lsmr, row(what, "pyfixest, default", times[0], [default])]


def growth() -> pd.DataFrame:
    """Time every column on parts of the firms, and fit the exponent of N."""
    panel, rows = paper_panel(), []
    firms = np.sort(panel["firm"].unique())
    columns = [spec for spec in COLUMNS if spec.sample != "start-up"]  # too few in a small part
    for share in SIZES:
        part = panel[panel["firm"] <= firms[int(share * len(firms)) - 1]]
        times = [seconds(lambda part=part: together(columns, part)) for _ in range(TURNS)]
        rows.append({"firm_years": len(part), "ours_s": median(times)})
    frame = pd.DataFrame(rows)
    slope = np.polyfit(np.log(frame["firm_years"]), np.log(frame["ours_s"]), 1)[0]
    return frame.assign(exponent=slope)


def mobility() -> pd.DataFrame:
    """Time taking effects off where firms move between cells more and more, against pyfixest."""
    panel = sample_of(BENCHMARK, paper_panel()).frame
    columns = panel[[BENCHMARK.outcome, *BENCHMARK.regressors]].to_numpy()
    centred = columns - columns.mean(axis=0)
    home = panel.groupby(["province", "industry"], observed=True).ngroup().to_numpy()
    rng, rows = np.random.default_rng(SEED), []
    for chance in MOBILITY:
        moves = rng.random(len(panel)) < chance
        place = np.where(moves, rng.integers(home.max() + 1, size=len(panel)), home)
        moved = panel[[FIRM]].assign(cell=pd.factorize(place * 100 + panel["year"] % 100)[0])
        codes = np.column_stack([pd.factorize(moved[name])[0] for name in moved]).astype(np.uint32)
        times = [
            (
                seconds(lambda moved=moved: demean(columns, moved, (FIRM, "cell"))),
                seconds(
                    lambda codes=codes, c=centred: demean_within(c, codes, tol=1e-12, maxiter=9999)
                ),
            )
            for _ in range(TURNS)
        ]
        ours, theirs = (list(one) for one in zip(*times, strict=True))
        rows.append(row(f"{chance:.0%} of firm-years in another cell", "pyfixest", ours, theirs))
    return pd.DataFrame(rows)
