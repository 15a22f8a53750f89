"""One municipality of a run: its entry in run.json, and what a worker must know to compute it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

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
    """Homes of projects on the locations of the best class of priority; on all that are available
    or for attention where the ruleset has no classes."""
    priorities: dict[str, dict[str, float]] = field(default_factory=dict)
    """Ranked `locations`, their `homes` and `hectares` of usable land per class of priority, from
    the best."""
    unreachable: dict[str, list[str]] = field(default_factory=dict)
    """Classes that nothing can be in, with the rules that they ask a "yes" of and that have no
    answer anywhere."""
    ranked: int = 0
    """Locations with a rank."""
    ranked_known_share: float | None = None
    """Half of them know no more than this share of rules and criteria."""
    sharing_a_score: int = 0
    """The most of them that have one and the same score."""
    without_score: int = 0
    """Of those, how many have no score and no rank, as too little is known of them."""
    told: dict[str, int] = field(default_factory=dict)
    """Features around its parcels that could not be judged, by layer and what is wrong."""
    stamp: str = ""
    """Changes when an input may have changed since."""
    unchanged: bool = False
    """Whether inputs changed, but not around this municipality, whose earlier results stand."""

    details: list[str] = field(default_factory=list)
    """What run.log says of it besides, a line each: seconds per step, and what was read. That is
    not in run.json."""

    def keep_outcome(self, before: MunicipalityRun) -> None:
        """Take over what an earlier run found, as its results stand."""
        for name in _OUTCOME:
            setattr(self, name, getattr(before, name))


_OUTCOME: Final = (
    "counts",
    "homes",
    "priorities",
    "unreachable",
    "ranked",
    "ranked_known_share",
    "sharing_a_score",
    "finished",
    "without_score",
)
"""What is said of results, and holds for as long as they stand."""


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
