"""Costs: per location the investment, the move, the re-placement guarantee and the exploitation.

This is no business case: amounts are in euros, not indexed, not discounted and not split by VAT.
Every figure is dated and comes with its source from one file, `costs-nl` or the user's own
(`figures`); what has no sourced figure is a parameter without a default (`assessment`). What is not
known is null, never zero, and the column `not_known` says why. `run` works out the costs of a run
that is on disk; a run itself computes no costs.
"""

from flexruimte.analyses.costs.assessment import CostParameters, assess_costs
from flexruimte.analyses.costs.figures import (
    CostFigures,
    DatedFigure,
    Figure,
    built_in_cost_figures,
    figures_at,
    load_cost_figures,
)
from flexruimte.analyses.costs.run import write_costs

__all__ = [
    "CostFigures",
    "CostParameters",
    "DatedFigure",
    "Figure",
    "assess_costs",
    "built_in_cost_figures",
    "figures_at",
    "load_cost_figures",
    "write_costs",
]
