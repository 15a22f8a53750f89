"""The next place: where homes go when their term ends, planned for all sites together.

The modules: `parameters` (what may be chosen) <- `costs` (of a move) <- `problem` (sites and
placements, checked) <- `network` (time-expanded) <- `routes`, `cuts` <- `program` (the linear
program, by column generation) <- `search` (whole groups), `values` (duals) <- `tables` (results) <-
`plans` (the order) <- `run` (of a run that is on disk, written by `files`); `replay` checks a plan
by simulation.
"""

from flexruimte.analyses.relocation.parameters import RelocationError, RelocationParameters
from flexruimte.analyses.relocation.plans import plan_relocation
from flexruimte.analyses.relocation.problem import add_regions, move_cost_factors, place_by_rank
from flexruimte.analyses.relocation.replay import replay
from flexruimte.analyses.relocation.tables import RelocationPlan

__all__ = [
    "RelocationError",
    "RelocationParameters",
    "RelocationPlan",
    "add_regions",
    "move_cost_factors",
    "place_by_rank",
    "plan_relocation",
    "replay",
]
