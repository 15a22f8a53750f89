"""Texts in pictures: what stands in the data is shown, and never obeyed."""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import pytest

from flexruimte.views.drawing import axes_for, plain

HOSTILE = [
    "$\\frac{a}{", "one $ dollar", "two $x$ dollars", "\\$", "100 % \\textbf{x}", "tab\tand\nline",
    "🏠 huis", "مرحبا", "<script>", "\x00\x07", "", " ",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_can_be_drawn_without_a_warning(text: str) -> None:
    fig, ax = plt.subplots()
    drawn = ax.set_title(plain(text))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig.canvas.draw()
    assert drawn.get_window_extent().width < 1000
    plt.close(fig)


def test_a_dollar_is_a_dollar() -> None:
    fig, ax = plt.subplots()
    one, other = ax.text(0, 0, plain("$xx$")), ax.text(0, 0, "xx")
    fig.canvas.draw()
    # two characters more, and no formula in italics of the same width as "xx"
    assert one.get_window_extent().width > 1.7 * other.get_window_extent().width
    plt.close(fig)


def test_what_is_longer_than_there_is_room_for_ends_in_dots() -> None:
    assert plain("x" * 60) == "x" * 60
    assert plain("x" * 61) == "x" * 59 + "…"
    assert plain("a b", 2) == "a…"


def test_axes_of_ones_own_are_drawn_in() -> None:
    _, mine = plt.subplots()
    assert axes_for(mine, 1, 1) is mine
    made = axes_for(None, 3, 2)
    assert made.figure.get_size_inches().tolist() == [3, 2]
    plt.close("all")
