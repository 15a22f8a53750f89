"""Why this one, why not that one: every rule and criterion for one parcel, as a table and in sentences that can be read out.

An explanation is made of one row of the parcels table and the summary of its municipality, so that
it can be made long after the computation, from the files, and says the same.
"""

from flexruimte.wording.explanation.explain import explain
from flexruimte.wording.explanation.table import Explanation

__all__ = ["Explanation", "explain"]
