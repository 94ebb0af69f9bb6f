"""How dispersed the prices of a market are beside a firm's own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.measure.destinations import NO_DISPERSION
from tradedig_helpers.measure.flows import MARKET


def dispersion_among_others(flows: pd.DataFrame) -> pd.Series:
    """Return ln(s/p̄) of the prices of other firms in each flow's market.

    Missing where others have fewer than two prices, or prices without dispersion. The standard
    deviation divides by n - 1, as that of ``lnsdp`` does.

    Parameters
    ----------
    flows : ``firm``, ``product``, ``destination``, ``year``, ``price`` (above zero)
    """
    mean = flows.groupby(MARKET, observed=True)["price"].transform("mean")
    sums = flows[[*MARKET, "firm"]].assign(count=1.0, sum=flows["price"] - mean)
    sums["squares"] = sums["sum"] ** 2
    columns = ["count", "sum", "squares"]
    everybody = sums.groupby(MARKET, observed=True)[columns].transform("sum")
    own = sums.groupby([*MARKET, "firm"], observed=True)[columns].transform("sum")
    count, total, squares = ((everybody - own)[column] for column in columns)
    count = count.where(count > 1)
    variance = (squares - total**2 / count) / (count - 1)
    squared = variance / (mean + total / count) ** 2
    dispersed = squared.where(squared > NO_DISPERSION).to_numpy()
    return pd.Series(0.5 * np.log(dispersed), index=flows.index)
