"""What all pictures for a notebook have in common: matplotlib, if it is there, and plain texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flexruimte.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["INK", "PALE", "STRONG", "UNKNOWN", "axes_for", "plain", "pyplot"]

INK: Final = "#303030"
STRONG: Final = "#0a4f8f"
"""Of the bars that a chart is about."""
PALE: Final = "#a9c3dc"
"""Of the bars behind or under those."""
UNKNOWN: Final[dict[str, Any]] = {"facecolor": "white", "edgecolor": "#8a8a8a", "hatch": "////"}
"""What a bar of something that is not known looks like."""
_MOST_CHARACTERS: Final = 60
_NO_GLYPH: Final = "\ufffd"
_BREAKS: Final = re.compile(r"\s+")


def pyplot() -> Any:
    """Return `matplotlib.pyplot`.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise OutputError(
            "a picture needs matplotlib, which is not installed; pip install 'flexruimte[notebook]'"
        ) from None
    return plt


def axes_for(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes to draw in: those that are given, or of a new figure.

    Parameters
    ----------
    ax
        Where to draw; None makes a new figure.
    width, height
        Of that figure. [inch]

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    plt = pyplot()
    if ax is not None:
        return ax
    _, made = plt.subplots(figsize=(width, height), layout="constrained")
    axes: Axes = made
    return axes


def plain(text: str, most: int = _MOST_CHARACTERS) -> str:
    r"""Return a text from data as matplotlib shows it as it is, on one line.

    A dollar begins no formula, what the font has no picture of is a "\ufffd", and what is longer
    ends in "…".

    Parameters
    ----------
    text
        A name or title.
    most
        Characters that there is room for.

    Examples
    --------
    >>> plain("a $x$\nb"), plain("abcdef", 4)
    ('a \\$x\\$ b', 'abc…')
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    drawn = get_font(findfont(FontProperties())).get_charmap()
    line = _BREAKS.sub(" ", text).strip()
    short = line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
    return "".join(each if ord(each) in drawn else _NO_GLYPH for each in short).replace("$", r"\$")
