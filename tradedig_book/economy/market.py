"""A small market with known demand, in which the persistence of quality and cost is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.frames.arrays import Floats


@dataclass(frozen=True, slots=True)
class Component:
    """How the log quality, or the log cost, of firms varies.

    Attributes
    ----------
    spread : standard deviation across the firms of a market, log points, above 0
    persistence : correlation with the same destination one year before, 0 to 1
    common : correlation between two destinations of a firm in one year, 0 to 1
    """

    spread: float
    persistence: float
    common: float

    def __post_init__(self) -> None:
        """Refuse values outside their ranges."""
        if not 0 < self.spread < np.inf:
            raise ValueError(f"spread = {self.spread:g}; give a number above 0")
        for name in ("persistence", "common"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} = {getattr(self, name):g}; give a number from 0 to 1")


@dataclass(frozen=True, slots=True)
class MarketDesign:
    """What is known of a simulated market before it is drawn.

    Attributes
    ----------
    quality, cost : how ln λ and ln c vary; independent of each other
    passthrough : ∂ln p/∂ln λ, so that ln p = passthrough · ln λ + ln c
    sigma : elasticity of substitution σ of every product, above 1
    products, firms, destinations, years : how many of each; every firm sells every
        product in every destination and year, by one mode
    """

    quality: Component
    cost: Component
    passthrough: float = 1.0
    sigma: float = 4.0
    products: int = 40
    firms: int = 60
    destinations: int = 4
    years: int = 5

    def __post_init__(self) -> None:
        """Refuse values outside their ranges."""
        if not 1 < self.sigma < np.inf:
            raise ValueError(f"sigma = {self.sigma:g}; give a number above 1")
        if not np.isfinite(self.passthrough):
            raise ValueError(f"passthrough = {self.passthrough:g}; give a finite number")
        for name, least in (("products", 1), ("firms", 2), ("destinations", 2), ("years", 2)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} = {getattr(self, name)}; give at least {least}")


@dataclass(frozen=True, slots=True)
class SimulatedMarket:
    """A simulated market.

    Attributes
    ----------
    customs : one row per firm, product, destination, mode and year, with ``quantity`` and
        ``value``, not rounded
    elasticities : ``hs4``, ``destination`` and the true ``sigma``
    truth : the key of ``customs`` and the true ``log_quality``, ln λ
    """

    customs: pd.DataFrame
    elasticities: pd.DataFrame
    truth: pd.DataFrame


def simulated_market(rng: np.random.Generator, design: MarketDesign) -> SimulatedMarket:
    """Draw a market: ln p = passthrough · ln λ + ln c, and q = λ^(σ-1) p^(-σ) A by CES demand.

    ln λ and ln c are stationary first-order autoregressions around zero, each the sum of
    a part common to a firm's destinations and a part of its own in each. The shifter A
    of a product-destination-year market is a random walk in logs.
    """
    shape = (design.products, design.firms, design.destinations, design.years)
    log_quality = _draw(rng, design.quality, shape)
    log_price = design.passthrough * log_quality + _draw(rng, design.cost, shape)
    shifter = 10 + rng.normal(size=(design.products, 1, *shape[2:])).cumsum(axis=-1)
    log_quantity = (design.sigma - 1) * log_quality - design.sigma * log_price + shifter
    key = _keys(shape)
    sales = {"quantity": log_quantity, "value": log_price + log_quantity}
    return SimulatedMarket(
        customs=key.assign(**{name: np.exp(log.ravel()) for name, log in sales.items()}),
        elasticities=_elasticities(key, design.sigma),
        truth=key.assign(log_quality=log_quality.ravel()),
    )


def slope_limit(design: MarketDesign, estimator: str) -> float:
    """Return the probability limit of the σ of equation (11) as the number of firms grows.

    It is ρ + (1-ρ)σ with ρ = cov(z, ln λ)/cov(z, ln p) within a market. A ``"lagged
    price"`` carries the persistent part of each variance into z, a mean price in ``"other
    destinations"`` the common part, and the price itself (``"least squares"``) all of it.

    Raises
    ------
    ValueError
        If the estimator is unknown, or its instrument unrelated to the price in the limit.
    """
    if estimator not in _CARRIED:
        raise ValueError(f"estimator = {estimator!r} is unknown; choose one of {list(_CARRIED)}")
    carried = _CARRIED[estimator]
    quality = carried(design.quality) * design.quality.spread**2
    cost = carried(design.cost) * design.cost.spread**2
    relevance = design.passthrough**2 * quality + cost
    if relevance == 0:
        raise ValueError(f"{estimator}: unrelated to the price in this design, so no limit exists")
    share = design.passthrough * quality / relevance
    return share + (1 - share) * design.sigma


_CARRIED: Mapping[str, Callable[[Component], float]] = {
    "lagged price": lambda component: component.persistence,
    "other destinations": lambda component: component.common,
    "least squares": lambda _: 1.0,
}


def _draw(rng: np.random.Generator, part: Component, shape: tuple[int, ...]) -> Floats:
    """Return draws of a component, shape (products, firms, destinations, years)."""
    products, firms, _, years = shape
    common = _autoregression(rng, part.persistence, (products, firms, 1, years))
    own = _autoregression(rng, part.persistence, shape)
    unit = np.sqrt(part.common) * common + np.sqrt(1 - part.common) * own
    return np.asarray(part.spread * unit)


def _autoregression(rng: np.random.Generator, persistence: float, shape: tuple[int, ...]) -> Floats:
    """Return stationary AR(1) paths of mean 0 and variance 1 along the last axis."""
    path = rng.normal(size=shape)
    path[..., 1:] *= np.sqrt(1 - persistence**2)
    for year in range(1, shape[-1]):
        path[..., year] += persistence * path[..., year - 1]
    return path


def _keys(shape: tuple[int, ...]) -> pd.DataFrame:
    """Return the key of every cell of an array of ``shape``, in the order of its elements."""
    product, firm, destination, year = (axis.ravel() for axis in np.indices(shape))
    return pd.DataFrame(
        {
            "firm": firm + 1,
            "product": pd.Series([f"{1101 + p:04d}0000" for p in range(shape[0])])[product].array,
            "destination": pd.Series([f"D{d + 1:02d}" for d in range(shape[2])])[destination].array,
            "mode": "ordinary",
            "year": year + 2002,
        }
    )


def _elasticities(key: pd.DataFrame, sigma: float) -> pd.DataFrame:
    """Return σ by HS4 group and destination, the same everywhere."""
    pairs = key[["product", "destination"]].drop_duplicates(ignore_index=True)
    return pd.DataFrame(
        {"hs4": pairs["product"].str[:4], "destination": pairs["destination"], "sigma": sigma}
    )
