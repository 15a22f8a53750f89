"""What if: what each excluding rule takes, and variants of a study side by side.

It works on a question, variants of it, and what is at hand of each municipality (`evidence`): a
survey, the layers behind it, layouts. No layer is opened. `case` judges a municipality anew, and
only what can change; `rules` switches excluding rules off one by one (`changes` says what is tried
on each); `comparison` puts one municipality together, `tables` all of them.
"""

from flexruimte.analyses.what_if.comparison import Asked, MunicipalityRows, compare
from flexruimte.analyses.what_if.evidence import (
    Evidence,
    HeldLayers,
    LayoutsHeld,
    NewSurveyNeeded,
)
from flexruimte.analyses.what_if.tables import EVERYWHERE, WhatIfTables
from flexruimte.analyses.what_if.variants import (
    AS_IT_IS,
    Variant,
    VariantLike,
    read_variant,
    variants_of,
)

__all__ = [
    "AS_IT_IS",
    "EVERYWHERE",
    "Asked",
    "Evidence",
    "HeldLayers",
    "LayoutsHeld",
    "MunicipalityRows",
    "NewSurveyNeeded",
    "Variant",
    "VariantLike",
    "WhatIfTables",
    "compare",
    "read_variant",
    "variants_of",
]
