"""A row of parcels, some of them too small alone, whose every number was worked out on paper.

The toy ruleset asks for 5,000 m2 and counts 50 homes per net ha at a gross-net factor of 1.25: 40 homes per ha.

::

    y                                                          The bus stops at (50, -100).
    70 +-----------+                                           A and B alone are too small; together 7,000 m2: 28 homes.
       | B 100 x 30|                                           C touches A in a corner only, and is too small.
    40 +-----------+-----------+                               D and E alone hold 24 homes each; together 48: no gain.
       | A 100 x 40|           |                               F, G and H (2,000 each) come to something as three: 24 homes.
     0 +-----------+           |
       C below A's corner: (100, -40)-(200, 0)
"""

from __future__ import annotations

import pandas as pd

from flexruimte import Study
from flexruimte.rules.files import load_ruleset, with_changes
from toy_town import RULESET, box, frame, parameter, point

BOXES = {
    "A": (0, 0, 100, 40),
    "B": (0, 40, 100, 70),
    "C": (100, -40, 200, 0),
    "D": (1000, 0, 1100, 60),
    "E": (1000, 60, 1100, 120),
    "F": (2000, 0, 2100, 20),
    "G": (2000, 20, 2100, 40),
    "H": (2000, 40, 2100, 60),
}
OWNERS = pd.DataFrame(
    {
        "parcel_id": ["A", "B", "F", "G"],
        "soort": ["gemeente", "particulier", "gemeente", "gemeente"],
    }
)


def study(
    merge: str,
    boxes: dict[str, tuple[float, float, float, float]] | None = None,
    most_m2: float = 20_000,
    one_owner: tuple[str, ...] | None = ("gemeente",),
    owners: pd.DataFrame = OWNERS,
    decided_in: tuple[str, ...] = (),
) -> Study:
    placement = {"merge": parameter(merge), "merge_most_m2": parameter(most_m2)}
    if one_owner is not None:
        placement["one_owner_classes"] = parameter(list(one_owner))
    ruleset = with_changes(load_ruleset(RULESET), {"placement": placement})
    boxes = BOXES if boxes is None else boxes
    decisions = pd.DataFrame(
        {"parcel_id": list(decided_in), "decision": "in", "date": "2025-06-01"}
    )
    return Study(
        parcels=frame([box(*sides) for sides in boxes.values()], parcel_id=list(boxes)),
        municipalities=frame([box(-1000, -1000, 20_000, 5000)], code=["A"], naam=["Aadorp"]),
        layers={
            "haltes": {
                "source": frame([point(50, -100)], code=["h1"], soort=["bus"]),
                "coverage": "complete",
            },
            # a table of more than this row: with other boxes none of its parcels may be there
            "eigendom": {
                "source": owners,
                "unknown_ids": "ignore",
            },
            # no plans at all: the term is that of the agreements
            "plannen": {
                "source": frame([], plan=[], status=[], start=[]),
                "coverage": "complete",
            },
            "afspraken": {
                "source": pd.DataFrame(
                    {
                        "parcel_id": ["A", "B"],
                        "vrij_vanaf": ["2030-01-01", None],
                        "vrij_tot": [None, "2049-12-31"],
                    }
                ),
                "unknown_ids": "ignore",
            },
        },
        as_of="2026-01-01",
        ruleset=ruleset,
        not_assessed=["pand", "natuur", "leiding", "bodemgebruik", "lden", "net"],
        decisions=decisions.assign(reason="x") if decided_in else None,
    )
