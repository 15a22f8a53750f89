"""Locations and targets that the tests of targets share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from flexruimte.analyses.targets import Targets

AS_OF = dt.date(2026, 1, 1)
COLUMNS = [
    "parcel_id",
    "gemeente_code",
    "gemeente",
    "status",
    "score",
    "homes_low",
    "homes",
    "homes_high",
    "term_start",
    "term_end",
    "term_years",
]
NEXT_YEAR, LATER = "2027-01-01", "2031-01-01"
LOCATIONS = pd.DataFrame(
    [
        #  id    code      name      status       score  homes          term
        ("A1", "GM0001", "Aadorp", "available", 90.0, 10, 20, 30, NEXT_YEAR, "2042-01-01", 15.0),
        ("A2", "GM0001", "Aadorp", "attention", 70.0, 20, 40, 60, NEXT_YEAR, "2047-01-01", 20.0),
        (
            "A3",
            "GM0001",
            "Aadorp",
            "available",
            80.0,
            50,
            99,
            150,
            NEXT_YEAR,
            "2037-01-01",
            10.0,
        ),  # too short
        (
            "A4",
            "GM0001",
            "Aadorp",
            "unknown",
            85.0,
            30,
            60,
            90,
            NEXT_YEAR,
            "2042-01-01",
            15.0,
        ),  # not ranked
        (
            "A5",
            "GM0001",
            "Aadorp",
            "available",
            60.0,
            None,
            None,
            None,
            NEXT_YEAR,
            "2042-01-01",
            15.0,
        ),  # homes not known
        ("B1", "GM0002", "Beek", "available", 80.0, 15, 30, 45, NEXT_YEAR, "2042-01-01", 15.0),
        (
            "B2",
            "GM0002",
            "Beek",
            "available",
            80.0,
            25,
            50,
            75,
            LATER,
            "2046-01-01",
            15.0,
        ),  # starts in 2031
        (
            "B3",
            "GM0002",
            "Beek",
            "available",
            80.0,
            15,
            30,
            45,
            NEXT_YEAR,
            "2042-01-01",
            15.0,
        ),  # a tie with B1
        ("B4", "GM0002", "Beek", "excluded", 99.0, 500, 500, 500, NEXT_YEAR, "2042-01-01", 15.0),
        ("B5", "GM0002", "Beek", "attention", 75.0, 3, 7, 9, None, None, None),  # term not known
    ],
    columns=COLUMNS,
).assign(priority="shortlist", reasons="", attention="", notes="", missing="")
SOURCED = {"source": "made up", "basis": "assumption"}
TITLE = {"nl": "T", "en": "T"}


def targets(
    production: list[dict[str, Any]] | None = None,
    regions: dict[str, Any] | None = None,
    **tables: dict[str, Any],
) -> Targets:
    return Targets.model_validate(
        {
            "name": "test",
            "title": TITLE,
            "required_years": {"value": 15, **SOURCED},
            "regions": {
                "both": {
                    "title": TITLE,
                    "members": {"GM0001": "Aadorp", "GM0002": "Beek"},
                    **SOURCED,
                },
                "land": {"title": TITLE, "everywhere": True, "municipality_count": 2, **SOURCED},
                **(regions or {}),
            },
            "targets": {key: {**SOURCED, **table} for key, table in tables.items()},
            "production": production or [],
        }
    )


def first(comparison: Any) -> dict[str, Any]:
    return comparison.targets.iloc[0].to_dict()
