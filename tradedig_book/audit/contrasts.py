"""Do the groups of Table 7 differ? Differences with rounding, and with multiple testing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from tradedig_book.audit.consistency import printed_product_error
from tradedig_book.audit.declared import MEDIATIONS, SPLITS, PrintedMediation
from tradedig_book.audit.intervals import Interval
from tradedig_book.audit.reading import errors, estimates, with_bounds
from tradedig_helpers.estimation.multiple import holm
from tradedig_helpers.frames.options import require_between

EFFECTS = {
    "lndig on flex": "beta0",
    "flex on QSY": "mu1",
    "direct, lndig on QSY": "beta1",
    "mediated, ME": "effect",
}


def group_contrasts(published: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """Test, for each split of Table 7 and each effect, that its two groups are equal.

    z = difference/√(se₁² + se₂²) takes the groups for independent samples. Columns
    ``split``, ``effect``, ``z_low``, ``z_high`` (bounds by rounding), and the bounds of the
    p-value as it is (``p_``), by Holm (``holm_``) and by Benjamini and Hochberg (1995;
    ``bh_``). ``groups`` is "differ", "undecidable" or "no difference shown", by Holm at
    ``level``. Both adjustments rise with each p-value, so the bounds are those of the family.

    Raises
    ------
    ValueError
        If ``level`` is not between 0 and 1.
    """
    require_between(0, 1, level=level)
    frame = pd.concat([_split(published, split) for split in SPLITS], ignore_index=True)
    z = Interval(frame["z_low"].to_numpy(), frame["z_high"].to_numpy()).size()
    p = Interval(2 * norm.sf(z.high), 2 * norm.sf(z.low))
    for name, adjust in (("p", np.asarray), ("holm", holm), ("bh", false_discovery_control)):
        frame = with_bounds(frame, name, Interval(*(adjust(end) for end in p.ends)))
    either = np.where(frame["holm_low"] > level, "no difference shown", "undecidable")
    return frame.assign(groups=np.where(frame["holm_high"] <= level, "differ", either))


def _split(published: pd.DataFrame, split: str) -> pd.DataFrame:
    """Return the z-values of one split, one row an effect."""
    one, other = (
        next(m for m in MEDIATIONS if m.table == 7 and m.sample == group) for group in SPLITS[split]
    )
    rows = []
    for effect, place in EFFECTS.items():
        both = [_effect(published, m, place) for m in (one, other)]
        (first, se1), (second, se2) = both
        joint = Interval(np.hypot(se1.low, se2.low), np.hypot(se1.high, se2.high))
        z = (first - second) / joint
        rows.append({"split": split, "effect": effect, "z_low": z.low[0], "z_high": z.high[0]})
    return pd.DataFrame(rows)


def _effect(
    published: pd.DataFrame, pair: PrintedMediation, place: str
) -> tuple[Interval, Interval]:
    """Return an effect and its standard error; for ME the product and Sobel's error."""
    if place != "effect":
        where = [getattr(pair, place)]
        return estimates(published, where), errors(published, where)
    product = estimates(published, [pair.beta0]) * estimates(published, [pair.mu1])
    return product, printed_product_error(published, [pair])
