"""One municipality of a run: its entry in run.json, and what a worker must know to compute it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["Job", "MunicipalityRun", "State"]

State: TypeAlias = Literal["running", "done", "empty", "failed", "outdated"]
"""Empty: no parcels, where all municipalities were asked for."""


@dataclass
class MunicipalityRun:
    """What run.json says of one municipality."""

    code: str
    name: str
    folder: str
    state: State
    fingerprint: str
    started: str
    finished: str | None = None
    error: str | None = None
    traceback: str | None = None
    """Only where something went wrong that is a fault in flexruimte and not in the study."""
    counts: dict[str, int] = field(default_factory=dict)
    """Parcels per status."""
    homes: int = 0
    """Middle estimate over the available locations and those for attention."""
    without_score: int = 0
    """Of those, how many have no score and no rank, as too little is known of them."""
    told: dict[str, int] = field(default_factory=dict)
    """Features around its parcels that could not be judged, by layer and what is wrong."""
    stamp: str = ""
    """Changes when an input may have changed since."""
    unchanged: bool = False
    """Whether inputs changed, but not around this municipality, whose earlier results stand."""


@dataclass
class Job:
    """What a worker has to know of a municipality besides what the study asks."""

    entry: MunicipalityRun
    stamps: dict[str, str]
    """By input, a text that changes when it may have changed."""
    stands: bool
    """Whether there are results that stand if the inputs around the parcels are the same."""
    fresh: bool
    """Whether to compute again what is known."""
