"""What a study asks of the layers, and that nothing which is left out of that can change a survey."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import shapely

from flexruimte.assessment.pipeline import land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.survey import survey
from toy_town import toy_study


def test_a_question_leaves_nothing_out_that_decides(tmp_path: Path) -> None:
    # The survey is made with the question alone; held against one made with everything that the study says.
    question = toy_study(tmp_path).question
    takes_land = land_taken_by(question, "A")
    alone, whole = (
        survey(asked, "A", takes_land) for asked in (survey_question(question, "A"), question)
    )
    pd.testing.assert_frame_equal(alone.measures, whole.measures, check_exact=True)
    assert (shapely.to_wkb(alone.buildable.shapes) == shapely.to_wkb(whole.buildable.shapes)).all()
    assert alone.layers == whole.layers
