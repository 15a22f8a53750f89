"""The comparison of a run that is on disk with targets, written beside its results."""

from __future__ import annotations

from pathlib import Path

from flexruimte.analyses.targets.comparison import TargetComparison, compare
from flexruimte.analyses.targets.target_file import load_targets
from flexruimte.results.csv_table import write_csv
from flexruimte.results.outputs import TARGETS, TARGETS_FILLING, TARGETS_PRODUCTION
from flexruimte.results.read import FILES_OF_RUN, read_run
from flexruimte.results.store import store_of

__all__ = ["compare_with_targets"]


def compare_with_targets(
    out: str | Path, targets: str | Path, *, of_all: bool = False
) -> TargetComparison:
    """Compare a run with targets, and write the comparison beside its results.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, that a run wrote to. Municipalities that are not done
        count as not assessed.
    targets
        A built-in name, or the path of a targets file.
    of_all
        Whether all ranked locations count, or only those of the best class of priority.

    Returns
    -------
    TargetComparison
        Also written to targets.csv, targets_filling.csv (which locations, in rank order) and
        targets_production.csv.

    Raises
    ------
    FlexruimteError
        When results or targets cannot be read, or a target names a region that does not exist.
    """
    asked = load_targets(targets)
    with store_of(out).reading(FILES_OF_RUN) as folder:
        results = read_run(folder)
        found = compare(
            asked,
            results.locations,
            results.as_of,
            required_years=results.placement("required_years"),
            assessed=list(results.done),
            priority=None if of_all else results.summary.first_priority,
            language=results.summary.study.language,
            rules_assessed=[rule.id for rule in results.summary.rules if not rule.left_out],
        )
        write_csv(found.targets, folder / TARGETS)
        write_csv(found.filling, folder / TARGETS_FILLING)
        write_csv(found.production, folder / TARGETS_PRODUCTION)
    return found
