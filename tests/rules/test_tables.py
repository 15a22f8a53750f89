"""What a ruleset looks up in its tables."""

from __future__ import annotations

from flexruimte.rules.files import load_ruleset, with_changes
from toy_town import RULESET


def test_a_ruleset_knows_what_it_asks_for() -> None:
    toy = load_ruleset(RULESET)
    assert toy.asks_for("width_m")  # by a site type
    without = with_changes(
        toy, {"site_types": {"vast": {"when": [{"measure": "area_m2", "at_least": 1e9}]}}}
    )
    assert not without.asks_for("width_m")
    assert without.asks_for("stop_distance_m")  # by a criterion
