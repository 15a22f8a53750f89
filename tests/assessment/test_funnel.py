"""How much of each parcel of the toy town is left after each condition, on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flexruimte import Study
from flexruimte.assessment.funnel import AVAILABLE
from flexruimte.assessment.pipeline import assess
from flexruimte.vocabulary import FUNNEL_CONDITIONS
from toy_town import IDS, toy_study

STEPS = [*map(str, FUNNEL_CONDITIONS), AVAILABLE]

# In hundreds of m2. The buildings of P01 take 9, P02 is built for 37 %; P04's building may not
# exist. Nature takes the west of P05 and all of P07; the pipeline 10 of each of the last row.
# Nobody knows when the plan on P08 starts; that on P10 starts in 3 years. P11 is free for 10 years
# of the 15.
LEFT = {
    "use": [91, 0, 100, 0, 100, 100, 100, 100, 100, 100, 100, 100],
    "restriction": [91, 0, 100, 0, 50, 100, 0, 100, 90, 90, 90, 90],
    "plan": [91, 0, 100, 0, 50, 100, 0, 0, 90, 0, 90, 90],
    "available": [91, 0, 100, 0, 50, 100, 0, 0, 90, 0, 0, 90],
}
UNKNOWN = {
    "use": ["P04"],
    "restriction": ["P04"],
    "plan": ["P04", "P08"],
    "available": ["P04", "P08"],
}


def left(study: Study) -> pd.DataFrame:
    return assess(study.question, "A").left_m2


@pytest.mark.parametrize("step", STEPS)
def test_what_is_left_of_each_parcel(tmp_path: Path, step: str) -> None:
    found = left(toy_study(tmp_path))
    assert list(found.index) == IDS
    assert found[f"{step}_m2"].tolist() == pytest.approx([100 * each for each in LEFT[step]])
    unknown = [10_000 if parcel in UNKNOWN[step] else 0 for parcel in IDS]
    assert found[f"{step}_unknown_m2"].tolist() == pytest.approx(unknown)


def test_decisions_count_as_they_do_for_the_status(tmp_path: Path) -> None:
    decided = pd.DataFrame(
        {
            "parcel_id": ["P02", "P03", "P04", "P07"],
            "decision": ["in", "out", "in", "in"],
            "reason": "raad",
            "date": "2025-06-01",
        }
    )
    found = left(toy_study(tmp_path, decisions=decided))
    surely = found[[f"{step}_m2" for step in STEPS]]
    # P02 gets back what its buildings take. P03 meets all conditions, and is taken out in the end.
    # P04 is let in, whatever its building is. Nature is very hard, and takes P07 all the same.
    assert surely.loc["P02"].tolist() == pytest.approx([10_000] * 4)
    assert surely.loc["P03"].tolist() == pytest.approx([10_000, 10_000, 10_000, 0])
    assert surely.loc["P04"].tolist() == pytest.approx([10_000] * 4)
    assert surely.loc["P07"].tolist() == pytest.approx([10_000, 0, 0, 0])
    assert found[[f"{step}_unknown_m2" for step in STEPS]].loc["P04"].eq(0).all()


@pytest.mark.parametrize("layer", ["pand", "natuur", "leiding", "plannen"])
def test_no_step_gives_land_back(tmp_path: Path, layer: str) -> None:
    for without in (None, layer):
        found = left(toy_study(tmp_path, layers={without: None} if without else {}))
        before = np.full(len(IDS), 10_000.0), np.full(len(IDS), 10_000.0)
        for step in STEPS:
            surely = found[f"{step}_m2"].to_numpy()
            perhaps = surely + found[f"{step}_unknown_m2"].to_numpy()
            assert (surely <= before[0]).all()
            assert (perhaps <= before[1]).all()
            before = surely, perhaps
    # what the layer would say is not known: nothing is surely available
    assert found["available_m2"].eq(0).all()
    assert found["available_unknown_m2"].sum() > 0
