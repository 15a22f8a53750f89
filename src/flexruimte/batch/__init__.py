"""Many municipalities: in one process, in several, or on a cluster; resumed where a run stopped.

The rooms: `reuse` (what a run rests on, what was found before) and `log` (run.json, the lock) <-
`job` (one municipality) <- `executors` <- `run`.
"""

from flexruimte.batch.municipality_run import MunicipalityRun
from flexruimte.batch.reuse.fingerprint import fingerprints, stamps_of
from flexruimte.batch.run import BatchReport, Event, run

__all__ = ["BatchReport", "Event", "MunicipalityRun", "fingerprints", "run", "stamps_of"]
