"""Changes of a study: those that ask the same of the layers, and those that ask them something else."""

from __future__ import annotations

from typing import Any

NOT_OF_THE_LAND: dict[str, dict[str, Any]] = {
    "a group's weight": {"groups": {"students": {"weights": {"stop": 1, "grid": 5}}}},
    "a theme's weight": {"themes": {"term": {"weights": {"long": 2}}}},
    "the score's weights": {"score": {"weights": {"suitability": 1, "term": 1}}},
    "a curve": {"criteria": {"stop": {"curve": [[0, 100], [900, 0]]}}},
    "a threshold": {"rules": {"unbuilt": {"at_most": 0.05}}},
    "a threshold of the placement": {"placement": {"min_buildable_m2": 9_000}},
    "the level of a rule on a measure": {"rules": {"public_owner": {"level": "hard"}}},
    "a rule on a measure switched off": {"rules": {"term": {"enabled": False}}},
    "a density": {"placement": {"homes_per_ha_mid": 30}},
    "a title": {"rules": {"nature": {"title": {"nl": "Groen", "en": "Green"}}}},
    "a finding": {
        "rules": {"nature": {"finding": {"nl": "{area} is groen", "en": "{area} is green"}}}
    },
    "what a class is called": {
        "layers": {
            "natuur": {
                "fields": {"nr": {}, "naam": {"titles": {"Bos": {"nl": "bos", "en": "wood"}}}}
            }
        }
    },
    "a site type": {
        "site_types": {"field": {"when": [{"measure": "building_count", "at_most": 3}]}}
    },
    "a size class": {"size_classes": {"small": {"up_to_homes": 20}}},
    "the name": {"name": "Anders"},
    "the language": {"language": "en"},
    "the groups": {"target_groups": ["starters"]},
    "a rule that is not assessed": {"not_assessed": ["nature"]},
    "where a rule on a layer applies": {
        "rules": {"near_nature": {"when": [{"measure": "land_use_class", "in": [40]}]}}
    },
    "an exception to a rule on a layer": {
        "rules": {"nature": {"unless": [{"measure": "land_use_class", "in": [40]}]}}
    },
    "why a rule has its level": {"rules": {"nature": {"level_reason": {"nl": "x", "en": "y"}}}},
    "the choice that a rule is for": {
        "rules": {"nature": {"only_for": {"building_rules": "permanent"}}}
    },
    "the level of a rule on a layer": {"rules": {"near_nature": {"level": "hard"}}},
    "which levels exclude": {"levels": {"excluding": ["very_hard"]}},
    "a rule on a layer switched off": {"rules": {"buildings": {"enabled": False}}},
}


OF_THE_LAND: dict[str, dict[str, Any]] = {
    "a rule on cells": {
        "rules": {
            "loud": {
                "title": {"nl": "Luid", "en": "Loud"},
                "condition": "restriction",
                "level": "hard",
                "layer": "lden",
                "above": 50,
                "source": "toy",
                "basis": "assumption",
            }
        }
    },
    "the date": {"as_of": "2026-03-01"},
    "a distance": {"rules": {"near_nature": {"distance_m": 30}}},
    "which features": {"rules": {"nature": {"where": {"naam": "Heide"}}}},
    "a rule's condition": {"rules": {"nature": {"condition": "use"}}},
    "a rule's precision": {"rules": {"nature": {"precision_m": 0}}},
    "a layer's precision": {"layers": {"natuur": {"precision_m": 3}}},
    "which rows count": {"layers": {"pand": {"rows": {"status": {"not_in": ["Bouw gestart"]}}}}},
    "a measure's limit": {"measures": {"stop_distance_m": {"limit_m": 700}}},
    "a measure's field": {"measures": {"loud_share": {"at_least": 45}}},
    "a parameter that a measure takes": {"placement": {"detour_factor": 1.2}},
    "a parameter of the term": {"placement": {"lead_time_years": 2.0}},
    "how plans are read": {"plans": {"hard": ["1A"], "soft": ["2A", "3"]}},
    "a regime": {"regimes": {"ten": {"longest_years": 12, "end": "2029-01-01"}}},
    "a layer that is not assessed": {"not_assessed": ["net"]},
}
