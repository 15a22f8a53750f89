"""Targets: how many homes a region or municipality is to have by when, against a ranking.

What may stand in a targets file (`target_file`) <- the locations, checked (`locations`), who is a
member of what (`membership`), past production (`production`) <- the comparison (`comparison`) <-
the comparison of a run that is on disk (`run`).
"""

from flexruimte.analyses.targets.comparison import TargetComparison, compare
from flexruimte.analyses.targets.run import compare_with_targets
from flexruimte.analyses.targets.target_file import (
    Production,
    Region,
    RequiredYears,
    Target,
    Targets,
    built_in_targets,
    load_targets,
)

__all__ = [
    "Production",
    "Region",
    "RequiredYears",
    "Target",
    "TargetComparison",
    "Targets",
    "built_in_targets",
    "compare",
    "compare_with_targets",
    "load_targets",
]
