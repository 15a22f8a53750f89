"""The texts of the page in one language; what they show is filled in by the page itself."""

from __future__ import annotations

from typing import Final

from flexruimte.vocabulary import Status
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message

__all__ = ["PLACEHOLDERS", "texts"]

PLACEHOLDERS: Final = (
    "all", "changes", "class", "date", "file", "from", "group", "groups", "hectares", "high",
    "homes", "host", "id", "ids", "label", "level", "locations", "low", "made", "middle", "moved",
    "municipalities", "number", "parcels", "rank", "ranked", "reason", "rule", "rules", "ruleset",
    "score", "short", "sites", "stranded", "study", "text", "to", "topic", "version", "year",
)  # fmt: skip
"""What the page fills in, as ``{sites}``."""

_MESSAGES: Final = (
    "map-title",
    "map-skip",
    "map-loading",
    "map-not-loaded",
    "map-no-webgl",
    "map-no-municipality",
    "map-municipality",
    "map-all",
    "map-choose",
    "map-find",
    "map-find-hint",
    "map-find-nothing",
    "map-other-parcel",
    "map-sort",
    "map-sort-rank",
    "map-sort-homes",
    "map-sort-size",
    "map-sort-term",
    "map-sort-id",
    "map-tab-list",
    "map-tab-filters",
    "map-tab-weights",
    "map-tab-rules",
    "map-tab-next",
    "map-tab-about",
    "map-count",
    "map-count-one",
    "map-count-of",
    "map-option",
    "map-more",
    "map-reset",
    "map-reset-filters",
    "map-nothing-left",
    "map-colour",
    "map-by-priority",
    "map-by-rank",
    "map-by-score",
    "map-by-owner",
    "map-by-status",
    "map-by-term",
    "map-legend",
    "map-legend-other",
    "map-legend-unknown",
    "map-legend-taken",
    "map-legend-excluded",
    "map-legend-touched",
    "map-legend-layout",
    "map-show-parcels",
    "map-show-layout",
    "map-background",
    "map-background-none",
    "map-background-asks",
    "map-filter-status",
    "map-filter-priority",
    "map-filter-term",
    "map-filter-homes",
    "map-filter-group",
    "map-filter-owner",
    "map-filter-size",
    "map-from-to",
    "map-from",
    "map-below",
    "map-years",
    "map-at-least",
    "map-unknown",
    "map-rank",
    "map-no-rank",
    "map-score-range",
    "map-decides",
    "map-decides-nothing",
    "map-decides-unknown",
    "map-kept-out",
    "map-kept-out-full",
    "map-kept-out-beside",
    "map-topic-unknown",
    "location-too-little-suited",
    "map-decision",
    "map-open",
    "map-notes",
    "map-taken",
    "map-fine",
    "map-not-asked",
    "map-sources",
    "map-no-date",
    "map-themes",
    "map-suitability",
    "map-homes-text",
    "map-homes-project",
    "map-parts",
    "map-close",
    "map-compare",
    "map-compare-choose",
    "map-compare-stop",
    "map-zoom-to",
    "map-dossier",
    "map-report",
    "map-group",
    "map-group-best",
    "map-weights-themes",
    "map-weights-group",
    "map-weights-hint",
    "map-taken-back",
    "map-changed",
    "map-not-followed",
    "map-save",
    "map-save-hint",
    "map-copy",
    "map-copied",
    "map-share",
    "map-print",
    "map-rules-switch",
    "map-rules-switch-hint",
    "map-rules-exclude",
    "map-rules-exclude-hint",
    "map-rule-frees",
    "map-rule-softer",
    "map-change-more",
    "map-change-less",
    "map-change-fewer",
    "map-of-locations",
    "map-of-locations-one",
    "map-of-hectares",
    "map-of-homes",
    "map-of-homes-one",
    "map-in-best",
    "map-none-in-best",
    "map-change-none",
    "map-rule-ask",
    "map-rule-sites",
    "map-rule-show",
    "map-rule-hide",
    "map-rule-touched",
    "map-rule-hits",
    "map-rule-hits-one",
    "map-rules-without",
    "map-next-nothing",
    "map-next-moves",
    "map-next-year",
    "map-next-homes",
    "map-next-stranded",
    "map-next-stranded-row",
    "map-next-stranded-row-one",
    "map-next-targets",
    "map-target-covered",
    "map-target-short",
    "map-about-study",
    "map-about-unknown",
    "map-about-coarse",
    "map-national",
    "map-zoom-in",
    "map-zoom-out",
    "map-best-first",
    "map-ranks-by-municipality",
)
_COLUMNS: Final = (
    "rank", "priority", "status", "score", "area_m2", "buildable_m2", "term_years", "homes",
    "site_type", "plans", "hectares", "locations", "parcel_id",
)  # fmt: skip


def texts(language: Language) -> dict[str, str]:
    """Return every text of the page, by its id without ``map-``, columns and statuses by theirs.

    Parameters
    ----------
    language
        nl or en.

    Examples
    --------
    >>> texts("en")["count"], texts("nl")["column-rank"], texts("nl")["status-excluded"]
    ('{sites} locations, {hectares} ha, {homes} homes', 'Plaats', 'uitgesloten')
    """
    given = {name: f"{{{name}}}" for name in PLACEHOLDERS}
    found = {name.removeprefix("map-"): message(name, language, **given) for name in _MESSAGES}
    found |= {f"column-{name}": label("column", name, language) for name in _COLUMNS}
    found |= {f"status-{status}": label("status", str(status), language) for status in Status}
    return found
