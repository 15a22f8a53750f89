"""What is measured of a shape itself."""

from __future__ import annotations

import numpy as np
import pytest

from flexruimte.assessment.measures import compute_measures
from flexruimte.assessment.overlay import Overlay
from flexruimte.rules.files import load_ruleset, with_changes
from toy_layers import PARCELS, parcels_of
from toy_town import RULESET, box


@pytest.mark.parametrize("of", ["parcel", "buildable"])
def test_the_width_of_a_strip_is_that_of_the_shape_that_is_asked_for(of: str) -> None:
    title = {"nl": "x", "en": "x"}
    strip = {"title": title, "family": "strip_width", "of": of}
    ruleset = with_changes(load_ruleset(RULESET), {"measures": {"strip_m": strip}})
    assert ruleset.measures["strip_m"].reads(ruleset.number) == ()
    shapes = np.array([PARCELS[0], box(0, 0, 200, 20)], dtype=object)
    ids = np.array(["P1", "P2"], dtype=object)
    found = compute_measures(ruleset, of, Overlay(shapes), ids, parcels_of(ids, shapes), {})
    assert found["strip_m"].tolist() == pytest.approx([100, 20])
