"""What a ruleset looks up in its tables."""

from __future__ import annotations

import pickle

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


def test_a_copy_lists_its_own_rules() -> None:
    toy = load_ruleset(RULESET)
    nature = toy.rules["nature"]
    assert {"nature"} <= toy.enabled_rules.keys() & toy.land_rules.keys()
    off = nature.model_copy(update={"enabled": False})
    without = toy.model_copy(update={"rules": {**toy.rules, "nature": off}})
    assert toy.enabled_rules.keys() - without.enabled_rules.keys() == {"nature"}
    assert toy.land_rules.keys() - without.land_rules.keys() == {"nature"}
    assert without.measure_rules == toy.measure_rules
    assert pickle.loads(pickle.dumps(without)) == without
    # what was listed is no part of what a ruleset says
    assert load_ruleset(RULESET) == toy
