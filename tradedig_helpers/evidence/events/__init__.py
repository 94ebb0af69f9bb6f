"""What happens at adoption: cohorts, matching, event studies, and what their estimators weigh.

``cohorts`` says who adopts when, ``matching``, ``neighbours`` and ``balance`` find firms to
compare them with, ``weighted`` estimates on pairs whose controls count in part, ``staggered`` and
``study`` estimate paths by time since adoption, ``twoway_weights`` and ``pretrends`` show what can
go wrong, ``gains`` is the truth of the synthetic economy.
"""

from tradedig_helpers.evidence.events.cohorts import event_sample, first_adoption
from tradedig_helpers.evidence.events.matching import match_adopters
from tradedig_helpers.evidence.events.staggered import group_time
from tradedig_helpers.evidence.events.study import event_study

__all__ = ["event_sample", "event_study", "first_adoption", "group_time", "match_adopters"]
