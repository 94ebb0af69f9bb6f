"""Selection into exporting: Heckman's two steps, with errors for the estimated Mills ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from scipy.special import log_ndtr

from tradedig_helpers.estimation.demean import far_means, values_of
from tradedig_helpers.estimation.demeaned import Demeaned, demean_all
from tradedig_helpers.estimation.estimability import check_collinearity, small_sample_factor
from tradedig_helpers.estimation.fit import CLUSTERED_ERRORS, Fit, coefficient_table, fit, terms_of
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import (
    EXCLUSION,
    EXPORT_CHOICE,
    FIRM,
    SELECTION_CORRECTED,
    YEAR,
    Specification,
)
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.engine import compute, wrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import own_names
from tradedig_helpers.frames.options import require_kind, require_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.panel import measure_firms
from tradedig_helpers.measure.probit import Step, generalized_residual, newton_steps
from tradedig_helpers.schema.checks import (
    checked,
    require_columns,
    require_key,
    require_present,
    require_same_kind,
)

TWO_STEP = f"{CLUSTERED_ERRORS}; corrected for the estimated Mills ratio"
FLAT, PROBIT_LIMIT = 1e-10, 50
ALONG = 0.01
"""A regressor separates if its part in the last step is this share of the largest."""


@dataclass(frozen=True, slots=True)
class Probit:
    """An estimated probit.

    Attributes
    ----------
    spec : what was estimated
    coefficients : ``term``, ``estimate``, ``std_error``, ``t``, ``p``, ``low``, ``high``, with
        normal critical values; the constant, ``Intercept``, last
    n, rows, missing : observations used, offered, and left out because a variable is missing
    ones : observations with outcome 1
    clusters : number of clusters
    pseudo_r2 : McFadden's, 1 - log likelihood over that of a constant alone
    index : firm, year, ``index`` (η = w'γ̂) and ``IMR`` (φ(η)/Φ(η)) of each row used
    influence : what each cluster adds to γ̂ - γ, one row per cluster
    """

    spec: Specification
    coefficients: pd.DataFrame
    n: int
    rows: int
    missing: int
    ones: int
    clusters: int
    pseudo_r2: float
    index: pd.DataFrame
    influence: pd.DataFrame

    @property
    def key(self) -> list[str]:
        """The columns of ``index`` that hold firm and year."""
        return list(self.index.columns[:2])


@dataclass(frozen=True, slots=True)
class Heckman:
    """Both steps.

    Attributes
    ----------
    first : the probit of exporting
    second : least squares on exporters with ``IMR``; errors that know that it was estimated
    naive : the same, with errors that take it as given
    alone : share of the variance of ``IMR`` that effects and regressors of the second step
        leave: what identifies its coefficient
    """

    first: Probit
    second: Fit
    naive: Fit
    alone: float


def export_choice(
    firms: pd.DataFrame,
    exporting: IntoFrame,
    measured: pd.DataFrame | None = None,
    *,
    firm: str = FIRM,
    year: str = YEAR,
) -> tuple[pd.DataFrame, Ledger]:
    """Return all firm-years with EDU and what may explain it, and a ledger.

    Parameters
    ----------
    firms : accounts, dates of adoption and ``clearance`` of all firm-years; where
        ``clearance`` is missing, a probit leaves the firm-year out and counts it
    exporting : ``firm``, ``year`` of those that export, repeated or not, such as shipments, of
        any supported engine
    measured : digital measures and controls of ``firms``, as :func:`measure_firms` returns
    firm, year : the columns that are the key of all three

    Returns
    -------
    frame : ``firm``, ``year``, ``EDU`` (0 or 1), digital measures, controls, ``clearance``
    ledger : exporting firm-years without accounts are not in the frame

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys, keys of two kinds, measures that lack a firm-year of ``firms``,
        or if no firm-year exports, or all do.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm": [1, 2, 3], "year": 2004, "clearance": [0.4, 0.5, 0.6]})
    >>> measured = pd.DataFrame({"firm": [1, 2, 3], "year": 2004, "lndig": [0.0, 1.1, 0.7]})
    >>> customs = pd.DataFrame({"firm": [2, 2, 4], "year": 2004, "value": [10, 20, 30]})
    >>> choice, ledger = export_choice(firms, customs, measured)
    >>> choice
       firm  year  lndig  clearance  EDU
    0     1  2004    0.0        0.4  0.0
    1     2  2004    1.1        0.5  1.0
    2     3  2004    0.7        0.6  0.0
    >>> print(ledger.in_words)
    'exporter has accounts' holds for 1 of 2 firm-years
    """
    key = list(require_names([firm, year], "firm and year"))
    accounts = plain(firms, "firms")
    checked(accounts, "firms", present=key, optional_numbers=[EXCLUSION])
    require_columns(exporting, key, "exporting")
    require_present(exporting, key, "exporting")
    ships = plain(compute(wrap(exporting, "exporting").select(*key).unique()).to_pandas(), "ships")
    known = plain(
        _measured(accounts, firm=firm, year=year) if measured is None else measured, "measured"
    )
    require_columns(known, key, "measured")
    require_same_kind(accounts, ships, key, "firms", "exporting")
    require_same_kind(accounts, known, key, "firms", "measured")
    frame = known.merge(accounts[[*key, EXCLUSION]], on=key, validate="1:1")
    if lost := len(accounts) - len(frame):
        raise ValueError(
            f"measured lacks {lost} of {len(accounts)} firm-years of firms; measure the same ones"
        )
    frame = frame.merge(ships.assign(EDU=1.0), on=key, how="left").fillna({"EDU": 0.0})
    ones = int(frame["EDU"].sum())
    if ones in (0, len(frame)):
        raise ValueError(
            f"{ones} of {len(frame)} firm-years export, so there is no choice to explain; "
            "firms must hold exporters and others"
        )
    return frame, Ledger().record("exporter has accounts", "firm-years", len(ships), ones)


@own_names
def _measured(accounts: pd.DataFrame, *, firm: str, year: str) -> pd.DataFrame:
    """Return digital measures and controls, which know firm and year by the paper's names."""
    names = {firm: FIRM, year: YEAR}
    idle = [name for name in (FIRM, YEAR) if name not in names and name in accounts]
    measured = measure_firms(accounts.drop(columns=idle).rename(columns=names))
    return measured.rename(columns={paper: own for own, paper in names.items()})


def probit(
    spec: Specification, frame: pd.DataFrame, *, firm: str = FIRM, year: str = YEAR
) -> Probit:
    """Estimate P(outcome = 1) = Φ(w'γ) by maximum likelihood, with errors by cluster.

    Newton's method on a log likelihood that is concave. The covariance is the sandwich with
    the factor of ``CLUSTERED_ERRORS``.

    Parameters
    ----------
    spec : without effects; a probit with firm effects is inconsistent in short panels
    frame : ``firm`` and ``year`` (unique) and the variables of ``spec``
    firm, year : the columns that are its key

    Raises
    ------
    TypeError
        Naming the specification and the column, if a variable is no number.
    ValueError
        Naming the specification: on bad columns, an outcome that is not 0 or 1 or does not
        vary, a regressor without variation of its own, or separation, with the regressors that
        separate.
    """
    if spec.effects:
        raise ValueError(f"{spec.name}: a probit takes no effects; leave {spec.effects} out")
    key = [firm, year]
    frame = _keyed(frame, f"{spec.name}: frame", key)
    sample = sample_of(spec, frame, key)
    used = sample.frame
    outcome = used[spec.outcome].to_numpy(dtype=float)
    _require_both(spec, outcome)
    w = design(used, spec.regressors)
    back = _require_design(spec, w)
    gamma, information = maximise(spec, w, outcome)
    index = w @ gamma
    scores = w * generalized_residual(index, outcome)[:, None]
    influence = cluster_sums(scores, used[spec.cluster]) @ np.linalg.inv(information) @ back.T
    ssc = small_sample_factor(spec, len(used), len(influence), w.shape[1])
    errors = np.sqrt(ssc * np.einsum("ij,ij->j", influence, influence))
    ratio = generalized_residual(index, np.ones(len(index)))
    return Probit(
        spec=spec,
        coefficients=coefficient_table((*spec.regressors, "Intercept"), back @ gamma, errors),
        n=len(used),
        rows=sample.rows,
        missing=sample.missing,
        ones=int(outcome.sum()),
        clusters=len(influence),
        pseudo_r2=_pseudo_r2(index, outcome),
        index=used[key].assign(index=index, IMR=ratio),
        influence=influence,
    )


def _require_both(spec: Specification, outcome: Floats) -> None:
    """Raise ``ValueError`` unless every outcome is 0 or 1, and both occur."""
    ones, zeros = int((outcome == 1).sum()), int((outcome == 0).sum())
    if ones + zeros < len(outcome) or not (ones and zeros):
        raise ValueError(
            f"{spec.name}: {spec.outcome} must be 0 or 1, and both must occur; of {len(outcome)} "
            f"rows {ones} are 1 and {zeros} are 0; repair it, or give rows of both kinds"
        )


def heckman(
    choice: pd.DataFrame,
    panel: pd.DataFrame,
    first: Specification | Probit = EXPORT_CHOICE,
    second: Specification = SELECTION_CORRECTED,
    *,
    firm: str = FIRM,
    year: str = YEAR,
) -> Heckman:
    r"""Estimate Heckman's two steps (1979), with absorbed effects in the second.

    With X̃ the regressors of the second step less their effects, IMR among them with
    coefficient δ, u the residual, and ψ_g the influence of cluster g on γ̂, the cluster's
    influence on the second step is

        (X̃'X̃)⁻¹ [X̃_g'u_g - δ X̃'(∂IMR/∂γ') ψ_g],   ∂IMR/∂γ' = -IMR (IMR + w'γ) w'.

    The covariance sums its squares over all clusters, those that never export included,
    times the factor of the second step (Newey and McFadden 1994; Murphy and Topel 1985
    without clusters).

    Parameters
    ----------
    choice : all firm-years, such as :func:`export_choice` returns
    panel : exporting firm-years; a column ``IMR`` would be replaced
    first, second : both steps, the first perhaps estimated already; ``second`` has ``IMR``
        among its regressors
    firm, year : the columns that are the key of both frames, and of ``first``

    Raises
    ------
    TypeError
        If a frame is no pandas DataFrame, a variable is no number, or ``firm``, ``year`` or the
        cluster is a number in one frame and text in the other.
    ValueError
        Naming the specification and the reason if a step cannot be estimated, ``choice`` is not
        what ``first`` was estimated on, or a row has another cluster in each frame.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> choice = pd.DataFrame({"firm": np.arange(2000) // 4, "year": 2002 + np.arange(2000) % 4})
    >>> choice[["x", "z"]] = rng.normal(size=(2000, 2))
    >>> shock = rng.normal(size=2000)
    >>> choice["EDU"] = (choice["x"] + choice["z"] + shock > 0).astype(float)
    >>> panel = choice.assign(y=0.5 * choice["x"] + shock).query("EDU == 1")
    >>> first = Specification("EDU", ("x", "z"), unit="all firm-years", estimator="probit")
    >>> second = Specification("y", ("x", "IMR"), effects=("year",), estimator="Heckman")
    >>> found = heckman(choice, panel, first, second)
    >>> found.second.coefficients[["term", "estimate", "std_error"]].round(2)
      term  estimate  std_error
    0    x      0.57       0.04
    1  IMR      0.92       0.08
    """
    require_kind(first, (Specification, Probit), "heckman(choice, panel, first, second)")
    require_kind(second, Specification, "heckman(choice, panel, first, second)")
    if "IMR" not in second.regressors:
        raise ValueError(f"{second.name} has no regressor 'IMR'; add it")
    step = first.spec if isinstance(first, Probit) else first
    if step.cluster != second.cluster:
        raise ValueError(f"{second.name}: both steps need the same clusters, as {step.cluster!r}")
    key = [firm, year]
    panel = _keyed(panel, f"{second.name}: panel", key)
    choice = _keyed(choice, f"{step.name}: choice", key)
    require_same_kind(panel, choice, key, "panel", "choice")
    chosen = first if isinstance(first, Probit) else probit(first, choice, firm=firm, year=year)
    require_columns(chosen.index, key, "first.index")
    _require_same_choice(second, chosen, choice)
    _require_same_clusters(second, panel, choice, key)
    require_same_kind(panel, chosen.index, key, "panel", "first.index")
    ratio = chosen.index.drop(columns="index")
    joined = panel.drop(columns="IMR", errors="ignore").merge(ratio, on=key, how="left")
    demeaned = demean_all([second], joined, key)
    naive = fit(second, demeaned)
    errors = _corrected_errors(demeaned, chosen, choice)
    estimates = naive.coefficients["estimate"].to_numpy()
    table = coefficient_table(terms_of(second), estimates, errors, naive.clusters)
    others = [name for name in second.regressors if name != "IMR"]
    rest = demeaned.solve("IMR", others)[1]
    alone = float(rest @ rest / demeaned.spread[demeaned.terms.index("IMR")])
    corrected = replace(naive, coefficients=table, small_sample=TWO_STEP)
    return Heckman(chosen, corrected, naive, alone)


def _require_same_choice(spec: Specification, first: Probit, choice: pd.DataFrame) -> None:
    """Raise ``ValueError`` if ``choice`` lacks a column on which ``first`` was estimated."""
    if absent := [name for name in first.spec.variables if name not in choice]:
        raise ValueError(
            f"{spec.name}: choice lacks the columns {absent}; give the frame on which "
            f"{first.spec.name} was estimated"
        )


def _require_same_clusters(
    spec: Specification, panel: pd.DataFrame, choice: pd.DataFrame, key: list[str]
) -> None:
    """Check that a firm-year is in the same cluster in both frames.

    Raises
    ------
    TypeError, ValueError
        Naming the column, if it is text in one frame only, or another value in some rows.
    """
    name = spec.cluster
    if name in key or name not in panel:
        return
    require_same_kind(panel, choice, [name], "panel", "choice")
    both = panel[[*key, name]].merge(choice[[*key, name]], on=key, suffixes=("", " of choice"))
    ours, theirs = (both[column].astype(object) for column in (name, f"{name} of choice"))
    if odd := int((ours.notna() & theirs.notna() & (ours != theirs)).sum()):
        raise ValueError(
            f"{spec.name}: panel.{name} differs from choice.{name} in {odd} of {len(both)} "
            "firm-years; name the clusters alike in both"
        )


def _keyed(frame: pd.DataFrame, name: str, key: list[str]) -> pd.DataFrame:
    """Return a plain frame whose rows ``key`` identifies.

    Raises
    ------
    TypeError, ValueError
        If it is no pandas DataFrame, lacks a key or repeats one.
    """
    known = plain(frame, name)
    require_columns(known, key, name)
    require_key(known, key, name)
    return known


def cluster_sums(scores: Floats, clusters: pd.Series) -> pd.DataFrame:
    """Return the sum of ``scores`` in each cluster, one row per cluster."""
    codes, names = pd.factorize(clusters.to_numpy(), sort=True)
    sums = {place: np.bincount(codes, weights=column) for place, column in enumerate(scores.T)}
    return pd.DataFrame(sums, index=names)


def design(frame: pd.DataFrame, regressors: Sequence[str]) -> Floats:
    """Return the regressors and a last column of ones, shape (N, regressors + 1)."""
    columns = [values_of(frame, name) for name in regressors]
    return np.stack([*columns, np.ones(len(frame))]).T


def _require_design(spec: Specification, w: Floats) -> Floats:
    """Take means off regressors far from zero, in place; return what moves coefficients back.

    Raises
    ------
    ValueError
        Naming the specification and the regressor that has no variation of its own.
    """
    means = w[:, :-1].mean(axis=0)
    about = w[:, :-1] - means
    gram = about.T @ about
    check_collinearity(spec, spec.regressors, gram, np.diag(gram), len(w))
    shifts = far_means(means, np.diag(gram), len(w))
    if shifts.any():
        w[:, :-1] -= shifts
    back = np.eye(w.shape[1])
    back[-1, :-1] = -shifts
    return back


def maximise(spec: Specification, w: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """Return the maximum of the probit's likelihood and the information there.

    Raises
    ------
    ValueError
        Naming the specification and the regressors that separate, if the likelihood has no
        maximum.
    """
    found, step = _ascend(w, outcome)
    if found:
        return step.slopes, step.information
    # Where there is no maximum, the steps end up going where the likelihood rises for ever.
    reach = np.abs(step.move[:-1]) * w[:, :-1].std(axis=0)
    along = [place for place in range(len(reach)) if reach[place] > ALONG * reach.max()]
    alone = [place for place in along if _ascend(np.delete(w, place, axis=1), outcome)[0]]
    names = [spec.regressors[place] for place in alone or along]
    who, what = (repr(names[0]), "it") if len(names) == 1 else (f"{names} together", "one of them")
    raise ValueError(
        f"{spec.name}: the probit has no maximum; {who} can tell ones from zeros without error, in "
        f"all rows or in some (separation). Take {what} out"
    )


def _ascend(w: Floats, outcome: Floats) -> tuple[bool, Step]:
    """Return whether the probit's likelihood has a maximum, and the last step towards it."""
    scale = np.maximum(w.max(axis=0), -w.min(axis=0))
    for step in islice(newton_steps(w, outcome), PROBIT_LIMIT):
        if np.linalg.cond(step.information / np.outer(scale, scale)) > 1 / FLAT**1.4:
            break
        if np.abs(scale * step.move).max() < FLAT * max(1.0, np.abs(scale * step.slopes).max()):
            return True, step
    return False, step


def _pseudo_r2(index: Floats, outcome: Floats) -> float:
    share = outcome.mean()
    alone = share * np.log(share) + (1 - share) * np.log(1 - share)
    return 1 - float(log_ndtr((2 * outcome - 1) * index).mean() / alone)


def _corrected_errors(demeaned: Demeaned, first: Probit, choice: pd.DataFrame) -> Floats:
    """Return standard errors of the second step that know that IMR is estimated.

    Raises
    ------
    ValueError
        Naming the specification, if ``choice`` is not what ``first`` was estimated on.
    """
    spec, places = demeaned.spec, demeaned.at(demeaned.spec.regressors)
    slopes, residual = demeaned.solve(spec.outcome, spec.regressors)
    by_gamma = _by_gamma(demeaned, slopes, first, choice)
    own, sums = _own_scores(demeaned, residual, first)
    passed = first.influence.to_numpy() @ (demeaned.within @ by_gamma)[places].T
    added = np.linalg.inv(demeaned.gram[np.ix_(places, places)]) @ (own - passed).T
    scores = sums - first.influence.to_numpy() @ by_gamma.sum(axis=0)
    added = demeaned.with_constant(slopes, added, scores)[1]
    ssc = demeaned.ssc(len(places))
    return np.asarray(np.sqrt(ssc * np.einsum("ij,ij->i", added, added)))


def _own_scores(demeaned: Demeaned, residual: Floats, first: Probit) -> tuple[Floats, Floats]:
    """Return scores of the second step, (G, K), and sums of its residuals, (G,).

    They are by the clusters of the first step; those without a row of the second have zeros.

    Raises
    ------
    ValueError
        Naming the specification, if a cluster is not among those of ``first``.
    """
    spec, clusters = demeaned.spec, demeaned.clusters
    if absent := int((~clusters.isin(first.influence.index)).sum()):
        raise ValueError(
            f"{spec.name}: {absent} of {len(clusters)} clusters of {spec.cluster!r} are not among "
            f"those of {first.spec.name}; give the frame on which it was estimated"
        )
    scores = demeaned.cluster_scores(spec.regressors, residual).T
    sums = np.add.reduceat(residual, demeaned.starts)
    both = pd.DataFrame(np.column_stack([scores, sums]), index=clusters)
    found = both.reindex(first.influence.index, fill_value=0.0).to_numpy()
    return found[:, :-1], found[:, -1]


def _by_gamma(demeaned: Demeaned, slopes: Floats, first: Probit, choice: pd.DataFrame) -> Floats:
    """Return the derivative of each fitted value by γ, (N, regressors of the first step + 1).

    The terms with IMR in them, products among them, all pass its error on.
    """
    spec, rows = demeaned.spec, demeaned.rows
    slope = _slope_of_imr(spec, rows, first, choice)
    moves = [
        delta * _by_imr(rows, term)[:, None] * slope
        for delta, term in zip(slopes, spec.regressors, strict=True)
        if "IMR" in term.split(":")
    ]
    return np.asarray(sum(moves))


def _slope_of_imr(
    spec: Specification, rows: pd.DataFrame, first: Probit, choice: pd.DataFrame
) -> Floats:
    """Return ∂IMR/∂γ of each row of the second step, (N, regressors of the first + 1)."""
    key = first.key
    known = rows[key].merge(first.index, on=key, how="left")
    explained = choice[list(dict.fromkeys((*key, *first.spec.numbers)))]
    w = design(rows[key].merge(explained, on=key, how="left"), first.spec.regressors)
    if absent := int(np.isnan(w).any(axis=1).sum()):
        raise ValueError(
            f"{spec.name}: choice lacks {absent} of {len(rows)} rows of the second step; give the "
            f"frame on which {first.spec.name} was estimated"
        )
    ratio, index = known["IMR"].to_numpy(), known["index"].to_numpy()
    return np.asarray(-(ratio * (ratio + index))[:, None] * w)


def _by_imr(rows: pd.DataFrame, term: str) -> Floats:
    """Return the derivative of a term by IMR, a part of it, shape (N,)."""
    parts = term.split(":")
    times = parts.count("IMR")
    parts.remove("IMR")
    return times * values_of(rows, ":".join(parts)) if parts else np.ones(len(rows))
