"""Many municipalities: in one process, in several, or on a cluster; resumed where a run stopped.

The rooms: `fingerprint` (what a run rests on) <- `log` (run.json, the lock) <- `memory` (what was found before) <- `job` (one municipality)
<- `workers`, `cluster` <- `run`.
"""

from flexruimte.batch.fingerprint import fingerprints, stamps_of
from flexruimte.batch.log import MunicipalityRun
from flexruimte.batch.run import RANKING, BatchReport, Event, run

__all__ = ["RANKING", "BatchReport", "Event", "MunicipalityRun", "fingerprints", "run", "stamps_of"]
