"""The model of optimal quality, derived once.

The firm: ``derivation`` (from utility and costs), ``paper`` (what the paper prints, held to it),
``parameters`` and ``parameter_fields`` (inputs and their checks), ``printing`` and ``program`` (one
text for NumPy and for browsers), ``solution`` (equations 5 to 8), ``numeric`` (expressions as
functions).
Around it: ``signs`` and ``statics`` (proved derivatives), ``claim_checks`` and ``claims`` (the
ledger), ``industry``, ``free_entry``, ``entry_statics``, ``equilibrium`` and ``zero_profit`` (all
firms at once),
``adoption``, ``adoption_statics``, ``digital_inputs`` and ``selection`` (the choice to digitise).
Beside it: ``consistent_measure`` (what prices and quantities tell in these markets) and
``varieties`` (a firm that makes many).
The names exported here are those of the firm; import the others from their modules.
"""

from tradedig_book.theory.derivation import derive, inverse_demand
from tradedig_book.theory.numeric import evaluate_at, numeric, profit_at
from tradedig_book.theory.paper import NotDerived, equation, second_order, upgrading, verify
from tradedig_book.theory.parameter_fields import ParameterError, ParameterInfo
from tradedig_book.theory.parameters import ABOUT, Parameters
from tradedig_book.theory.program import Condition, OutsideRegion, Program
from tradedig_book.theory.solution import (
    CONDITIONS,
    OUTCOMES,
    OutcomeInfo,
    Solution,
    evaluate,
    optimal_quality,
    program,
    solve,
    verdict,
)

__all__ = [
    "ABOUT",
    "CONDITIONS",
    "OUTCOMES",
    "Condition",
    "NotDerived",
    "OutcomeInfo",
    "OutsideRegion",
    "ParameterError",
    "ParameterInfo",
    "Parameters",
    "Program",
    "Solution",
    "derive",
    "equation",
    "evaluate",
    "evaluate_at",
    "inverse_demand",
    "numeric",
    "optimal_quality",
    "profit_at",
    "program",
    "second_order",
    "solve",
    "upgrading",
    "verdict",
    "verify",
]
