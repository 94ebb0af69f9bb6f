"""A tiny economy to make records of, independent of the generator."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

FIRST, LAST = 2002, 2015


def tiny_economy(firms=300, seed=5, orders=20):
    """Return frames ``customs``, ``firms`` and ``register`` with the declared columns.

    Of the businesses, the last tenth are intermediaries; of the others, two in five export.
    """
    rng = np.random.default_rng(seed)
    firm = np.arange(1, firms + 1)
    trader = firm > firms - firms // 10
    register = pd.DataFrame(
        {
            "firm": firm,
            "sector": np.where(trader, rng.choice(["wholesale", "retail"], firms), "manufacturing"),
            "province": [f"P{p:02d}" for p in rng.integers(1, 7, firms)],
            "founded": rng.integers(1980, FIRST + 1, firms),
        }
    ).astype({"sector": "category", "province": "category"})
    entry = rng.integers(FIRST, LAST + 1, firms)
    last = np.minimum(entry + rng.geometric(0.12, firms), LAST)
    firm_years = register.loc[register.index.repeat(last - entry + 1)].drop(columns="sector")
    start = np.repeat(entry, last - entry + 1)
    year = start + firm_years.groupby("firm").cumcount().to_numpy()
    firm_years = firm_years.assign(year=year, employees=rng.integers(10, 900, len(year)))
    since = {
        f"{technology}_since": pd.array(
            np.where(rng.random(firms) < 0.3, rng.integers(2000, 2014, firms), 0), dtype="Int16"
        )
        for technology in ("pit", "pdo", "icp")
    }
    since = pd.DataFrame(since).where(lambda years: years > 0)
    industry = pd.Series(rng.integers(11, 20, firms)).astype(str)
    traits = since.assign(firm=firm, industry=industry.astype("category"))
    firm_years = firm_years.merge(traits, on="firm")
    exports = firm_years[
        (rng.random(firms) < 0.4)[firm_years["firm"] - 1] | trader[firm_years["firm"] - 1]
    ]
    lines = exports.loc[exports.index.repeat(rng.poisson(orders, len(exports)))]
    size = len(lines)
    customs = pd.DataFrame(
        {
            "firm": lines["firm"].to_numpy(),
            "year": lines["year"].to_numpy(),
            "product": pd.Categorical(rng.choice(["01012100", "84713000", "95030090"], size)),
            "destination": pd.Categorical(rng.choice(["D01", "D02", "D03"], size)),
            "mode": pd.Categorical(rng.choice(["ordinary", "processing"], size)),
            "quantity": rng.integers(1, 500, size),
            "value": rng.integers(1, 9_000, size),
        }
    )
    surveyed = firm_years[~trader[firm_years["firm"] - 1]].reset_index(drop=True)
    return SimpleNamespace(customs=customs, firms=surveyed, register=register)
