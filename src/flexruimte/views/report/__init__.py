"""The report of a municipality for its council, and a dossier per location of its shortlist."""

from flexruimte.views.report.follow_ups import FILES_FOLLOWING, FollowUps, follow_ups_by_code
from flexruimte.views.report.pages import (
    write_report,
    write_report_alone,
)

__all__ = [
    "FILES_FOLLOWING",
    "FollowUps",
    "follow_ups_by_code",
    "write_report",
    "write_report_alone",
]
