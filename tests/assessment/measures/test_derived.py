"""Measures that rest on others: transport tiers and what a move leaves behind, by sums on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from flexruimte.assessment.measures.derived import mix, transport_tier
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset


def national(**placement: float) -> Ruleset:
    ruleset = load_ruleset("flexwonen-nl")
    return ruleset.model_copy(
        update={
            "placement": {
                **ruleset.placement,
                **{
                    name: ruleset.placement[name].model_copy(update={"value": value})
                    for name, value in placement.items()
                },
            }
        }
    )


@pytest.mark.parametrize(
    ("width", "height", "length", "tier"),
    [
        (3.5, 3.2, 9, "yearly_permit"),  # 3.50 x 4.10 x 16
        (3.0, 3.1, 15, "no_permit"),  # exactly 3.00 x 4.00 x 22
        (3.01, 3.1, 15, "yearly_permit"),
        (3.0, 3.11, 15, "yearly_permit"),
        (3.0, 3.1, 15.1, "yearly_permit"),
        (3.5, 3.25, 20, "yearly_permit"),  # exactly 3.50 x 4.15 x 27
        (3.51, 3.2, 9, "beyond"),
        (3.5, 3.26, 9, "beyond"),
        (3.5, 3.2, 20.1, "beyond"),
    ],
)
def test_transport_tiers(width: float, height: float, length: float, tier: str) -> None:
    ruleset = national(module_width_m=width, module_height_m=height, module_length_m=length)
    assert transport_tier(ruleset.measures["transport_tier_class"], ruleset) == tier


def test_what_a_move_leaves_behind() -> None:
    ruleset = national()
    values = pd.DataFrame(
        {"connection_distance_m": [275.0, 0.0, 500.0, 0.0], "paved_share": [0.4, 1.0, 0.0, np.nan]}
    )
    found = {
        name: mix(ruleset.measures[name], ruleset, values)
        for name in ("cost_left_behind_share", "serviced_share")
    }
    # 275 m is half way from 50 to 500: 0.15 x 0.5 + 0.50 x 0.6 = 0.375; nothing where all is there; 0.65 where nothing is
    np.testing.assert_allclose(found["cost_left_behind_share"], [0.375, 0.0, 0.65, np.nan])
    # (0.15 x 0.5 + 0.50 x 0.4) / 0.65
    np.testing.assert_allclose(found["serviced_share"], [0.275 / 0.65, 1.0, 0.0, np.nan])
    np.testing.assert_allclose(
        found["cost_left_behind_share"], 0.65 * (1 - found["serviced_share"])
    )
