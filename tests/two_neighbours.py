"""Two parcels of one owner that touch, and are one location under the rules of the toy town."""

from __future__ import annotations

import pandas as pd

from flexruimte import Study
from flexruimte.rules.files import load_ruleset, with_changes
from toy_town import RULESET, box, frame


def two_neighbours() -> Study:
    """Return a study of A, 100 x 40 m, and B, 100 x 30 m, with nature along and in them."""
    ruleset = with_changes(
        load_ruleset(RULESET),
        {
            "placement": {
                name: {
                    "title": {"nl": "x", "en": "x"},
                    "value": value,
                    "source": "x",
                    "basis": "pbl",
                }
                for name, value in (("merge", "touching"), ("merge_most_m2", 20_000))
            }
        },
    )
    return Study(
        parcels=frame([box(0, 0, 100, 40), box(0, 40, 100, 70)], parcel_id=["A", "B"]),
        municipalities=frame([box(-500, -500, 500, 500)], code=["A"], naam=["Aadorp"]),
        layers={
            # 10 m along the west of both, and 20 x 20 in the east of B
            "natuur": frame(
                [box(0, 0, 10, 70), box(80, 50, 100, 70)], nr=[1, 2], naam=["Bos", "Heide"]
            ),
            "eigendom": pd.DataFrame({"parcel_id": ["A", "B"], "soort": ["gemeente"] * 2}),
        },
        as_of="2026-01-01",
        ruleset=ruleset,
        not_assessed=[
            *("pand", "leiding", "bodemgebruik", "lden", "plannen", "net", "afspraken", "haltes")
        ],
    )
