"""A specification curve where the truth is known: which choices are right, and what chance does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.truth.truth import with_true_quality
from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.fit import NORMAL_95
from tradedig_helpers.estimation.influence import influence, standard_errors
from tradedig_helpers.estimation.specification_curve import CHOICES, declare
from tradedig_helpers.frames.options import require_generator, require_whole
from tradedig_helpers.frames.plain import plain

FIXED = {"quality": "QSY", "index": "lndig", "period": "2002–2015"}
"""What is not varied where the truth is asked: no other index is in units of the truth."""


def selection_bias(panel: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Regress the quality that firms would have without digitization on digitization.

    Log quality less the known effect of ``lndig`` does not depend on ``lndig``, so a right
    specification finds zero, but for chance.

    Parameters
    ----------
    panel : ``firm``, ``year``, ``lndig``, the controls and what the effects need
    truth : ``firm``, ``year``, ``quality`` (λ*), ``direct`` and ``mediated`` (log points of
        quality per log point of ``dig``, missing without a technology)

    Returns
    -------
    DataFrame
        For each option of ``effects`` and ``controls``: ``answer``, the true effect as this
        regression weights firms (log points per log point); ``bias`` and its ``std_error``;
        ``z``; ``n`` and ``clusters``. All on the same rows, those with every control.

    Raises
    ------
    TypeError, ValueError
        As :func:`~tradedig_book.truth.truth.with_true_quality`; naming the specification,
        if one cannot be estimated.
    """
    joined = with_true_quality(panel, truth)
    answer = (joined["direct"] + joined["mediated"]).fillna(0.0) * joined["lndig"]
    joined = joined.assign(answer=answer, without=joined["log_quality"] - answer)
    rows = []
    for effects in CHOICES["effects"]:
        spec = declare(FIXED | {"effects": effects, "controls": "all of Table 2"}, 1)
        both = replace(spec, outcome="without", regressors=("answer", *spec.regressors))
        within = demean_all([both], joined)
        for controls in CHOICES["controls"]:
            terms = ("lndig", *CHOICES["controls"][controls])  # type: ignore[misc]
            found = influence(within, "without", terms)
            bias, error = (
                float(found.estimate["lndig"]),
                float(standard_errors(found.by_cluster)["lndig"]),
            )
            rows.append(
                {
                    "effects": effects,
                    "controls": controls,
                    "answer": float(influence(within, "answer", terms).estimate["lndig"]),
                    "bias": bias,
                    "std_error": error,
                    "z": bias / error,
                    "n": len(within.rows),
                    "clusters": len(found.by_cluster),
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class JointTest:
    """Many specifications of one effect, and what they would all find if there were none.

    Attributes
    ----------
    curve : one row per specification: its choices, ``estimate``, ``std_error`` and ``z``
    null : z of every specification if the effect were zero, shape (draws, specifications);
        a draw is the same chance for all of them
    """

    curve: pd.DataFrame
    null: NDArray[np.float64]

    @property
    def significant(self) -> int:
        """How many specifications find a positive effect at 5%, two-sided."""
        return int((self.curve["z"] > NORMAL_95).sum())

    @property
    def by_chance(self) -> NDArray[np.int64]:
        """How many would do so if there were no effect, for each draw."""
        return np.asarray((self.null > NORMAL_95).sum(axis=1), dtype=np.int64)

    @property
    def p(self) -> float:
        """Share of draws with at least as many; the sample counts as a draw."""
        return _share(self.by_chance >= self.significant)

    @property
    def p_average(self) -> float:
        """The same for the size of the average z, which uses specifications that miss 5% too."""
        return _share(np.abs(self.null.mean(axis=1)) >= abs(float(self.curve["z"].mean())))


def joint_test(panel: pd.DataFrame, rng: np.random.Generator, draws: int = 1_999) -> JointTest:
    """Ask how many specifications chance alone would make significant, all at once.

    Controls, effects and periods vary; quality is QSY and the index ``lndig``. An estimate is
    off by the sum of what firms add to it. Signs drawn for firms, the same in every
    specification, make new sums with the same errors and the same correlations, but without
    an effect.

    Parameters
    ----------
    panel : as :func:`~tradedig_helpers.measure.panel.firm_panel` returns it
    rng : chooses the signs
    draws : how often

    Raises
    ------
    TypeError
        If the panel is no pandas DataFrame, or ``rng`` no generator.
    ValueError
        If ``draws`` is no whole number of at least 1; naming the specification, if one cannot
        be estimated.
    """
    require_generator(rng)
    require_whole(1, draws=draws)
    panel = plain(panel, "panel")
    rows: list[dict[str, object]] = []
    parts: list[pd.Series] = []
    for effects, period in product(CHOICES["effects"], CHOICES["period"]):
        choice = FIXED | {"effects": effects, "period": period, "controls": "all of Table 2"}
        within = demean_all([declare(choice, 1)], panel)
        for controls in CHOICES["controls"]:
            terms = ("lndig", *CHOICES["controls"][controls])  # type: ignore[misc]
            found = influence(within, "QSY", terms)
            rows.append(
                {
                    "controls": controls,
                    "effects": effects,
                    "period": period,
                    "estimate": float(found.estimate["lndig"]),
                    "std_error": float(standard_errors(found.by_cluster)["lndig"]),
                }
            )
            parts.append(found.by_cluster["lndig"].rename(len(parts)))
    curve = pd.DataFrame(rows).assign(z=lambda one: one["estimate"] / one["std_error"])
    adds = pd.concat(parts, axis=1).fillna(0.0).to_numpy()
    signs = rng.choice([-1.0, 1.0], size=(draws, len(adds)))
    return JointTest(curve, signs @ adds / curve["std_error"].to_numpy())


def _share(as_far: NDArray[np.bool_]) -> float:
    return float((1 + as_far.sum()) / (1 + len(as_far)))
