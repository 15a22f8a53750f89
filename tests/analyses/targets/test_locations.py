"""Locations that are compared with targets: bad ones are refused."""

from __future__ import annotations

import pandas as pd
import pytest

from flexruimte.analyses.targets import compare
from flexruimte.errors import LayerError
from target_cases import AS_OF, LOCATIONS, targets

BAD_LOCATIONS = {
    "below zero": (
        LOCATIONS.assign(homes_low=-1),
        "parcel A1, A2, A3, A4, A5 and 5 more has homes below zero",
    ),
    "no number": (LOCATIONS.assign(homes="veel"), "homes of parcel A1, .* is no number"),
    "no date": (
        LOCATIONS.assign(term_start="straks"),
        "term_start of parcel A1, .* is no date; write it as 2030-12-31",
    ),
    "no column": (LOCATIONS.drop(columns=["score", "term_end"]), "no column score, term_end"),
    "two answers": (
        pd.concat([LOCATIONS, LOCATIONS.assign(score=1.0)]),
        "parcel A1, .* stands there twice",
    ),
}


@pytest.mark.parametrize("case", BAD_LOCATIONS)
def test_bad_locations_are_refused_by_column_and_parcel(case: str) -> None:
    locations, message = BAD_LOCATIONS[case]
    with pytest.raises(LayerError, match=message):
        compare(targets(t={"region": "both", "homes": 1}), locations, AS_OF)
