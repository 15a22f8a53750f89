"""Whether the layers were looked at: what tests of reuse ask first."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.assessment.survey import survey
from flexruimte.assessment.surveyed import Survey


@pytest.fixture
def surveyed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The municipalities whose layers were looked at, in order."""
    codes: list[str] = []

    def noted(plan: Any, code: str, *arguments: Any) -> Survey:
        codes.append(code)
        return survey(plan, code, *arguments)

    monkeypatch.setattr("flexruimte.batch.reuse.kept.survey", noted)
    return codes
