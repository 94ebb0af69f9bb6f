"""The model's own economy: what measures and regressions find there, beside what is true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sympy import cancel

from tradedig_book.economy.model_world import ModelWorld
from tradedig_book.theory import Parameters, derive, numeric, solve
from tradedig_book.theory.consistent_measure import demand_slope
from tradedig_book.theory.derivation import lam
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.measure.digitization import measure_digitization
from tradedig_helpers.measure.quality import demand_residual

_MARKET = ["product", "destination", "year"]
_USUAL = Parameters()


def model_flows(world: ModelWorld) -> pd.DataFrame:
    """Join each flow with its market, its σ, its firm's digitization, and measured quality.

    Returns
    -------
    DataFrame
        The columns of ``world.truth`` and ``dig`` (0 to 7), ``lndig``, ``e``, ``sigma``,
        ``market`` (a number), ``b`` (slope of demand), ``eta`` (p/(b·x)), ``log_quality``
        (ln λ-hat by equation 10) and ``consistent`` (λ by p + b·x = c_D + βλ).
    """
    used = measure_digitization(world.firms)[["firm", "year", "dig", "lndig"]]
    keys = ["hs4", "destination"]
    flows = world.truth.merge(used.assign(dig=used["dig"] - 1), on=["firm", "year"])
    flows = flows.merge(world.markets[[*_MARKET, "e"]], on=_MARKET)
    flows["hs4"] = flows["product"].astype(str).str[:4]
    flows = flows.merge(world.elasticities.astype({"hs4": str}), on=keys)
    b = demand_slopes(flows["e"])
    consistent = (flows["price"] + b * flows["quantity"] - flows["cutoff"]) / _USUAL.beta
    return demand_residual(flows).assign(
        market=flows.groupby(_MARKET, observed=True).ngroup(),
        b=b,
        eta=flows["price"] / (b * flows["quantity"]),
        consistent=consistent,
    )


def demand_slopes(e: pd.Series) -> Floats:
    """Return b = γ(1−e)/L of each flow."""
    slope = numeric(demand_slope())
    return slope(e=e.to_numpy(), gamma=_USUAL.gamma, L=_USUAL.L)


def remeasured(flows: pd.DataFrame, rise: float = 0.1) -> pd.DataFrame:
    """Raise every flow's ψ from one by the share ``rise``, market given, and measure again by (10).

    All start without digitization, so that within a product the true response is the same for all.

    Returns
    -------
    DataFrame
        ``true`` and ``measured``: change of ln λ* and of ln λ-hat, per log point of ψ.
    """
    before, after = (
        solve(
            Parameters(
                e=flows["e"].to_numpy(),
                psi=psi,
                varphi=1 / flows["cost"].to_numpy(),
                varphi_D=1 / flows["cutoff"].to_numpy(),
            )
        )
        for psi in (1.0, 1.0 + rise)
    )
    sigma = flows["sigma"].to_numpy()
    moved = {
        name: np.log(getattr(after, name) / getattr(before, name)) / np.log1p(rise)
        for name in ("quality", "price", "quantity")
    }
    measured = (moved["quantity"] + sigma * moved["price"]) / (sigma - 1)
    return pd.DataFrame({"true": moved["quality"], "measured": measured}, index=flows.index)


def responses_by_productivity(flows: pd.DataFrame, groups: int = 4) -> pd.DataFrame:
    """Average the responses of :func:`remeasured` over groups of flows by c/c_D, best first.

    Returns
    -------
    DataFrame
        ``group``, ``flows``, ``cost`` (mean of c/c_D), ``eta`` (median), ``true``, ``measured``.
    """
    cost = flows["cost"] / flows["cutoff"]
    rows = pd.concat([flows[["eta"]].assign(cost=cost), remeasured(flows)], axis=1)
    by_group = rows.groupby(pd.qcut(cost, groups, labels=range(1, groups + 1)), observed=True)
    return by_group.agg(
        flows=("cost", "size"),
        cost=("cost", "mean"),
        eta=("eta", "median"),
        true=("true", "mean"),
        measured=("measured", "mean"),
    ).reset_index(names="group")


def placebo(flows: pd.DataFrame, sigmas: Sequence[float]) -> pd.DataFrame:
    """Let the same firms sell goods without quality, and measure their quality by (10).

    Returns
    -------
    DataFrame
        ``sigma``, ``spread`` (standard deviation of ln λ-hat within markets) and
        ``correlation`` of ln λ-hat with log productivity, −ln c, within markets.
    """
    cost, cutoff = flows["cost"].to_numpy(), flows["cutoff"].to_numpy()
    costs = {"varphi": 1 / cost, "varphi_D": 1 / cutoff}
    market = {"L": _USUAL.L, "gamma": _USUAL.gamma, "e": flows["e"].to_numpy()}
    sold = flows[_MARKET].assign(
        price=numeric(cancel(derive().price.subs(lam, 0)))(**costs),
        quantity=numeric(cancel(derive().quantity.subs(lam, 0)))(**market, **costs),
    )
    ln_c = np.log(flows["cost"])
    productivity = -(ln_c - ln_c.groupby(flows["market"]).transform("mean"))
    found = {s: demand_residual(sold.assign(sigma=s))["log_quality"] for s in sigmas}
    return pd.DataFrame(
        {"sigma": s, "spread": q.std(), "correlation": q.corr(productivity)}
        for s, q in found.items()
    )


def sorting_slopes(flows: pd.DataFrame) -> pd.DataFrame:
    """Regress logs on ``lndig``: quality, what digitization does to it, the lead, and λ/x.

    Returns
    -------
    DataFrame
        One row for each outcome: ``outcome``, and slope and standard error, clustered by firm,
        with market effects (``market``, ``market_error``) and with firm effects too (``firm``,
        ``firm_error``).
    """
    lead = np.log(flows["cutoff"] - flows["cost"])
    logs = flows[["firm", "market", "lndig"]].assign(
        quality=np.log(flows["quality"]),
        upgrading=np.log(flows["quality"]) - lead,
        lead=lead,
        measured=flows["log_quality"],
        ratio=np.log(flows["consistent"] / flows["quantity"]),
        psi=np.log(flows["psi"]),
    )
    rows = []
    for outcome in ("quality", "upgrading", "lead", "measured", "ratio", "psi"):
        row: dict[str, float | str] = {"outcome": outcome}
        for name, effects in {"market": ("market",), "firm": ("market", "firm")}.items():
            fit = estimate(Specification(outcome, ("lndig",), effects=effects), logs)
            (found,) = fit.coefficients.query("term == 'lndig'").to_dict("records")
            row |= {name: found["estimate"], f"{name}_error": found["std_error"]}
        rows.append(row)
    return pd.DataFrame(rows)


def noisy(flows: pd.DataFrame, noise: float, rng: np.random.Generator) -> pd.DataFrame:
    """Record quantities with an error of ``noise`` log points (s.d.) and mean one.

    Returns
    -------
    DataFrame
        ``flows`` with ``recorded``, and ``elsewhere``: the mean of what the firm is recorded to
        sell in its other destinations in the year. Flows of firms without one are left out.
    """
    error = np.exp(noise * rng.standard_normal(len(flows)) - noise**2 / 2)
    recorded = flows["quantity"] * error
    own = recorded.groupby([flows["firm"], flows["year"]])
    others = own.transform("size") - 1
    elsewhere = (own.transform("sum") - recorded) / others.where(others > 0)
    return flows.assign(recorded=recorded, elsewhere=elsewhere).dropna(subset=["elsewhere"])


def line_slopes(flows: pd.DataFrame, instrument: str = "recorded") -> pd.Series:
    """Return the slope of price on recorded quantity for each ``dig``, with market effects.

    ``instrument`` takes the place of the quantity in the moments; the quantity itself makes it
    least squares. Give the flows of one product.
    """
    levels = np.sort(flows["dig"].unique())
    is_level = flows["dig"].to_numpy()[:, None] == levels
    names = [f"{kind}{level}" for kind in "xz" for level in levels]
    columns = [flows[[name]].to_numpy() * is_level for name in ("recorded", instrument)]
    frame = pd.DataFrame(np.hstack(columns), columns=names, index=flows.index)
    frame["p"] = flows["price"]
    within = frame - frame.groupby(flows["market"]).transform("mean")
    x, z = (within[names[k * len(levels) : (k + 1) * len(levels)]].to_numpy() for k in (0, 1))
    return pd.Series(np.linalg.solve(z.T @ x, z.T @ within["p"].to_numpy()), index=levels)


def psi_of_slopes(slopes: pd.Series, b: float) -> pd.Series:
    """Return ψ of each ``dig``, with ψ = 1 at dig = 0, from the slopes of the lines and b."""
    ratio: pd.Series = (slopes + b) / float(slopes[0] + b)
    return ratio


def rotation_under_noise(
    flows: pd.DataFrame, noises: Sequence[float], draws: int, seed: int
) -> pd.DataFrame:
    """Estimate ψ at the highest ``dig`` from the rotation, many times at each level of noise.

    Returns
    -------
    DataFrame
        ``noise``, ``estimator``, ``mean``, and the 10th and 90th percentiles ``low``, ``high``.
    """
    rng, b = np.random.default_rng(seed), float(flows["b"].iloc[0])
    rows = []
    for noise in noises:
        for _ in range(draws):
            drawn = noisy(flows, noise, rng)
            for name, instrument in {
                "least squares": "recorded",
                "other destinations": "elsewhere",
            }.items():
                psi = psi_of_slopes(line_slopes(drawn, instrument), b).iloc[-1]
                rows.append({"noise": noise, "estimator": name, "psi": psi})
    found = pd.DataFrame(rows).groupby(["noise", "estimator"], sort=False)["psi"]
    return found.agg(
        mean="mean", low=lambda x: x.quantile(0.1), high=lambda x: x.quantile(0.9)
    ).reset_index()


def ratio_under_noise(flows: pd.DataFrame, noises: Sequence[float], seed: int) -> pd.DataFrame:
    """Regress ln(λ/x) on ``lndig`` with market effects, quantities recorded with an error.

    λ is that of the consistent measure with the recorded quantity; b and the cutoff are known.

    Returns
    -------
    DataFrame
        ``noise`` and ``slope``.
    """
    rows = []
    for noise in noises:
        drawn = noisy(flows, noise, np.random.default_rng(seed))
        worth = drawn["price"] + drawn["b"] * drawn["recorded"] - drawn["cutoff"]
        drawn["ratio"] = np.log(worth / _USUAL.beta / drawn["recorded"])
        fit = estimate(Specification("ratio", ("lndig",), effects=("market",)), drawn)
        rows.append({"noise": noise, "slope": float(fit.coefficients["estimate"].iloc[0])})
    return pd.DataFrame(rows)
