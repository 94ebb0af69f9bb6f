"""Total factor productivity by Olley and Pakes (1996), with and without exit correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import require_columns, require_key, require_present
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.productivity.sample import (
    AMOUNTS,
    KEY,
    PRODUCTION,
    Floats,
    Sample,
    olley_pakes_sample,
    positive,
)
from tradedig_helpers.measure.productivity.stages import (
    CAPITAL_BOUNDS,
    first_stage,
    second_stage,
    survival_probability,
)

DEGREES = range(1, 5)


@dataclass(frozen=True, slots=True)
class Options:
    """What the econometrician chose; each choice can move the capital elasticity."""

    degree: int
    exit_correction: bool
    effects: tuple[str, ...]
    bootstrap: int


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
    labour, capital : elasticities of value added
    labour_error, capital_error : standard errors by a bootstrap of firms; NaN without one
    survival : the probit behind the exit correction; None without correction
    ledger : rule by rule, the firm-years that each stage leaves out
    options : what was chosen
    """

    frame: pd.DataFrame
    labour: float
    capital: float
    labour_error: float
    capital_error: float
    survival: Survival | None
    ledger: Ledger
    options: Options


def olley_pakes(
    firms: pd.DataFrame,
    *,
    degree: int = 3,
    exit_correction: bool = True,
    effects: Sequence[str] = ("year",),
    bootstrap: int = 0,
    rng: np.random.Generator | None = None,
) -> Productivity:
    """Return ln TFP = y - b_l l - b_k k, with elasticities by Olley and Pakes (1996).

    Stage 1 regresses y on l, a polynomial in (i, k) and ``effects``, which gives b_l and
    φ(i, k) = b_k k + ω. A probit of survival on the same polynomial gives P. Stage 2 finds
    the b_k for which y - b_l l - b_k k is best explained by ``effects`` and a polynomial in
    φ' - b_k k' and P', where a prime marks the year before.

    Parameters
    ----------
    firms : DataFrame
        One row for each ``firm`` and ``year``, of all firms and not of exporters alone, with
        ``employees`` (persons), ``fixed_assets``, ``investment`` and ``value_added`` (in one
        unit of money). A firm exits after its last row if the data hold the next year.
    degree : int
        Degree of all polynomials, 1 to 4.
    exit_correction : bool
        Whether P enters stage 2.
    effects : sequence of str
        Columns whose joint cells have an intercept of their own in both stages; if ``year``
        is one of them, the probit has year dummies.
    bootstrap : int
        How often firms are resampled for standard errors; 0 for none, else with ``rng``.

    Raises
    ------
    TypeError, ValueError
        On bad columns, keys, numbers or options; if a stage has too few rows or too little
        variation; if no firm exits and exit is to be corrected for; or if stage 2 fits best
        at a bound of b_k.

    Notes
    -----
    A firm-year has an ``lntfp`` if value added and both inputs are positive. It informs the
    estimation if investment is positive too, because only then does it reveal ω.

    φ' - b_k k' and P' are functions of the same two numbers that set k, so it is the low
    degree that identifies b_k when exit is corrected for. With a few hundred firms it is
    erratic: ask for the bootstrap.
    """
    options = Options(degree, exit_correction, tuple(effects), bootstrap)
    _check(firms, options, rng)
    sample, ledger = olley_pakes_sample(firms, options.degree, options.effects)
    if exit_correction and not (sample.stays == 0).any():
        raise ValueError("no firm exits before the last year; use exit_correction=False")
    labour, capital, survival = _estimate(sample, np.ones(len(sample.y)), options)
    _check_bounds(capital)
    errors = _bootstrap(sample, options, rng)
    frame = _log_productivity(firms, labour, capital)
    return Productivity(frame, labour, capital, *errors, survival, ledger, options)


def _log_productivity(firms: pd.DataFrame, labour: float, capital: float) -> pd.DataFrame:
    """Return y - b_l l - b_k k of the firm-years where all three exist."""
    made = firms[positive(firms, PRODUCTION)]
    employees, fixed_assets, value_added = (np.log(made[name].astype(float)) for name in PRODUCTION)
    tfp = value_added - labour * employees - capital * fixed_assets
    return made[KEY].assign(lntfp=tfp).reset_index(drop=True)


def _estimate(
    sample: Sample, weight: Floats, options: Options
) -> tuple[float, float, Survival | None]:
    """Return both elasticities and, if exit is corrected for, what the probit found."""
    labour, phi = first_stage(sample, weight)
    probability, survival = None, None
    if options.exit_correction:
        probability = survival_probability(sample, weight)
        known = probability[sample.stays >= 0]
        spread = float(known.min()), float(known.mean()), float(known.max())
        survival = Survival(len(known), int((sample.stays == 0).sum()), *spread)
    capital = second_stage(sample, labour, phi, probability, options.degree, weight)
    return labour, capital, survival


def _bootstrap(
    sample: Sample, options: Options, rng: np.random.Generator | None
) -> tuple[float, float]:
    """Return the standard deviations of both elasticities over resamples of whole firms."""
    if rng is None or options.bootstrap == 0:
        return float("nan"), float("nan")
    firms = int(sample.firm.max()) + 1
    draws = []
    for _ in range(options.bootstrap):
        times = np.bincount(rng.integers(firms, size=firms), minlength=firms)
        draws.append(_estimate(sample, times[sample.firm].astype(float), options)[:2])
    labour, capital = np.std(draws, axis=0, ddof=1)
    return float(labour), float(capital)


def _check(firms: pd.DataFrame, options: Options, rng: np.random.Generator | None) -> None:
    """Raise unless the accounts have their columns, one row per key, and the options make sense."""
    if options.degree not in DEGREES:
        raise ValueError(f"degree = {options.degree!r}; choose one of {list(DEGREES)}")
    if options.bootstrap not in (0, *range(2, 100_001)) or (options.bootstrap and rng is None):
        raise ValueError(
            f"bootstrap = {options.bootstrap!r}; give 0, or at least 2 and a generator in rng"
        )
    if "firm" in options.effects:
        raise ValueError(
            "effects has firm; a fixed effect besides ω would be a second unobserved trait, "
            "which investment cannot reveal; leave it out"
        )
    require_columns(firms, [*KEY, *AMOUNTS, *options.effects], "firms")
    require_key(firms, KEY, "firms")
    require_present(firms, options.effects, "firms")
    if not pd.api.types.is_integer_dtype(firms["year"]):
        raise TypeError(f"firms.year has type {firms['year'].dtype}; convert it to whole numbers")
    for column in AMOUNTS:
        _check_amounts(firms[column])


def _check_amounts(amounts: pd.Series) -> None:
    """Raise unless amounts are numeric and finite; missing ones are counted elsewhere."""
    if not pd.api.types.is_numeric_dtype(amounts) or pd.api.types.is_bool_dtype(amounts):
        raise TypeError(f"firms.{amounts.name} has type {amounts.dtype}; convert it to numbers")
    if infinite := int(np.isinf(amounts.astype(float)).sum()):
        raise ValueError(
            f"firms.{amounts.name} is infinite in {infinite} of {len(amounts)} rows; "
            "repair them or set them to missing"
        )


def _check_bounds(capital: float) -> None:
    """Raise if the search for b_k ended at a bound."""
    low, high = CAPITAL_BOUNDS
    if min(capital - low, high - capital) < 1e-3:
        raise ValueError(
            f"the capital elasticity is driven to {capital:.3f}, a bound of {low:g} to {high:g}; "
            "see whether fixed_assets and investment are those of the firm and year, and "
            "whether there are enough firms"
        )
