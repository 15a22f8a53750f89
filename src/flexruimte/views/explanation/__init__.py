"""Why this one, why not that one: every rule and criterion for one parcel.

An explanation is a table, and sentences that can be read out. It is made of a row of the parcels'
table, the findings on that parcel and the summary of its municipality, so that it can be made from
the files long after the computation, and says the same.
"""

from flexruimte.views.explanation.explain import explain
from flexruimte.views.explanation.table import Explanation

__all__ = ["Explanation", "explain"]
