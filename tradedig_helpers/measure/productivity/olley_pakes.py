"""Total factor productivity by Olley and Pakes (1996), with and without exit correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
import pandas as pd

from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_names, require_option, require_whole
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.measure.productivity.sample import (
    AccountColumns,
    ProductionSample,
    olley_pakes_sample,
)
from tradedig_helpers.measure.productivity.stages import (
    CAPITAL_BOUNDS,
    Criterion,
    first_stage,
    second_stage,
    survival_probability,
)
from tradedig_helpers.schema.checks import Needs, require_each

DEGREES = range(1, 5)


@dataclass(frozen=True, slots=True)
class Options:
    """What the econometrician chose; each choice can move the capital elasticity."""

    columns: AccountColumns = AccountColumns()
    degree: int = 3
    markov_degree: int = 3
    criterion: Criterion = "least squares"
    exit_correction: bool = True
    effects: tuple[str, ...] = ("year",)
    bootstrap: int = 0


@dataclass(frozen=True, slots=True)
class Survival:
    """What the probit of survival found.

    Attributes
    ----------
    firm_years, exits : firm-years of which the data hold the next year, and those after
        which the firm is never seen again
    lowest, mean, highest : fitted probabilities to survive
    """

    firm_years: int
    exits: int
    lowest: float
    mean: float
    highest: float


@dataclass(frozen=True, slots=True)
class Productivity:
    """Productivity of firm-years and the elasticities behind it.

    Attributes
    ----------
    frame : ``firm``, ``year``, ``lntfp``, in the order of the accounts
    coefficients : one row per ``input``, labour of every kind and then capital: its
        ``elasticity`` of output, and its ``std_error`` by a bootstrap of firms; NaN without one
    survival : the probit behind the exit correction; None without correction
    ledger : rule by rule, the firm-years that each stage leaves out, and the resamples that
        could not be estimated
    options : what was chosen
    """

    frame: pd.DataFrame
    coefficients: pd.DataFrame
    survival: Survival | None
    ledger: Ledger
    options: Options

    @property
    def labour(self) -> float:
        """The elasticity of the only kind of labour."""
        return self._labour("elasticity")

    @property
    def labour_error(self) -> float:
        """The standard error of the elasticity of the only kind of labour."""
        return self._labour("std_error")

    @property
    def capital(self) -> float:
        """The elasticity of capital."""
        return float(self.coefficients["elasticity"].iloc[-1])

    @property
    def capital_error(self) -> float:
        """The standard error of the elasticity of capital."""
        return float(self.coefficients["std_error"].iloc[-1])

    def _labour(self, column: str) -> float:
        kinds = list(self.options.columns.labour)
        if len(kinds) > 1:
            raise ValueError(f"labour has {len(kinds)} kinds, {kinds}; see coefficients")
        return float(self.coefficients[column].iloc[0])


@own_names
def olley_pakes(
    firms: pd.DataFrame,
    *,
    output: str = "value_added",
    labour: Sequence[str] = ("employees",),
    capital: str = "fixed_assets",
    investment: str = "investment",
    logs: bool = False,
    degree: int = 3,
    markov_degree: int | None = None,
    criterion: Criterion = "least squares",
    exit_correction: bool = True,
    effects: Sequence[str] = ("year",),
    bootstrap: int = 0,
    rng: np.random.Generator | None = None,
    firm: str = "firm",
    year: str = "year",
) -> Productivity:
    """Return ln TFP = y - b_l l - b_k k, with elasticities by Olley and Pakes (1996).

    Stage 1 regresses y on l, a polynomial in (i, k) and ``effects``, which gives b_l and
    φ(i, k) = b_k k + ω. A probit of survival on the same polynomial gives P. Stage 2 finds
    the b_k for which y - b_l l - b_k k is best explained by ``effects`` and a polynomial in
    φ' - b_k k' and P', where a prime marks the year before.

    Parameters
    ----------
    firms : one row for each ``firm`` and ``year``, of all firms and not of exporters alone,
        with the four kinds of columns below; a firm exits after its last row if the data hold
        the next year
    output, capital, investment : columns of value added, fixed assets and investment, in one
        unit of money
    labour : columns of labour (persons), such as skilled and unskilled; each has an elasticity
    logs : whether these columns hold logarithms; a missing one is what zero is in levels
    degree : of the polynomial in (i, k), of stage 1 and of the probit, 1 to 4
    markov_degree : of the polynomial in φ' - b_k k' and P', 1 to 4; ``degree`` by default
    criterion : what the b_k of stage 2 makes smallest; see the notes
    exit_correction : whether P enters stage 2
    effects : columns whose joint cells have an intercept of their own in both stages; if
        ``year`` is one of them, the probit has year dummies
    bootstrap : how often firms are resampled for standard errors; 0 for none, else with ``rng``
    firm, year : names of the firm and the year in ``firms``, and in the frame of the answer;
        among ``effects``, ``year`` is the year whatever its name

    Raises
    ------
    TypeError, ValueError
        On bad columns, keys, years, numbers or options; if a stage has too few rows; if
        labour, investment or capital does not vary within the cells of the effects, or they
        do not vary independently of one another; if no firm exits and exit is to be corrected
        for; or if stage 2 fits best at a bound of b_k.

    Notes
    -----
    A firm-year has an ``lntfp`` if output and all inputs are positive. It informs the
    estimation if investment is positive too, because only then does it reveal ω.

    φ' - b_k k' and P' are functions of the same two numbers that set k, so it is the low
    degree that identifies b_k when exit is corrected for. With a few hundred firms it is
    erratic: ask for the bootstrap.

    By "least squares", the textbook's criterion, stage 2 is nonlinear least squares: b_k and
    the polynomial g are those that explain y - b_l l - b_k k best. The Stata command
    ``prodest`` (Rovigatti and Mollisi 2018) chooses g otherwise at every b_k, as what explains
    φ - b_k k best, and then sums the squares of y - b_l l - b_k k - g. If the residual of stage 1
    has nothing to do with the year before, both have the same limit.

    Examples
    --------
    >>> found = olley_pakes(open_folder("data_sample").firms)
    >>> found.coefficients[["input", "elasticity"]].round(2)
              input  elasticity
    0     employees        0.60
    1  fixed_assets        0.35
    >>> found.frame.head(2).round(2)
       firm  year  lntfp
    0     1  2002   3.17
    1     1  2003   2.79
    """
    own = OwnNames(firm, year)
    firms = own.taken(firms, "firms")
    columns = AccountColumns(output, require_names(labour, "labour"), capital, investment, logs)
    options = Options(
        columns=columns,
        degree=degree,
        markov_degree=degree if markov_degree is None else markov_degree,
        criterion=criterion,
        exit_correction=exit_correction,
        effects=own.to_paper(require_names(effects, "effects", empty=True)),
        bootstrap=bootstrap,
    )
    _check_options(options, rng)
    accounts = plain(firms, "firms")
    require_each(accounts, "firms", amounts_needed(options), Needs(key=FIRM_YEAR))
    found = compute_productivity(accounts, options, rng)
    return replace(found, frame=own.given_back(found.frame))


def compute_productivity(
    firms: pd.DataFrame, options: Options, rng: np.random.Generator | None = None
) -> Productivity:
    """Return what :func:`olley_pakes` does, of accounts that are known to be good."""
    firms, columns = firms.astype({"year": "int64"}), options.columns
    sample, ledger = olley_pakes_sample(
        firms, options.degree, options.effects, columns, options.markov_degree
    )
    if options.exit_correction and not (sample.stays == 0).any():
        raise ValueError("no firm exits before the last year; use exit_correction=False")
    elasticities, survival = _estimate(sample, np.ones(len(sample.y)), options)
    _check_bounds(elasticities[-1], columns)
    errors, resamples = _bootstrap(sample, options, rng)
    coefficients = pd.DataFrame(
        {"input": columns.inputs, "elasticity": elasticities, "std_error": errors}
    )
    frame = _log_productivity(firms, elasticities, columns)
    return Productivity(frame, coefficients, survival, ledger.then(resamples), options)


def _log_productivity(
    firms: pd.DataFrame, elasticities: Floats, columns: AccountColumns
) -> pd.DataFrame:
    """Return y - b_l l - b_k k of the firm-years where all three exist."""
    made = firms[columns.there(firms, columns.production)]
    tfp = columns.log(made, columns.output)
    for elasticity, name in zip(elasticities, columns.inputs, strict=True):
        tfp = tfp - elasticity * columns.log(made, name)
    return made[FIRM_YEAR].assign(lntfp=tfp).reset_index(drop=True)


def _estimate(
    sample: ProductionSample, weight: Floats, options: Options
) -> tuple[Floats, Survival | None]:
    """Return the elasticities (L + 1,) and, if exit is corrected for, what the probit found."""
    labour, phi = first_stage(sample, weight)
    probability, survival = None, None
    if options.exit_correction:
        probability = survival_probability(sample, weight)
        known = probability[sample.stays >= 0]
        spread = float(known.min()), float(known.mean()), float(known.max())
        survival = Survival(len(known), int((sample.stays == 0).sum()), *spread)
    capital = second_stage(
        sample, labour, phi, probability, options.markov_degree, weight, options.criterion
    )
    return np.append(labour, capital), survival


def _bootstrap(
    sample: ProductionSample, options: Options, rng: np.random.Generator | None
) -> tuple[Floats, Ledger]:
    """Return the standard deviations of the elasticities over resamples of whole firms.

    The ledger counts the resamples that could not be estimated.

    Raises
    ------
    ValueError
        If fewer than two could.
    """
    if rng is None or options.bootstrap == 0:
        return np.full(sample.labour.shape[1] + 1, np.nan), Ledger()
    firms = int(sample.firm.max()) + 1
    draws, reason = [], ""
    for _ in range(options.bootstrap):
        times = np.bincount(rng.integers(firms, size=firms), minlength=firms)
        try:
            draws.append(_estimate(sample, times[sample.firm].astype(float), options)[0])
        except ValueError as error:
            reason = str(error)
    if len(draws) < 2:
        raise ValueError(
            f"only {len(draws)} of {options.bootstrap} resamples of firms can be estimated, the "
            f"last one not because {reason}"
        )
    ledger = Ledger().record("it can be estimated", "resamples", options.bootstrap, len(draws))
    return np.asarray(np.std(draws, axis=0, ddof=1)), ledger


def _check_options(options: Options, rng: np.random.Generator | None) -> None:
    """Raise unless the options make sense, whatever the accounts."""
    columns = options.columns
    for name, degree in (("degree", options.degree), ("markov_degree", options.markov_degree)):
        whole = isinstance(degree, Integral) and not isinstance(degree, bool)
        if not whole or degree not in DEGREES:
            raise ValueError(f"{name} = {degree!r}; choose one of {list(DEGREES)}")
    require_option(options.criterion, Criterion, "criterion")
    require_whole(0, bootstrap=options.bootstrap)
    seeded = isinstance(rng, np.random.Generator)
    if options.bootstrap not in (0, *range(2, 100_001)) or (options.bootstrap and not seeded):
        raise ValueError(
            f"bootstrap = {options.bootstrap!r}; give 0, or at least 2 and a generator in rng"
        )
    require_names([*FIRM_YEAR, *columns.amounts], "firm, year, labour, capital, output, investment")
    if "firm" in options.effects:
        raise ValueError(
            "effects has firm; a fixed effect besides ω would be a second unobserved trait, "
            "which investment cannot reveal; leave it out"
        )


def amounts_needed(options: Options) -> Needs:
    """Return what accounts must satisfy: firms, effects, years, and numbers where any are there."""
    return Needs(
        present=["firm", *options.effects], years=["year"],
        optional_numbers=options.columns.amounts,
    )  # fmt: skip


def _check_bounds(capital: float, columns: AccountColumns) -> None:
    """Raise if the search for b_k ended at a bound."""
    low, high = CAPITAL_BOUNDS
    if min(capital - low, high - capital) < 1e-3:
        raise ValueError(
            f"the capital elasticity is driven to {capital:.3f}, a bound of {low:g} to {high:g}; "
            f"see whether {columns.capital} and {columns.investment} are those of the firm and "
            "year, and whether there are enough firms"
        )
