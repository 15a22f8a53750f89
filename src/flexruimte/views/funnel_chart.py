"""A chart of the funnel: hectares left after each condition, and suitable for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import pandas as pd

from flexruimte.results.funnel import ALL
from flexruimte.views.drawing import PALE, STRONG, UNKNOWN, axes_for, plain
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_funnel"]

_STEPS: Final = {
    "hectares": "funnel-all",
    "use_hectares": "funnel-use",
    "restriction_hectares": "funnel-restriction",
    "plan_hectares": "funnel-plan",
    "available_hectares": "funnel-available",
}
"""Message by column, from the top of the chart down."""


def draw_funnel(
    rows: pd.DataFrame,
    groups: Mapping[str, str],
    title: str,
    language: Language,
    ax: Axes | None = None,
) -> Axes:
    """Draw the land that is left after each condition, as bars; what is not known is hatched.

    Parameters
    ----------
    rows
        As `flexruimte.results.funnel.funnel_table` or
        `flexruimte.results.municipality_table.read_municipality_table` returns them; municipalities
        are taken together, and those without numbers are left out.
    groups
        Titles of target groups, by id.
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
    bars = _bars(rows[rows["hectares"].notna()], groups, language)
    ax = axes_for(ax, 9, 1.2 + 0.42 * len(bars))
    for place, (words, surely, perhaps, colour) in enumerate(bars):
        ax.barh(place, surely, color=colour)
        if perhaps:
            ax.barh(place, perhaps, left=surely, **UNKNOWN)
        ax.annotate(
            words, (surely + perhaps, place), (4, 0), textcoords="offset points", va="center"
        )
    ax.set_yticks(range(len(bars)), [plain(name) for name, *_ in _named(rows, groups, language)])
    ax.invert_yaxis()
    ax.set_title(plain(title, 90), loc="left", fontweight="bold", fontsize=11)
    ax.set_xlabel(message("funnel-hectares", language))
    ax.margins(x=0.18)
    ax.spines[["top", "right"]].set_visible(False)
    if any(perhaps for _, _, perhaps, _ in bars):
        from matplotlib.patches import Patch

        patch = Patch(label=message("funnel-unknown", language), **UNKNOWN)
        ax.legend(handles=[patch], loc="lower right", frameon=False, fontsize="small")
    return ax


def _named(
    rows: pd.DataFrame, groups: Mapping[str, str], language: Language
) -> list[tuple[str, str, str]]:
    """Return what each bar is called, its target group and its column, from the top down."""
    steps = [(message(text, language), ALL, column) for column, text in _STEPS.items()]
    asked = [group for group in dict.fromkeys(rows["target_group"]) if group != ALL]
    suitable = [
        (
            message("funnel-suitable", language, group=groups.get(group, group)),
            group,
            "suitable_hectares",
        )
        for group in asked
    ]
    return [*steps, *suitable]


def _bars(
    rows: pd.DataFrame, groups: Mapping[str, str], language: Language
) -> list[tuple[str, float, float, str]]:
    """Return of each bar the number beside it, its two lengths in hectares and its colour."""
    bars = []
    for _, group, column in _named(rows, groups, language):
        chosen = rows[(rows["target_group"] == group) & (rows["owner_class"] == ALL)]
        if chosen[column].isna().any():
            bars.append((message("funnel-left-out", language), 0.0, 0.0, PALE))
            continue
        surely = float(chosen[column].sum())
        unknown = column.replace("hectares", "unknown_hectares")
        perhaps = 0.0 if column == "hectares" else float(chosen[unknown].sum())
        words = f"{number_text(surely, 1, language, aligned=True)} ha"
        if perhaps:
            words += f" + {number_text(perhaps, 1, language, aligned=True)} ?"
        bars.append((words, surely, perhaps, PALE if group == ALL else STRONG))
    return bars
