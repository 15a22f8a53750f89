"""A chart of what rules take: hectares alone, and as the only obstacle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from flexruimte.views.drawing import PALE, STRONG, axes_for, plain
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_what_if"]

_MOST_RULES: Final = 20
_HEIGHT: Final = 0.8
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""


def draw_what_if(
    rules: pd.DataFrame, title: str, language: Language, ax: Axes | None = None
) -> Axes:
    """Draw what each rule takes as a pale bar, and what it alone takes as a dark bar in front.

    Parameters
    ----------
    rules
        With `title`, `alone_hectares` and `only_hectares`, in the order of the chart; rules that
        take nothing are left out, and so are those after the first twenty.
    title
        Above the chart.
    language
        nl or en.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    alone, only = (
        rules[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("alone_hectares", "only_hectares")
    )
    shown = np.flatnonzero((alone >= _LEAST_SHOWN) | (np.abs(only) >= _LEAST_SHOWN))[:_MOST_RULES]
    ax = axes_for(ax, 9, 1.5 + 0.32 * len(shown))
    for values, colour, text in (
        (alone, PALE, "what-if-alone"),
        (only, STRONG, "what-if-only"),
    ):
        places = np.arange(len(shown))
        label = message(text, language)
        ax.barh(places, np.nan_to_num(values[shown]), _HEIGHT, color=colour, label=label)
    for place, row in enumerate(shown):
        end = max(np.nan_to_num(alone[row]), np.nan_to_num(only[row]))
        words = (
            "?"
            if np.isnan(only[row])
            else f"{number_text(only[row], 1, language, aligned=True)} ha"
        )
        ax.annotate(words, (end, place), (4, 0), textcoords="offset points", va="center")
    titles = [plain(str(each)) for each in rules["title"].iloc[shown]]
    ax.set_yticks(np.arange(len(shown)), titles)
    ax.invert_yaxis()
    ax.set_title(plain(title, 90), loc="left", fontweight="bold", fontsize=11)
    ax.set_xlabel(message("funnel-hectares", language))
    ax.margins(x=0.12)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="lower right", frameon=False, fontsize="small")
    return ax
