"""The map of a run: one static page, which asks nothing of the internet."""

from flexruimte.views.web.follow_ups import FILES_FOLLOWING, follow_ups
from flexruimte.views.web.municipality import HEAD, write_municipality
from flexruimte.views.web.one_page import one_page
from flexruimte.views.web.run_page import (
    DATA,
    MAP_FOLLOW_UPS,
    heads_of,
    write_follow_ups,
    write_page,
)

__all__ = [
    "DATA",
    "FILES_FOLLOWING",
    "HEAD",
    "MAP_FOLLOW_UPS",
    "follow_ups",
    "heads_of",
    "one_page",
    "write_follow_ups",
    "write_municipality",
    "write_page",
]
