"""The firm controls of Table 2 from raw accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import require_above, require_columns, require_numbers

FOREIGN_THRESHOLD = 0.25
POSITIVE = ["employees", "total_assets", "sales", "tfp"]
FINITE = [
    "founded",
    "fixed_assets",
    "wages_payable",
    "interest",
    "profit",
    "foreign_share",
    "patents",
]


def measure_controls(firms: pd.DataFrame) -> pd.DataFrame:
    """Return the nine firm controls of each firm-year, in the units of the paper.

    ``lnsca`` ln employees; ``lnage`` ln(year - founded + 1); ``lncap`` ln(fixed
    assets/employees + 1); ``lnpwa`` ln(wages payable/employees + 1); ``lnfir``
    ln(interest/total assets + 1); ``lnpro`` ln(profit/sales + 1); ``foe`` 1 if the
    foreign share is at least 25%; ``lninn`` ln(patent applications + 1); ``lntfp`` ln TFP.

    Raises
    ------
    TypeError, ValueError
        If a column is missing or not finite, if employees, total assets, sales or TFP are
        not positive, or if the argument of a logarithm is not.
    """
    require_columns(firms, ["firm", "year", *POSITIVE, *FINITE], "firms")
    require_above(firms, POSITIVE, "firms")
    require_numbers(firms, ["year", *FINITE], "firms")
    arguments = pd.DataFrame(
        {
            "lnsca": firms["employees"],
            "lnage": firms["year"] - firms["founded"] + 1,
            "lncap": firms["fixed_assets"] / firms["employees"] + 1,
            "lnpwa": firms["wages_payable"] / firms["employees"] + 1,
            "lnfir": firms["interest"] / firms["total_assets"] + 1,
            "lnpro": firms["profit"] / firms["sales"] + 1,
            "lninn": firms["patents"] + 1,
            "lntfp": firms["tfp"],
        }
    ).astype("float64")
    require_above(arguments, list(arguments.columns), "argument of the logarithm")
    foreign = (firms["foreign_share"] >= FOREIGN_THRESHOLD).astype("float64")
    return firms[["firm", "year"]].join(arguments.apply(np.log)).assign(foe=foreign)
