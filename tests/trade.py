"""A small random customs table, for property tests."""

import numpy as np
import pandas as pd


def draw_trade(seed, rows=60):
    """Return random shipments of eight firms in few markets, and σ of those markets."""
    rng = np.random.default_rng(seed)
    customs = pd.DataFrame(
        {
            "firm": rng.integers(1, 9, rows),
            "product": rng.choice(["11010100", "11010200", "11020100"], rows),
            "destination": rng.choice(["D01", "D02"], rows),
            "mode": rng.choice(["ordinary", "processing"], rows),
            "year": rng.integers(2002, 2004, rows),
            "quantity": rng.integers(1, 500, rows),
            "value": rng.integers(1, 9_000, rows),
        }
    )
    pairs = [(h, d) for h in ("1101", "1102") for d in ("D01", "D02")]
    elasticities = pd.DataFrame(pairs, columns=["hs4", "destination"])
    return customs, elasticities.assign(sigma=rng.uniform(1.5, 8, len(pairs)))
