"""What is at hand of a municipality: layers and layouts that stay, and what is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from analyses.what_if.cases import toy_case
from flexruimte.analyses.what_if.evidence import HeldLayers, LayoutsHeld, NewSurveyNeeded
from flexruimte.kernels.layout import LayoutCache
from kernels.layouts import SPACIOUS
from toy_town import toy_study


class Counted:
    """Layers that count how often they are read."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def near(self, members: Any) -> dict[str, Any]:
        self.read.append(int(members[0]))
        return {"first": members[0]}


def test_layers_are_read_once_as_long_as_there_is_room() -> None:
    blocks = [np.array([0, 1]), np.array([2, 3]), np.array([4])]
    read = Counted()
    held = HeldLayers(read)
    for block in [*blocks, *blocks]:
        assert held.near(block) == {"first": block[0]}
    assert read.read == [0, 2, 4]
    read = Counted()
    held = HeldLayers(read, most_parcels=3)
    for number in (0, 2, 2, 1, 0):  # the first goes when the second block of two comes
        held.near(blocks[number])
    assert read.read == [0, 4, 2, 0]


def test_layouts_of_other_parameters_are_kept_beside() -> None:
    land = np.array([shapely.box(0, 0, 60, 80)], dtype=object)
    lower = replace(SPACIOUS, storeys=1)
    known = LayoutCache()
    first = known.lay_out(land, SPACIOUS).homes
    held = LayoutsHeld(known)
    assert held.lay_out(land, lower).homes < first
    assert held.lay_out(land, SPACIOUS).homes == first
    assert len(known.keys) == 1


def test_another_question_needs_another_survey(tmp_path: Path) -> None:
    town = toy_case(tmp_path)
    other = toy_study(tmp_path).changed(rules={"nature": {"distance_m": 30}}).question
    with pytest.raises(NewSurveyNeeded, match="asked something else"):
        town.evidence.survey(other)


def test_layers_that_were_removed_are_as_good_as_not_kept(tmp_path: Path) -> None:
    class Removed:
        def near(self, members: Any) -> dict[str, Any]:
            raise FileNotFoundError(members)

    town = toy_case(tmp_path)
    softer = toy_study(tmp_path).changed(rules={"nature": {"level": "soft"}}).question
    for layers in (None, Removed()):
        with pytest.raises(NewSurveyNeeded, match="were not kept"):
            replace(town.evidence, layers=layers).of_some(softer, np.arange(12))
    # What takes no other land needs none of them.
    same = toy_study(tmp_path).changed(placement={"min_buildable_m2": 9_000}).question
    found = replace(town.evidence, layers=None).of_some(same, np.array([4, 0]))
    assert found.parcels.ids.tolist() == ["P05", "P01"]
