"""How often do 95% intervals cover the truth? Small panels, simulated again and again.

Each sample is a panel of firms whose errors are serially correlated within a firm and differ in
size between firms and with digitization. Three estimators of the book meet it as they meet the
paper's data: the benchmark with firm and province–industry–year effects, the mediation, and
Heckman's second step on exporters alone. Where a method is known to be wrong for such errors, a
row shows by how much. All shares are in percent, biases and errors in percent of the spread of the
estimates over samples.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t

from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.heckman import heckman
from tradedig_helpers.estimation.mediation import effect_tests, mediate
from tradedig_helpers.estimation.specifications import WITHIN, Specification

SEED = 2026
SAMPLES = 2_000
STORED = 20
"""Samples whose estimates are stored one by one, for a test to make them again."""
FIRMS, YEARS, PROVINCES, INDUSTRIES = 400, 8, 5, 4

BETA0, MU1, DIRECT = 0.5, 0.4, 0.3
TOTAL = DIRECT + BETA0 * MU1
COVARIANCE = 1.0
"""Of the errors of quality and of the choice to export, whose variance is one."""
MEMORY = 0.7

BENCHMARK = Specification("QSY", ("lndig", "lnsca"), WITHIN, table="coverage", column=1)
BY_ROW = Specification("QSY", ("lndig", "lnsca"), WITHIN, cluster="row", table="coverage", column=2)
MEDIATOR = Specification("flex", ("lndig", "lnsca"), WITHIN, table="coverage", column=3)
OUTCOME = Specification("QSY", ("lndig", "flex", "lnsca"), WITHIN, table="coverage", column=4)
CHOICE = Specification("EDU", ("lndig", "lnsca", "clearance"), table="coverage", column=5)
CORRECTED = Specification("QSY", ("lndig", "IMR", "lnsca"), WITHIN, table="coverage", column=6)


class Estimate(NamedTuple):
    """One interval of one sample; ``valid`` if theory says that it covers 95%."""

    estimator: str
    parameter: str
    errors: str
    valid: bool
    truth: float
    estimate: float
    std_error: float
    low: float
    high: float


def lasting(rng: np.random.Generator, scale: np.ndarray) -> np.ndarray:
    """Return errors of the given scale, shape (firms, years), with memory along years."""
    news = rng.normal(size=scale.shape)
    errors = news.copy()
    for year in range(1, scale.shape[1]):
        errors[:, year] = MEMORY * errors[:, year - 1] + (1 - MEMORY**2) ** 0.5 * news[:, year]
    return errors * scale


def world(rng: np.random.Generator, firms: int = FIRMS) -> pd.DataFrame:
    """Return all firm-years of one sample, those that export (EDU = 1) and the others.

    A firm that appeals adopts earlier, so digitization is correlated with its fixed effect;
    effects are the same for all firms. The taste for exporting is new each year and enters
    quality, so exporters are a selected sample.
    """
    demand_shifter, size, trait = rng.normal(size=(3, firms, 1))
    shape = (firms, YEARS)
    province, industry = rng.integers(PROVINCES, size=firms), rng.integers(INDUSTRIES, size=firms)
    cells = rng.normal(size=(2, PROVINCES, INDUSTRIES, YEARS))[:, province, industry]
    start = rng.integers(1, 12, size=(firms, 1)) - np.rint(2 * demand_shifter)
    level = rng.integers(1, 4, size=(firms, 1)) * np.log(2)
    lndig = level * (np.arange(YEARS) >= start)
    lnsca = size + 0.2 * lndig + lasting(rng, np.ones(shape))
    scale = np.exp(0.4 * trait) * (1 + 0.3 * lndig)
    flex = BETA0 * lndig + 0.3 * lnsca + demand_shifter + cells[0] + lasting(rng, scale)
    taste, clearance = rng.normal(size=(2, *shape))
    error = COVARIANCE * taste + lasting(rng, 0.7 * scale)
    quality = DIRECT * lndig + MU1 * flex + 0.2 * lnsca + demand_shifter + cells[1] + error
    exports = 0.3 + 0.4 * lndig + 0.3 * lnsca - 0.8 * clearance + taste > 0
    firm, year = (part.ravel() for part in np.indices(shape))
    columns = {"lndig": lndig, "lnsca": lnsca, "flex": flex, "QSY": quality}
    columns |= {"clearance": clearance, "EDU": exports.astype(float)}
    return pd.DataFrame(
        {"firm": firm, "year": year, "row": np.arange(firm.size)}
        | {"province": province[firm], "industry": industry[firm]}
        | {name: values.ravel() for name, values in columns.items()}
    )


def sample(number: int) -> list[Estimate]:
    """Return every interval of one sample; the same number, the same sample."""
    rng = np.random.default_rng([SEED, number])
    everyone = world(rng)
    exporters = everyone[everyone["EDU"] == 1]
    return [*_benchmark(everyone), *_mediation(everyone, rng), *_heckman(everyone, exporters)]


def samples(numbers: range, workers: int = 2) -> pd.DataFrame:
    """Return the intervals of all samples of ``numbers``, in their order."""
    with ProcessPoolExecutor(workers) as pool:
        found = list(pool.map(sample, numbers, chunksize=10))
    rows = [(number, *one) for number, many in zip(numbers, found, strict=True) for one in many]
    return pd.DataFrame(rows, columns=["sample", *Estimate._fields])


def summarise(intervals: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each method: bias, error and coverage, in percent."""
    covers = (intervals["low"] <= intervals["truth"]) & (intervals["truth"] <= intervals["high"])
    keys = list(Estimate._fields[:5])
    grouped = intervals.assign(covers=covers).groupby(keys, sort=False)
    table = grouped.agg(
        samples=("estimate", "size"),
        mean=("estimate", "mean"),
        spread=("estimate", "std"),
        error=("std_error", "mean"),
        coverage=("covers", "mean"),
    ).reset_index()
    chance = (table["coverage"] * (1 - table["coverage"]) / table["samples"]) ** 0.5
    return table[keys].assign(
        samples=table["samples"],
        bias_pct_of_spread=100 * (table["mean"] - table["truth"]) / table["spread"],
        error_pct_of_spread=100 * table["error"] / table["spread"],
        coverage_pct=100 * table["coverage"],
        simulation_error_pct=100 * chance,
    )


def measure() -> pd.DataFrame:
    """Simulate ``SAMPLES`` samples and say how often intervals cover."""
    return summarise(samples(range(SAMPLES)))


def first_samples() -> pd.DataFrame:
    """Return the first ``STORED`` samples, estimates and errors in percent of the truth."""
    found = samples(range(STORED))
    ends = ["estimate", "std_error", "low", "high"]
    return found[["sample", *Estimate._fields[:3]]].join(
        100 * found[ends].div(found["truth"], axis=0)
    )


def _benchmark(everyone: pd.DataFrame) -> Iterator[Estimate]:
    for spec, errors, valid in ((BENCHMARK, "by firm", True), (BY_ROW, "each row alone", False)):
        found = estimate(spec, everyone).coefficients.iloc[0]
        ends = found[["estimate", "std_error", "low", "high"]]
        yield Estimate("benchmark", "lndig", errors, valid, TOTAL, *ends)


def _mediation(everyone: pd.DataFrame, rng: np.random.Generator) -> Iterator[Estimate]:
    found = mediate(MEDIATOR, OUTCOME, everyone)
    reach = t.ppf(0.975, found.fit.clusters - 1)
    for path, truth in {"beta0": BETA0, "mu1": MU1, "direct": DIRECT}.items():
        middle, error = found.estimates[path], found.std_errors[path]
        ends = (middle, error, middle - reach * error, middle + reach * error)
        yield Estimate("mediation", path, "by firm", True, truth, *ends)
    for row in effect_tests(found, rng, 999).itertuples():
        ends = (row.estimate, row.std_error, row.low, row.high)
        yield Estimate("mediation", "ME", row.method, True, BETA0 * MU1, *ends)


def _heckman(everyone: pd.DataFrame, exporters: pd.DataFrame) -> Iterator[Estimate]:
    both = heckman(everyone, exporters, CHOICE, CORRECTED)
    for fit, errors, valid in ((both.second, "corrected", True), (both.naive, "naive", False)):
        found = fit.coefficients.set_index("term")
        for term, truth in {"lndig": TOTAL, "IMR": COVARIANCE}.items():
            ends = found.loc[term, ["estimate", "std_error", "low", "high"]]
            yield Estimate("Heckman", term, errors, valid, truth, *ends)
