"""A second economy, the model's own: its markets obey (2), (5), (6) and (8), to the last digit.

A market is a product in a destination and a year. Its cutoff is that of free entry among its own
firms, at ψ = 1; the exporters here are a negligible part of it, so they take it as given.
An exporter makes one product at a Pareto cost c. Each year it chooses ``dig`` from 0 to 7, that
is, which technologies to use, and in each destination a quality, a price and a quantity.
Its operating profits add up over destinations to those of one market with the lead
m = √(Σ ΔC²), so the choice is that of :mod:`tradedig_book.theory.adoption`.

What differs from the calibrated economy (:mod:`.simulate`): demand is linear, better goods sell
more, firms sort into digitization by their lead, and nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from tradedig_book.economy.firms import draw_paths
from tradedig_book.theory import Parameters, numeric, solve
from tradedig_book.theory.adoption import choose, value_at
from tradedig_book.theory.consistent_measure import demand_slope
from tradedig_book.theory.derivation import market_of_cutoff
from tradedig_book.theory.equilibrium import equilibrium
from tradedig_book.theory.industry import Choice, Industry
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import require_whole
from tradedig_helpers.measure.digitization import SINCE, WEIGHTS

MODEL_PRODUCTS = pd.Index(["84710001", "85170002", "61090003", "94030004", "95030005", "39260006"])
MODEL_DESTINATIONS = pd.Index(["D01", "D02", "D03", "D04"])
MODEL_YEARS = (2004, 2005, 2006, 2007)
SUBSTITUTABILITY = np.linspace(0.3, 0.45, len(MODEL_PRODUCTS))
"""e of each product; all else that enters (2) to (8) is at the model's defaults."""
ENTRY_SPREAD = 0.5
"""Standard deviation over markets of the log cost of entry, which moves their cutoffs."""
PSI_1, MU, MU_SPREAD, MU_FALL = 1.0, 0.004, 1.0, 0.25
"""ψ = 1 + ψ₁·dig/(1 + dig); median cost μ in the first year, its log spread, its yearly fall."""
COST_LASTS, MU_LASTS = 0.8, 0.8
"""Correlation of a firm's rank in costs from one year to the next, and of its log μ."""
MOST_DIGITAL = sum(WEIGHTS.values())
"""The most that a firm can digitise: all technologies, dig = 4 + 2 + 1."""
LEAST_LEAD = 1e-9
"""Below it a lead is rounding, and the firm does not sell."""
MODEL_BLOCK = 500
"""Firms drawn together, so that a small economy is the beginning of a larger one."""

USUAL_MARKET = Industry()


@dataclass(frozen=True, slots=True)
class ModelWorld:
    """The model's own economy: tables as a researcher would have them, and the truth.

    Attributes
    ----------
    customs : one row for each flow: ``firm``, ``year``, ``product``, ``destination``, ``mode``,
        ``quantity`` (units of good) and ``value`` (numeraire)
    firms : firm-years with the first year of each technology's unbroken use, if it is used
    elasticities : ``sigma`` by ``hs4`` and ``destination``: the elasticity at the average seller
    markets : truth of each market: ``e``, ``cutoff`` (c_D) and ``total`` (X)
    choices : truth of each firm-year: ``cost`` (c), ``mu``, ``lead`` (m), ``dig``, ``psi``
    truth : truth of each flow, row by row of ``customs``: ``cutoff``, ``cost``, ``psi``,
        ``quality`` (λ*), ``price``, ``quantity``
    """

    customs: pd.DataFrame
    firms: pd.DataFrame
    elasticities: pd.DataFrame
    markets: pd.DataFrame
    choices: pd.DataFrame
    truth: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def simulate_model_world(firms: int = 4000, seed: int = 20260101) -> ModelWorld:
    """Draw the model's own economy.

    Parameters
    ----------
    firms : number of firms that draw a cost; nearly all sell somewhere
    seed : of all randomness; the first firms of a larger economy are those of a smaller one

    Raises
    ------
    ValueError
        If ``firms`` or ``seed`` is no whole number, or too small.

    Examples
    --------
    >>> world = simulate_model_world(firms=100, seed=1)
    >>> len(world.choices), float(world.choices["psi"].max())
    (400, 1.875)
    """
    require_whole(1, firms=firms)
    require_whole(0, seed=seed)
    cutoffs = draw_cutoffs(seed)
    choices = _choices(_draw_firms(firms, seed, cutoffs), cutoffs)
    truth = _flows(choices, cutoffs)
    keys = ["firm", "year", "product", "destination"]
    customs = truth[keys].assign(
        mode=pd.Categorical(["ordinary"] * len(truth)),
        quantity=truth["quantity"],
        value=truth["price"] * truth["quantity"],
    )
    return ModelWorld(
        customs=customs,
        firms=_technologies(choices),
        elasticities=_elasticities(cutoffs),
        markets=_markets(cutoffs),
        choices=choices,
        truth=truth,
    )


def draw_cutoffs(seed: int) -> Floats:
    """Return c_D of every market by free entry, shape (products, destinations, years)."""
    rng = np.random.default_rng([seed, 0])
    shape = len(MODEL_PRODUCTS), len(MODEL_DESTINATIONS), len(MODEL_YEARS)
    entry = USUAL_MARKET.f_E * np.exp(ENTRY_SPREAD * rng.uniform(-1, 1, shape) * np.sqrt(3))
    return equilibrium(Industry(e=SUBSTITUTABILITY[:, None, None], f_E=entry)).c_D


def _draw_firms(firms: int, seed: int, cutoffs: Floats) -> pd.DataFrame:
    """Return firm-years with product, cost c and cost of digitization μ."""
    blocks = [_block(seed, number) for number in range(-(-firms // MODEL_BLOCK))]
    product, rank, ln_mu = (np.concatenate(parts)[:firms] for parts in zip(*blocks, strict=True))
    highest = cutoffs.max(axis=(1, 2))[product][:, None]
    years = np.arange(len(MODEL_YEARS))
    return pd.DataFrame(
        {
            "firm": np.repeat(np.arange(1, firms + 1), len(MODEL_YEARS)),
            "year": np.tile(MODEL_YEARS, firms),
            "product": pd.Categorical.from_codes(
                np.repeat(product, len(MODEL_YEARS)), MODEL_PRODUCTS
            ),
            "cost": (highest * rank ** (1 / USUAL_MARKET.k)).ravel(),
            "mu": (MU * np.exp(MU_SPREAD * ln_mu - MU_FALL * years)).ravel(),
        }
    )


def _block(seed: int, number: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Draw a block of firms: product, rank in costs (uniform) and standard log μ, by year."""
    rng = np.random.default_rng([seed, 1, number])
    product = rng.integers(len(MODEL_PRODUCTS), size=MODEL_BLOCK)
    rank = ndtr(draw_paths(rng, COST_LASTS, MODEL_BLOCK, len(MODEL_YEARS)))
    return product, rank, draw_paths(rng, MU_LASTS, MODEL_BLOCK, len(MODEL_YEARS))


def _leads(firm_years: pd.DataFrame, cutoffs: Floats) -> Floats:
    """Return the lead of each firm-year in each destination, zero where it does not sell."""
    year = np.asarray(firm_years["year"]) - MODEL_YEARS[0]
    lead = cutoffs[firm_years["product"].cat.codes, :, year] - firm_years[["cost"]].to_numpy()
    return np.where(lead > LEAST_LEAD, lead, 0.0)


def _choices(firm_years: pd.DataFrame, cutoffs: Floats) -> pd.DataFrame:
    """Add the lead m over all destinations, the best ``dig`` from 0 to 7, and ψ.

    Value is strictly concave in ``dig``, so the best whole number is next to the best number.
    """
    lead = np.sqrt((_leads(firm_years, cutoffs) ** 2).sum(axis=1))
    cost = firm_years["cost"].to_numpy()
    choice = Choice(
        e=SUBSTITUTABILITY[firm_years["product"].cat.codes],
        c=cost,
        c_D=cost + lead,
        psi_1=PSI_1,
        mu=firm_years["mu"].to_numpy(),
    )
    below = np.clip(np.floor(choose(choice).dig), 0, MOST_DIGITAL - 1)
    dig = below + (value_at(choice, below + 1) > value_at(choice, below))
    return firm_years.assign(lead=lead, dig=dig.astype(int), psi=1 + PSI_1 * dig / (1 + dig))


def _flows(choices: pd.DataFrame, cutoffs: Floats) -> pd.DataFrame:
    """Return what each firm sells in each destination, by (5), (6) and (8)."""
    row, place = np.nonzero(_leads(choices, cutoffs))
    sold = choices.iloc[row].reset_index(drop=True)
    product = sold["product"].cat.codes
    cutoff = cutoffs[product, place, np.asarray(sold["year"]) - MODEL_YEARS[0]]
    best = solve(
        Parameters(
            e=SUBSTITUTABILITY[product],
            psi=sold["psi"].to_numpy(),
            varphi=1 / sold["cost"].to_numpy(),
            varphi_D=1 / cutoff,
        )
    )
    return sold[["firm", "year", "product"]].assign(
        destination=pd.Categorical.from_codes(place, MODEL_DESTINATIONS),
        cutoff=cutoff,
        cost=sold["cost"],
        psi=sold["psi"],
        quality=best.quality,
        price=best.price,
        quantity=best.quantity,
    )


def _technologies(choices: pd.DataFrame) -> pd.DataFrame:
    """Write each ``dig`` as technologies, 4·pit + 2·icp + pdo, since when each is in use.

    Digitization is chosen anew each year, so a technology may be given up.
    """
    firms = choices[["firm", "year", "product"]].copy()
    for technology, weight in WEIGHTS.items():
        used = (choices["dig"].to_numpy() // weight % 2 == 1).reshape(-1, len(MODEL_YEARS))
        since = np.where(used, MODEL_YEARS, 0)
        for t in range(1, len(MODEL_YEARS)):
            since[:, t] = np.where(used[:, t] & used[:, t - 1], since[:, t - 1], since[:, t])
        firms[SINCE[technology]] = pd.Series(since.ravel(), dtype="Int16").where(used.ravel())
    return firms[["firm", "year", "product", *SINCE.values()]]


def _market_keys() -> pd.DataFrame:
    key = pd.MultiIndex.from_product(
        [MODEL_PRODUCTS, MODEL_DESTINATIONS, MODEL_YEARS], names=["product", "destination", "year"]
    )
    return key.to_frame(index=False).astype(dict.fromkeys(("product", "destination"), "category"))


def _markets(cutoffs: Floats) -> pd.DataFrame:
    """Return e, c_D and X of every market."""
    e = np.broadcast_to(SUBSTITUTABILITY[:, None, None], cutoffs.shape)
    point = {"alpha": USUAL_MARKET.alpha, "gamma": USUAL_MARKET.gamma, "L": USUAL_MARKET.L}
    total = numeric(market_of_cutoff())(e=e, varphi_D=1 / cutoffs, **point)
    return _market_keys().assign(e=e.ravel(), cutoff=cutoffs.ravel(), total=total.ravel())


def _elasticities(cutoffs: Floats) -> pd.DataFrame:
    """Return σ as a careful study would find it: η = p/(b·x) at the average cost, ψ = 1."""
    e = SUBSTITUTABILITY[:, None, None]
    average = USUAL_MARKET.k / (USUAL_MARKET.k + 1) * cutoffs
    seller = solve(Parameters(e=e, varphi=1 / average, varphi_D=1 / cutoffs))
    slope = numeric(demand_slope())(e=e, gamma=USUAL_MARKET.gamma, L=USUAL_MARKET.L)
    sigma = (seller.price / (slope * seller.quantity)).ravel()
    table = _market_keys().assign(sigma=sigma)
    table["hs4"] = table["product"].astype(str).str[:4].astype("category")
    by_group = table.groupby(["hs4", "destination"], observed=True)["sigma"]
    return by_group.mean().reset_index()
