"""What the choice to digitise does to a regression of quality on digitization.

Firms draw costs of output (Pareto) and costs of digitization (log-normal, independent), choose
how much to digitise, and report quality with an error.
The causal effect is known firm by firm, so each regression can be held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.theory.adoption import choose
from tradedig_book.theory.industry import Choice
from tradedig_book.theory.parameter_fields import ParameterError

_LOGS = ["ln_dig", "ln_quality", "ln_K", "ln_lead"]


@dataclass(frozen=True)
class Design:
    """How a sample of firms is drawn.

    Attributes
    ----------
    firms : number of firms in the first year, at least 10
    k : shape of the Pareto distribution of costs, > 0
    spread : standard deviation of the log cost of digitization, ≥ 0
    noise : standard deviation of the error in log quality, ≥ 0
    growth : standard deviation of the change in log cost c between the two years, ≥ 0
    learning : standard deviation of the change in the log cost of digitization, ≥ 0
    tightening : the cutoff in the second year relative to the first, in (0, 1]
    """

    firms: int = 5000
    k: float = 2.0
    spread: float = 1.0
    noise: float = 0.3
    growth: float = 0.0
    learning: float = 1.0
    tightening: float = 1.0

    def __post_init__(self) -> None:
        """Check every field."""
        if isinstance(self.firms, bool) or not isinstance(self.firms, int) or self.firms < 10:
            raise ParameterError(f"firms = {self.firms!r}; it needs a whole number of at least 10")
        limits = {"k": (0, np.inf, True), "tightening": (0, 1, True)}
        for name in ("k", "spread", "noise", "growth", "learning", "tightening"):
            low, high, strict = limits.get(name, (0, np.inf, False))
            value = getattr(self, name)
            number = isinstance(value, int | float) and np.isfinite(value)
            if not number or value > high or (value <= low if strict else value < low):
                sign = "<" if strict else "≤"
                upper = "" if np.isinf(high) else f" ≤ {high:g}"
                raise ParameterError(f"{name} = {value!r}; it needs {low:g} {sign} {name}{upper}")


def seller_costs(
    generator: np.random.Generator, firms: int, k: float, c_D: float
) -> NDArray[np.float64]:
    """Draw costs of sellers, distribution (c/c_D)^k on (0, c_D)."""
    return c_D * (1 - generator.random(firms)) ** (1 / k)


def simulate_panel(
    choice: Choice, design: Design, generator: np.random.Generator
) -> tuple[pd.DataFrame, int]:
    """Simulate firms over two years.

    Parameters
    ----------
    choice : Choice
        Scalars; ``c`` is replaced by the draws, ``mu`` is the median cost of digitization.
    design : Design
    generator : numpy Generator

    Returns
    -------
    DataFrame
        One row for each firm and year: ``firm``, ``year`` (0, 1), ``cost``, ``lead``, ``dig``,
        ``ln_cost``, ``ln_lead``, ``ln_dig`` (of 1 + dig, as the paper's index starts at 1),
        ``ln_K``, ``ln_quality`` (with error) and ``effect``, the firm's own
        ∂ ln λ*/∂ ln(1 + dig) at its lead.
    int
        Firms dropped because they do not sell in both years.
    """
    number = design.firms
    first = seller_costs(generator, number, design.k, float(choice.c_D))
    growth, spread, learning = generator.standard_normal((3, number))
    second = first * np.exp(design.growth * growth)
    mu = float(choice.mu) * np.exp(design.spread * spread)
    errors = design.noise * generator.standard_normal((2, number))
    stays = (first < float(choice.c_D)) & (second < float(choice.c_D) * design.tightening)
    years = [
        (first, mu, float(choice.c_D)),
        (second, mu * np.exp(design.learning * learning), float(choice.c_D) * design.tightening),
    ]
    frames = [
        _year(year, replace(choice, c=c[stays], mu=m[stays], c_D=c_D), errors[year][stays])
        for year, (c, m, c_D) in enumerate(years)
    ]
    return pd.concat(frames, ignore_index=True), int(np.count_nonzero(~stays))


def _year(year: int, choice: Choice, error: NDArray[np.float64]) -> pd.DataFrame:
    chosen = choose(choice)
    cost, lead = np.asarray(choice.c), np.asarray(choice.c_D) - np.asarray(choice.c)
    return pd.DataFrame(
        {
            "firm": np.arange(cost.size),
            "year": year,
            "cost": cost,
            "lead": lead,
            "dig": chosen.dig,
            "ln_cost": np.log(cost),
            "ln_lead": np.log(lead),
            "ln_dig": np.log1p(chosen.dig),
            "ln_K": np.log(chosen.quality / lead),
            "ln_quality": np.log(chosen.quality) + error,
            "effect": chosen.effect,
        }
    )


def least_squares_slope(
    frame: pd.DataFrame, outcome: str = "ln_quality", controls: Sequence[str] = ()
) -> tuple[float, float]:
    """Regress ``outcome`` on ``ln_dig`` and ``controls`` by least squares.

    Returns
    -------
    tuple of float
        The coefficient of ``ln_dig`` and its heteroskedasticity-robust standard error (HC1).
    """
    right = np.column_stack([frame["ln_dig"], np.ones(len(frame)), frame[list(controls)]])
    left = frame[outcome].to_numpy()
    inverse = np.linalg.inv(right.T @ right)
    coefficients = inverse @ right.T @ left
    scores = right * (left - right @ coefficients)[:, None]
    correction = len(frame) / (len(frame) - right.shape[1])
    variance = correction * inverse @ scores.T @ scores @ inverse
    return float(coefficients[0]), float(np.sqrt(variance[0, 0]))


def decompose(frame: pd.DataFrame, controls: Sequence[str] = ()) -> dict[str, float]:
    """Split the slope of log quality exactly: ln λ* = ln K + ln ΔC, and least squares is linear.

    Returns
    -------
    dict
        ``slope`` and its ``error``; ``upgrading``, the slope of ln K, which is what ψ does;
        ``lead``, the slope of ln ΔC, which is selection; ``effect``, the mean causal effect;
        ``firms``. What is left of the slope is error in measured quality.
    """
    found, error = least_squares_slope(frame, "ln_quality", controls)
    return {
        "slope": found,
        "error": error,
        "upgrading": least_squares_slope(frame, "ln_K", controls)[0],
        "lead": least_squares_slope(frame, "ln_lead", controls)[0],
        "effect": float(frame["effect"].mean()),
        "firms": len(frame),
    }


def changes(panel: pd.DataFrame) -> pd.DataFrame:
    """Difference the two years firm by firm.

    A regression of changes on changes with a constant is the regression in levels with firm
    and year effects.
    """
    early, late = (panel[panel["year"] == year].set_index("firm") for year in (0, 1))
    names = [*_LOGS, "ln_cost"]
    return (late[names] - early[names]).assign(effect=(late["effect"] + early["effect"]) / 2)


def within_groups(frame: pd.DataFrame, column: str, groups: int = 100) -> pd.DataFrame:
    """Subtract from every log its mean among firms alike in ``column``, in equal groups."""
    alike = pd.qcut(frame[column], groups, labels=False)
    means = frame.groupby(alike)[_LOGS].transform("mean")
    return frame.assign(**{name: frame[name] - means[name] for name in _LOGS})


def cross_section(frame: pd.DataFrame) -> pd.DataFrame:
    """Regress log quality on ln(1 + dig), and see what each control takes out.

    Returns
    -------
    DataFrame
        ``regression`` and the columns of :func:`decompose`.
    """
    estimates = {
        "no control": decompose(frame),
        "control for productivity, ln c": decompose(frame, ["ln_cost"]),
        "control for the lead, ln ΔC": decompose(frame, ["ln_lead"]),
        "among firms of equal lead": decompose(within_groups(frame, "lead")),
    }
    return pd.DataFrame({"regression": list(estimates)}).join(
        pd.DataFrame(list(estimates.values())).round(10)
    )


SCENARIOS = {
    "only the cost of digitization changes": Design(),
    "productivity changes, too": Design(growth=0.1),
    "the market gets tougher": Design(tightening=0.9),
}


def fixed_effects(choice: Choice, seed: int) -> pd.DataFrame:
    """Regress with firm and year effects in each of ``SCENARIOS``, every one from ``seed``.

    Returns
    -------
    DataFrame
        As :func:`cross_section`, with ``dropped``: firms that do not sell in both years.
    """
    rows = []
    for name, design in SCENARIOS.items():
        panel, gone = simulate_panel(choice, design, np.random.default_rng(seed))
        rows.append({"regression": name, **decompose(changes(panel)), "dropped": gone})
    return pd.DataFrame(rows).round(10)
