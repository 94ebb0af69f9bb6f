"""Moderation: the effect of a treatment at each value of a moderator."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student

from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.influence import influence
from tradedig_helpers.estimation.sample import finite
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.options import require_kind


def marginal_effects(
    spec: Specification, panel: pd.DataFrame, interaction: str, at: ArrayLike
) -> pd.DataFrame:
    """Return the effect of a treatment by (14) where its moderator has the values ``at``.

    The effect at m is the slope of the treatment plus m times that of ``interaction``,
    written ``treatment:moderator``; its error uses the covariance of the two. Columns
    ``moderator``, ``estimate``, ``std_error``, ``low`` and ``high`` (95%, pointwise).

    Raises
    ------
    TypeError
        Naming the specification, if values are no numbers.
    ValueError
        Naming the specification, if the treatment or the interaction is not in it or is no
        product of two columns, ``at`` is no list of finite values, or it cannot be estimated.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["m"] = rng.normal(size=400)
    >>> panel["y"] = (0.5 + 0.2 * panel["m"]) * panel["x"] + 0.1 * rng.normal(size=400)
    >>> spec = Specification("y", ("x", "x:m", "m"), effects=("firm",))
    >>> marginal_effects(spec, panel, "x:m", at=[-1, 0, 1])[["moderator", "estimate"]].round(1)
       moderator  estimate
    0       -1.0       0.3
    1        0.0       0.5
    2        1.0       0.7
    """
    require_kind(spec, Specification, "marginal_effects(spec, panel, interaction, at)")
    treatment, _, moderator = interaction.partition(":")
    if not moderator or moderator == treatment:
        raise ValueError(
            f"{spec.name}: interaction = {interaction!r}; write 'treatment:moderator', two columns"
        )
    if absent := [name for name in (treatment, interaction) if name not in spec.regressors]:
        raise ValueError(f"{spec.name} has no {absent}; it has {list(spec.regressors)}")
    values = np.atleast_1d(finite(at, f"{spec.name}: at; values of the moderator"))
    if values.ndim > 1 or not len(values):
        raise ValueError(
            f"{spec.name}: at has shape {values.shape}; give a list of at least one value of the "
            "moderator"
        )
    demeaned = demean_all([spec], panel)
    demeaned.require_estimable()
    found = influence(demeaned, spec.outcome, spec.regressors)
    pair = [treatment, interaction]
    weights = np.vstack([np.ones_like(values), values])
    effect = found.estimate[pair].to_numpy() @ weights
    error = np.sqrt(((found.by_cluster[pair].to_numpy() @ weights) ** 2).sum(axis=0))
    reach = student.ppf(0.975, len(found.by_cluster) - 1) * error
    columns = {"estimate": effect, "std_error": error, "low": effect - reach}
    return pd.DataFrame({"moderator": values} | columns | {"high": effect + reach})
