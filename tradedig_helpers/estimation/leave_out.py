"""An estimate without each group in turn: whether it rests on one province, industry or year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import norm

from tradedig_helpers.estimation.demeaned import Demeaned, demean_all
from tradedig_helpers.estimation.estimability import require_error
from tradedig_helpers.estimation.fit import coefficient_table
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.options import require_kind
from tradedig_helpers.frames.plain import plain


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """The coefficient of the first regressor, with all groups and without each.

    Attributes
    ----------
    spec, by : what was estimated, and the column that makes the groups
    estimate, std_error : with all groups
    n, clusters : rows and clusters with all groups
    without : one row per group, from the lowest estimate to the highest: ``group``; ``n``
        and ``clusters`` that are left; ``estimate``, ``std_error`` and the 95% interval
        ``low``, ``high``; ``shift``, the change of the estimate in standard errors of the
        whole; ``z``, the change in clustered standard errors of its own, which cannot exceed
        the root of the number of clusters left out by much
    """

    spec: Specification
    by: str
    estimate: float
    std_error: float
    n: int
    clusters: int
    without: pd.DataFrame

    @property
    def by_influence(self) -> list[object]:
        """The groups, that without which the estimate moves most first."""
        size = self.without.set_index("group")["shift"].abs()
        return list(size.sort_values(ascending=False, kind="stable").index)

    @property
    def most_influential(self) -> object:
        """The group without which the estimate moves most."""
        return self.by_influence[0]


def leave_out(spec: Specification, panel: pd.DataFrame, by: str) -> LeaveOut:
    """Estimate the first coefficient of ``spec`` without each group of ``by`` in turn.

    Parameters
    ----------
    spec : estimated by least squares with absorbed effects
    panel : the variables of ``spec`` and ``by``
    by : column of groups, such as ``province``

    Raises
    ------
    ValueError
        Naming the specification, if ``by`` is not a column, is missing in a row or has fewer
        than two groups, or if the coefficient cannot be estimated; the group is named if it
        cannot without one.

    Notes
    -----
    Without a group other rows may become singletons and all effects change, so each estimate
    is a regression of its own. Only where no fixed effect has rows of two groups, as with
    provinces between which no firm moves, the effects of the others stay what they are, and
    so do their variables less the effects; they are then taken over, which is exact.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + 0.1 * rng.normal(size=400)
    >>> panel["province"] = panel["firm"] % 3
    >>> found = leave_out(Specification("y", ("x",), effects=("firm",)), panel, by="province")
    >>> found.without[["group", "n", "estimate", "shift"]].round(2)
       group    n  estimate  shift
    0      1  268      0.50  -0.46
    1      2  268      0.51  -0.04
    2      0  264      0.51   0.56
    >>> int(found.most_influential)
    0
    """
    require_kind(spec, Specification, "leave_out(spec, panel, by)")
    whole = _whole(spec, panel, by)
    rows = [{"group": group} | whole.without((group,)) for group in sorted(whole.groups.unique())]
    found = pd.DataFrame(rows).sort_values("estimate", kind="stable", ignore_index=True)
    base = whole.base
    return LeaveOut(spec, by, base.estimate, base.std_error, base.n, base.clusters, found)


def verdicts(results: Iterable[LeaveOut]) -> pd.DataFrame:
    """Return what each way of leaving out says, one row each.

    Columns ``by``; ``groups``, how many; ``lowest`` and ``highest`` estimate;
    ``most_influential``, with its ``share`` of the rows and its ``shift``; ``oddest``, the
    group with the largest change for its own error, with its ``z``; and ``p``, the chance
    that the largest of as many independent normal draws is as large.
    """
    return pd.DataFrame(_verdict(result) for result in results)


def _verdict(result: LeaveOut) -> dict[str, object]:
    rows = result.without
    most, oddest = (int(rows[name].abs().argmax()) for name in ("shift", "z"))
    z = float(rows["z"].iloc[oddest])
    return {
        "by": result.by,
        "groups": len(rows),
        "lowest": rows["estimate"].min(),
        "highest": rows["estimate"].max(),
        "most_influential": rows["group"].iloc[most],
        "share": 1 - rows["n"].iloc[most] / result.n,
        "shift": rows["shift"].iloc[most],
        "oddest": rows["group"].iloc[oddest],
        "z": z,
        "p": 1 - (1 - 2 * norm.sf(abs(z))) ** len(rows),
    }


def leave_pairs_out(
    result: LeaveOut, panel: pd.DataFrame, groups: Sequence[object]
) -> pd.DataFrame:
    """Estimate without each pair of ``groups``: two may hide each other, or add up.

    Parameters
    ----------
    result : what :func:`leave_out` returned for ``panel``
    groups : at least two groups of ``result``, such as the first of ``by_influence``

    Returns
    -------
    DataFrame
        ``first``, ``second``, then the columns of ``without``, and ``apart``, the sum of the
        shifts without either one alone; the pair with the largest ``shift`` in size first.

    Raises
    ------
    ValueError
        As :func:`leave_out`, or if ``groups`` are fewer than two or not all in ``result``.
    """
    alone = result.without.set_index("group")["shift"]
    if len(set(groups)) < 2 or not set(groups) <= set(alone.index):
        known = ", ".join(map(str, sorted(alone.index)))
        raise ValueError(f"groups = {list(groups)}; give two or more of {result.by}: {known}")
    whole = _whole(result.spec, panel, result.by)
    rows = [
        {"first": one, "second": other} | whole.without((one, other))
        for one, other in combinations(dict.fromkeys(groups), 2)
    ]
    frame = pd.DataFrame(rows)
    frame["apart"] = alone[frame["first"]].to_numpy() + alone[frame["second"]].to_numpy()
    return frame.sort_values("shift", key=abs, ascending=False, kind="stable", ignore_index=True)


@dataclass(frozen=True, slots=True)
class _One:
    """The first coefficient on some rows, and what each cluster moves it by."""

    n: int
    clusters: int
    estimate: float
    std_error: float
    low: float
    high: float
    influence: pd.Series


@dataclass(frozen=True, slots=True)
class _Whole:
    """All rows: variables less effects, groups, and whether effects keep groups apart."""

    demeaned: Demeaned
    groups: pd.Series
    apart: bool
    base: _One

    def without(self, out: Sequence[object]) -> dict[str, float]:
        """Return the first coefficient without the groups ``out``, and how far it moved."""
        try:
            one = _first(self._rest(~self.groups.isin(out)))
        except ValueError as error:
            names = " and ".join(str(group) for group in out)
            raise ValueError(f"without {self.groups.name} {names}, {error}") from error
        change = one.estimate - self.base.estimate
        moves = one.influence.sub(self.base.influence, fill_value=0.0)
        kept = ("n", "clusters", "estimate", "std_error", "low", "high")
        return {name: getattr(one, name) for name in kept} | {
            "shift": change / self.base.std_error,
            "z": change / float(np.linalg.norm(moves)),
        }

    def _rest(self, rest: pd.Series) -> Demeaned:
        if self.apart:
            return self.demeaned.only(rest.to_numpy())
        frame = self.demeaned.rows[rest].reset_index(drop=True)
        return demean_all([replace(self.demeaned.spec, sample="all")], frame)


def _whole(spec: Specification, panel: pd.DataFrame, by: str) -> _Whole:
    panel = plain(panel, "panel")
    if by not in panel.columns:
        raise ValueError(f"{spec.name}: the panel lacks the column {by!r} to leave groups out by")
    if absent := int(panel[by].isna().sum()):
        raise ValueError(
            f"{spec.name}: {by!r} is missing in {absent} of {len(panel)} rows; fill it in, or drop "
            "them"
        )
    demeaned = demean_all([spec], panel, [by])
    used = demeaned.rows
    groups = used[by]
    if groups.nunique() < 2:
        raise ValueError(f"{spec.name}: all rows have one {by!r}; there is none to leave out")
    # Whole numbers are grouped much faster than text, and every estimate groups anew.
    parts = {part for effect in spec.effects for part in effect.split("^")} - {*spec.numbers}
    parts |= {spec.cluster} - {*spec.numbers}
    used = used.assign(**{part: pd.factorize(used[part])[0] for part in parts})
    effects = demeaned.sample.groups
    mixed = [groups.groupby(effects[effect]).nunique().max() > 1 for effect in spec.effects]
    demeaned = replace(demeaned, spec=spec, sample=replace(demeaned.sample, frame=used))
    base = _first(demeaned)
    require_error(spec, spec.regressors[0], base.estimate, base.std_error)
    return _Whole(demeaned, groups, bool(mixed) and not any(mixed), base)


def _first(demeaned: Demeaned) -> _One:
    demeaned.require_estimable()
    spec, clusters = demeaned.spec, len(demeaned.starts)
    slopes, residual = demeaned.solve(spec.outcome, spec.regressors)
    influence = demeaned.influence(spec.regressors, residual)[0]
    error = np.array([np.linalg.norm(influence)])
    first = coefficient_table(spec.regressors[:1], slopes[:1], error, clusters).iloc[0]
    return _One(
        n=demeaned.n,
        clusters=clusters,
        estimate=float(first["estimate"]),
        std_error=float(first["std_error"]),
        low=float(first["low"]),
        high=float(first["high"]),
        influence=pd.Series(influence, index=demeaned.clusters),
    )
