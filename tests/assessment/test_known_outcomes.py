"""What came of groups of parcels is recalled where nothing that bears on it is another, and not elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assessment.row_of_parcels import study as row_of_parcels
from flexruimte.analyses.what_if import Evidence
from flexruimte.analyses.what_if.locations import locations_of
from flexruimte.assessment.known_outcomes import KnownOutcomes, OutcomesMemory, work_out_all
from flexruimte.assessment.merger import Merger
from flexruimte.assessment.neighbours import Outcome
from flexruimte.assessment.surveyed import Survey
from flexruimte.assessment.verdicts import CoverThatCounts
from flexruimte.study.what_if import survey_in_memory
from flexruimte.vocabulary import NO, YES, Integers, Verdicts
from toy_town import IDS, toy_study

AS_BEFORE = Outcome(28, 28, 0)
ANEW = Outcome(1, 1, 1)
GROUP = np.array([IDS.index("P01"), IDS.index("P05")])
SAID = {"pipeline": YES, "large_enough": YES, "unbuilt": NO}


class Worker:
    """Works groups out, and remembers how many."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.asked = outcome, 0

    def __call__(self, groups: list[Integers]) -> tuple[list[Outcome], Mapping[str, Verdicts]]:
        self.asked += len(groups)
        said = {
            name: np.full(len(groups), verdict, dtype=np.int8) for name, verdict in SAID.items()
        }
        return [self.outcome] * len(groups), said


@pytest.fixture
def found(tmp_path: Path) -> Survey:
    return survey_in_memory(toy_study(tmp_path).question, "A").found


def all_yes() -> dict[str, Verdicts]:
    return {name: np.full(len(IDS), YES, dtype=np.int8) for name in SAID}


def recalled(
    known: KnownOutcomes,
    rows: Survey,
    verdicts: Mapping[str, Verdicts] | None = None,
    covers: Mapping[str, CoverThatCounts] | None = None,
) -> Outcome:
    recall = known.recall(rows, np.arange(len(IDS)), verdicts or all_yes(), covers or {})
    worker = Worker(ANEW)
    (outcome,) = recall([GROUP], worker)
    assert worker.asked == (outcome is ANEW)
    return outcome


def remembered(rows: Survey) -> OutcomesMemory:
    memory = OutcomesMemory()
    recall = memory.all_parcels(len(IDS)).recall(rows, np.arange(len(IDS)), all_yes(), {})
    worker = Worker(AS_BEFORE)
    assert recall([GROUP, GROUP[::-1]], worker) == [AS_BEFORE, AS_BEFORE]
    return memory


NOBODY = np.zeros(len(IDS), dtype=bool)


def test_a_group_that_a_rule_said_yes_to_is_what_it_was(found: Survey) -> None:
    memory = remembered(found)
    for rule in ("large_enough", "pipeline"):
        assert recalled(KnownOutcomes(memory, NOBODY, rule), found) == AS_BEFORE
    # that rule said no to it, so that without it something else may come of it
    assert recalled(KnownOutcomes(memory, NOBODY, "unbuilt"), found) == ANEW
    # the rule finds something else, whatever it said
    assert recalled(KnownOutcomes(memory, NOBODY, None), found) == ANEW


def test_a_group_that_the_rule_says_nothing_of_is_what_it_was(found: Survey) -> None:
    as_ever = NOBODY.copy()
    as_ever[GROUP] = True
    assert recalled(KnownOutcomes(remembered(found), as_ever, "unbuilt"), found) == AS_BEFORE
    as_ever[GROUP[0]] = False
    assert recalled(KnownOutcomes(remembered(found), as_ever, "unbuilt"), found) == ANEW


def test_what_is_not_as_ever_is_not_remembered(found: Survey) -> None:
    memory = OutcomesMemory()
    for _ in range(2):
        assert recalled(KnownOutcomes(memory, NOBODY, "pipeline"), found) == ANEW
    assert not memory.of_groups


def test_of_other_land_something_else_comes(found: Survey) -> None:
    # P01 is crossed by no pipeline, so that nothing is taken where it would be; P05 lies in nature
    memory, known = remembered(found), "large_enough"
    for rule, outcome in (("pipeline", AS_BEFORE), ("nature", ANEW)):
        taken = dict(found.buildable.taken)
        taken[rule] = ~taken[rule]
        assert (found.findings[rule].covered_m2[GROUP] > 0).any() == (outcome == ANEW)
        other = replace(found, buildable=replace(found.buildable, taken=taken))
        assert recalled(KnownOutcomes(memory, NOBODY, known), other) == outcome


@pytest.mark.parametrize("column", ["area_m2", "perhaps_m2", "doubtful"])
def test_a_rule_on_land_that_covers_something_may_refuse_the_group(
    found: Survey, column: str
) -> None:
    # what is too little to count on each part may count on both
    memory, rule = remembered(found), "pipeline"
    nothing = CoverThatCounts(*np.zeros((2, len(IDS))), NOBODY, np.full(len(IDS), 10_000.0))
    assert recalled(KnownOutcomes(memory, NOBODY, rule), found, None, {rule: nothing}) == AS_BEFORE
    something = getattr(nothing, column).copy()
    something[GROUP[1]] = 1
    covers = {rule: replace(nothing, **{column: something})}
    assert recalled(KnownOutcomes(memory, NOBODY, rule), found, None, covers) == ANEW


def test_a_rule_on_land_that_refuses_a_part_refuses_the_group(found: Survey) -> None:
    said = all_yes()
    said["pipeline"][GROUP[0]] = NO
    known = KnownOutcomes(remembered(found), NOBODY, "pipeline")
    assert recalled(known, found, said) == ANEW
    del said["pipeline"]  # it is switched off
    assert recalled(known, found, said) == AS_BEFORE


def test_nothing_is_known_without_a_memory() -> None:
    worker = Worker(ANEW)
    assert work_out_all([GROUP, GROUP], worker) == [ANEW, ANEW]
    assert worker.asked == 2


def judged_groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    judged, of_merger = [], Merger._judged

    def counted(self: Merger, groups: list[Integers]) -> object:
        judged.append(len(groups))
        return of_merger(self, groups)

    monkeypatch.setattr(Merger, "_judged", counted)
    return judged


def test_a_row_of_parcels_judged_twice_is_merged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    question, judged = row_of_parcels("touching").question, judged_groups(monkeypatch)
    evidence: Evidence = survey_in_memory(question, "A")
    memory, count = OutcomesMemory(), len(evidence.found.parcels.ids)
    first = evidence.judged(question, evidence.found, known=memory.all_parcels(count))
    assert sum(judged) >= 4  # A and B, D and E, F and G, G and H
    judged.clear()
    second = evidence.judged(question, evidence.found, known=memory.all_parcels(count))
    assert not judged
    assert locations_of(second)["parcel_ids"].tolist() == ["D", "E", "A;B", "F;G;H"]
    assert locations_of(first).equals(locations_of(second))
