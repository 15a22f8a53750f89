"""The toy town as it is, to try other rules on; and the same judged as a whole, to hold that against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flexruimte import Study
from flexruimte.analyses.what_if.case import Case
from flexruimte.analyses.what_if.locations import Totals, locations_of, ranked, totals
from flexruimte.assessment.pipeline import assess
from flexruimte.study.what_if import survey_in_memory
from toy_town import changed_ruleset, toy_study


def toy_case(folder: Path, layers: dict[str, Any] | None = None, **changes: Any) -> Case:
    """The toy town, with changes to its ruleset."""
    return case_of(toy_study(folder, ruleset=changed_ruleset(**changes), layers=layers or {}))


def case_of(study: Study, code: str = "A") -> Case:
    return Case(study.question, survey_in_memory(study.question, code))


def as_a_whole(study: Study, code: str = "A") -> Totals:
    """What there is when every layer is read again and every parcel is judged."""
    found = assess(study.question, code)
    return totals(found.ruleset, ranked(found.ruleset, locations_of(found)))
