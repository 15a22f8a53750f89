"""One municipality of a run: computed and written, and told in its entry how that went."""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Final

from flexruimte.assessment.pipeline import Progress, Question, judge
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.batch.reuse.kept import KEPT_FILES, KeptEvidence, Surveyor
from flexruimte.errors import EmptyMunicipalityError, FlexruimteError, printable, redacted
from flexruimte.kernels.threads import use_threads
from flexruimte.ranking import Ranking
from flexruimte.results.atomic_write import switched_together
from flexruimte.results.outputs import LAYOUT_GEOJSON, OUTPUTS
from flexruimte.results.rule_facts import not_judged
from flexruimte.results.store import Store
from flexruimte.results.summary_model import Summary
from flexruimte.views.report import write_report
from flexruimte.views.web import DATA, write_municipality
from flexruimte.vocabulary import RANKED_STATUSES

__all__ = ["compute"]

_NO_MEMORY: Final = (
    "it needs more memory than there is; run it alone, with one worker, or on a larger machine"
)


def compute(
    question: Question,
    job: Job,
    store: Store,
    progress: Progress,
    make_survey: Surveyor | None = None,
) -> MunicipalityRun:
    """Compute and write one municipality.

    Whatever happens is in its entry, which is returned, not raised.
    """
    entry = job.entry
    try:
        with store.writing(entry.folder, KEPT_FILES) as folder:
            kept = KeptEvidence(
                folder,
                job.stamps,
                fresh=job.fresh,
                keep_layers=store.is_folder,
                make_survey=make_survey,
            )
            if job.stands and kept.stands(question, entry.code):
                entry.state, entry.unchanged = "done", True
                return entry
            ranking = _ranked(question, entry.code, progress, kept)
            progress("writing")
            _write(ranking, folder)
        _write_map(ranking, store, entry.folder)
        # It was made of the files that were replaced.
        store.remove((LAYOUT_GEOJSON,), entry.folder)
        _tell(entry, ranking.summary)
        entry.state = "done"
    except EmptyMunicipalityError as error:
        entry.state, entry.error = "empty", str(error)
    except FlexruimteError as error:
        entry.state, entry.error = "failed", str(error)
    except Exception as error:
        # A fault of flexruimte in one municipality must not cost the night's other 341.
        if _is_out_of_memory(error):
            entry.state, entry.error = "failed", _NO_MEMORY
            return entry
        entry.state, entry.error = (
            "failed",
            printable(
                redacted(
                    f"unexpected {type(error).__name__}: {error}; please report this, with run.json"
                )
            ),
        )
        entry.traceback = redacted(traceback.format_exc())
    return entry


def _tell(entry: MunicipalityRun, summary: Summary) -> None:
    """Tell in the entry of a municipality what was found."""
    first = summary.first_priority
    entry.counts = {str(status): counts.parcels for status, counts in summary.status.items()}
    entry.priorities = {
        name: {
            "locations": facts.locations,
            "homes": facts.homes,
            "hectares": facts.buildable_hectares,
        }
        for name, facts in summary.priorities.items()
    }
    entry.homes = (
        sum(summary.status[status].homes for status in RANKED_STATUSES)
        if first is None
        else summary.priorities[first].homes
    )
    entry.details = _details(summary)
    entry.unreachable = summary.unreachable()
    entry.ranked = summary.ranked
    entry.ranked_known_share = summary.ranked_known_share
    entry.sharing_a_score = summary.sharing_a_score
    entry.without_score = summary.without_score
    entry.told = not_judged(summary)


def _details(summary: Summary) -> list[str]:
    """Return what run.log says of a municipality: seconds per step, and what was read."""
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in summary.timings_s.items())
    read = ", ".join(f"{name} {facts.rows}" for name, facts in summary.inputs.items())
    return [f"time per step: {steps}", f"rows and cells read, by layer: {read}"]


def _is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out.

    GEOS and GDAL are written in C++: their bindings raise an error of their own kind, in which only
    the name of C++'s exception, `std::bad_alloc`, tells what went wrong.
    """
    return isinstance(error, MemoryError) or "bad_alloc" in str(error)


def _ranked(question: Question, code: str, progress: Progress, kept: KeptEvidence) -> Ranking:
    """Return the ranking of a municipality, with the time that each step took."""
    moments: list[tuple[str, float]] = []

    def clocked(step: str) -> None:
        moments.append((step, time.perf_counter()))
        progress(step)

    with use_threads(question.threads):
        found = kept.survey(question, code, clocked)
        assessment = judge(question, code, found, kept.layouts.lay_out, clocked)
    kept.keep_layouts()
    ends = [*(start for _, start in moments[1:]), time.perf_counter()]
    seconds: dict[str, float] = {}
    for (step, start), end in zip(moments, ends, strict=True):
        name = step.split(",", maxsplit=1)[0]  # of all blocks together
        seconds[name] = seconds.get(name, 0.0) + end - start
    return Ranking(assessment, seconds)


def _write(ranking: Ranking, folder: Path) -> None:
    """Write all files of a municipality; they replace those that were there together.

    What followed from an earlier ranking is in none of them.
    """
    content = ranking.content()
    with (
        use_threads(ranking.assessment.question.threads),
        switched_together(folder) as staging,
    ):
        for output in OUTPUTS:
            output.write(content, staging / output.name)
        write_report(content, staging)


def _write_map(ranking: Ranking, store: Store, name: str) -> None:
    """Write what the map shows of a municipality, to the folder of the map."""
    with use_threads(ranking.assessment.question.threads), store.writing(DATA) as data:
        write_municipality(ranking.content(), ranking.assessment, data / name)
