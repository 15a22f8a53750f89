"""One municipality of a run: computed and written, and told in its entry how that went."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flexruimte.assessment.pipeline import Memory, Progress, Question, assess
from flexruimte.assessment.survey import survey_question
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.batch.reuse.memory import MEMORY_FILES, FolderMemory
from flexruimte.errors import EmptyMunicipalityError, FlexruimteError
from flexruimte.kernels.threads import use_threads
from flexruimte.ranking import Ranking
from flexruimte.results.layouts import digest_of_layouts
from flexruimte.results.outputs import OUTPUTS
from flexruimte.results.store import Place
from flexruimte.vocabulary import RANKED_STATUSES

__all__ = ["compute"]

_NO_MEMORY: Final = (
    "it needs more memory than there is; run it alone, with one worker, or on a larger machine"
)


def compute(
    question: Question,
    job: Job,
    place: Place,
    progress: Progress,
    memory_of: Callable[[Path, Job], FolderMemory] = FolderMemory.of,
) -> MunicipalityRun:
    """Compute and write one municipality; whatever happens is noted in its entry and not raised."""
    entry = job.entry
    try:
        with place.writing(entry.folder, MEMORY_FILES) as folder:
            memory = memory_of(folder, job)
            if job.stands and memory.still_holds(survey_question(question, entry.code), entry.code):
                entry.state, entry.unchanged = "done", True
                return entry
            ranking = _ranked(question, entry.code, progress, memory)
            progress("writing")
            _write(ranking, folder, memory)
        entry.counts = {
            str(status): counts.parcels for status, counts in ranking.summary.status.items()
        }
        entry.homes = sum(ranking.summary.status[status].homes_mid for status in RANKED_STATUSES)
        entry.state = "done"
    except EmptyMunicipalityError as error:
        entry.state, entry.error = "empty", str(error)
    except FlexruimteError as error:
        entry.state, entry.error = "failed", str(error)
    except (
        Exception
    ) as error:  # a fault of flexruimte in one municipality must not cost the night's other 341
        if isinstance(error, MemoryError) or "bad_alloc" in str(
            error
        ):  # GEOS says it in its own words
            entry.state, entry.error = "failed", _NO_MEMORY
            return entry
        entry.state, entry.error = (
            "failed",
            f"unexpected {type(error).__name__}: {error}; please report this, with run.json",
        )
        entry.traceback = traceback.format_exc()
    return entry


def _ranked(question: Question, code: str, progress: Progress, memory: Memory) -> Ranking:
    """Return the ranking of a municipality, with the time that each step took."""
    moments: list[tuple[str, float]] = []

    def clocked(step: str) -> None:
        moments.append((step, time.perf_counter()))
        progress(step)

    assessment = assess(question, code, clocked, memory)
    ends = [*(start for _, start in moments[1:]), time.perf_counter()]
    seconds: dict[str, float] = {}
    for (step, start), end in zip(moments, ends, strict=True):
        name = step.split(",", maxsplit=1)[0]  # of all blocks together
        seconds[name] = seconds.get(name, 0.0) + end - start
    return Ranking(assessment, seconds)


def _write(ranking: Ranking, folder: Path, memory: FolderMemory) -> None:
    layouts = digest_of_layouts(ranking.assessment)
    content = ranking.content(keep_layout=memory.has_written(layouts))
    with use_threads(ranking.assessment.question.threads):
        for output in OUTPUTS:
            output.write(content, folder / output.name)
    memory.note_written(layouts)
