"""Layouts taken from others and joined to others are those that would have been made."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import shapely

from flexruimte.kernels.layout import OF_STACKS, Layouts, lay_out, without_drawings
from flexruimte.kernels.layout.layouts import join_layouts, take_layouts
from kernels.layouts import PACKED, SITES

PARTS = np.array([SITES["rectangle"], None, SITES["L"], shapely.box(0, 0, 10, 10)], dtype=object)


def same(one: Layouts, other: Layouts) -> None:
    for each in fields(Layouts):
        values, expected = getattr(one, each.name), getattr(other, each.name)
        if values.dtype == object:
            values, expected = shapely.to_wkb(values), shapely.to_wkb(expected)
        np.testing.assert_array_equal(values, expected)


def test_taken_in_another_order_and_more_than_once() -> None:
    positions = np.array([2, 0, 3, 2, 1])
    same(take_layouts(lay_out(PARTS, PACKED), positions), lay_out(PARTS[positions], PACKED))


def test_joined() -> None:
    joined = join_layouts(lay_out(PARTS[:1], PACKED), lay_out(PARTS[1:], PACKED))
    same(joined, lay_out(PARTS, PACKED))


def test_none_taken_and_none_joined() -> None:
    none = take_layouts(lay_out(PARTS, PACKED), np.empty(0, dtype=np.intp))
    same(none, lay_out(PARTS[:0], PACKED))
    same(join_layouts(none, lay_out(PARTS, PACKED)), lay_out(PARTS, PACKED))


def test_without_drawings_the_counts_stay() -> None:
    drawn = lay_out(PARTS, PACKED)
    counted = without_drawings(drawn)
    assert counted.homes.tolist() == drawn.homes.tolist()
    assert all(
        getattr(counted, name).tolist() == getattr(drawn, name).tolist()
        for name in OF_STACKS
        if name != "entrance"
    )
    assert counted.entrance.tolist() == [None] * len(drawn.part)
    some = take_layouts(join_layouts(counted, drawn), np.array([0, 4]))
    assert some.homes.tolist() == [drawn.homes[0]] * 2
    assert some.paved[0] is None
    assert some.paved[1] is not None
