"""What a study asks of the layers, in parts: another answer, another text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from changed_questions import NOT_OF_THE_LAND, OF_THE_LAND
from flexruimte import Study
from flexruimte.assessment.asked import parts_asked, source_settings
from flexruimte.assessment.question import survey_question
from toy_town import toy_study


def parts(study: Study) -> dict[str, str]:
    return parts_asked(survey_question(study.question, "A"), "A")


@pytest.mark.parametrize("changes", NOT_OF_THE_LAND.values(), ids=NOT_OF_THE_LAND)
def test_what_is_not_of_the_land_is_answered(tmp_path: Path, changes: dict[str, Any]) -> None:
    study = toy_study(tmp_path)
    assert parts(study.changed(**changes)).items() <= parts(study).items()


@pytest.mark.parametrize("changes", OF_THE_LAND.values(), ids=OF_THE_LAND)
def test_what_is_of_the_land_is_not(tmp_path: Path, changes: dict[str, Any]) -> None:
    study = toy_study(tmp_path)
    assert not parts(study.changed(**changes)).items() <= parts(study).items()


def test_every_source_has_its_settings(tmp_path: Path) -> None:
    question = toy_study(tmp_path).question
    assert set(source_settings(question)) == {"parcels", *question.sources}
