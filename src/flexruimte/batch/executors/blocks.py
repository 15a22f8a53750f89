"""A survey of a municipality with many parcels, block by block, by all workers of a cluster.

Files beside the results hand the blocks over. A worker that is lost costs its own block.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from flexruimte.assessment.question import Question
from flexruimte.assessment.survey import (
    LayersNear,
    Progress,
    TakesLand,
    blocks_of,
    layers_around,
    survey_block,
)
from flexruimte.assessment.surveyed import Survey, SurveyBlock, join_blocks
from flexruimte.batch.municipality_run import Job
from flexruimte.batch.reuse.fingerprint import digest, layers_key
from flexruimte.batch.reuse.kept import Reader
from flexruimte.batch.reuse.layers import LAYERS_FOLDER, RecordedLayers
from flexruimte.batch.reuse.survey_file import read_block, write_block
from flexruimte.errors import FlexruimteError
from flexruimte.evidence.parcels import Parcels, load_parcels
from flexruimte.kernels.threads import use_threads
from flexruimte.results.store import Store

__all__ = ["BlockSurveyor", "block_file"]

_OFTEN_LOST = "the workers that surveyed its parcels were lost, time and again"


def block_file(number: int) -> str:
    """Return the name of the file with the survey of a block."""
    return f".survey-block-{number}.arrow"


class BlockSurveyor:
    """Makes the survey of one municipality with the workers of a Dask cluster, from one of them.

    Parameters
    ----------
    job
        Of the municipality.
    store
        Of the results.
    """

    def __init__(self, job: Job, store: Store) -> None:
        self._job, self._store = job, store

    def __call__(
        self,
        question: Question,
        code: str,
        takes_land: TakesLand,
        progress: Progress,
        reader: Reader,
    ) -> Survey:
        """Return the survey; see `flexruimte.assessment.survey.survey`."""
        progress("parcels")
        parcels = load_parcels(question.parcels, question.municipalities, code)
        blocks = blocks_of(parcels.geometries, question.block)
        layers = reader(question, parcels)
        found: dict[int, SurveyBlock] = {}
        if len(blocks) > 1:
            found = self._survey_elsewhere(question, parcels, len(blocks), takes_land)
        surveyed = []
        for number, members in enumerate(blocks):
            block = found.get(number)
            if block is None or not np.array_equal(block.members, members):
                block = survey_block(question, parcels, members, layers, takes_land, progress)
            surveyed.append(block)
        return join_blocks(parcels, surveyed)

    def _survey_elsewhere(
        self, question: Question, parcels: Parcels, count: int, takes_land: TakesLand
    ) -> dict[int, SurveyBlock]:
        """Have blocks surveyed, and wait until all are; the worker does other work meanwhile."""
        from distributed import worker_client
        from distributed.scheduler import KilledWorker

        entry = self._job.entry
        with worker_client() as client:
            shared = client.scatter(question, broadcast=True)
            key = f"flexruimte-{entry.code}-{entry.started}-block"
            parts = [
                client.submit(self.survey_block, shared, number, takes_land, key=f"{key}-{number}")
                for number in range(count)
            ]
            try:
                client.gather(parts)
            except KilledWorker:
                raise FlexruimteError(_OFTEN_LOST) from None
        names = [block_file(number) for number in range(count)]
        with self._store.reading(names, entry.folder) as folder:
            read = {number: read_block(folder / names[number], self.key) for number in range(count)}
        self._store.remove(names, entry.folder)
        return {number: block for number, block in read.items() if block is not None}

    def survey_block(self, question: Question, number: int, takes_land: TakesLand) -> None:
        """Survey one block, and write it for the one who joins the blocks, unless it is there.

        What goes wrong is said by that one, who then tries it too.
        """
        entry = self._job.entry
        with (
            suppress(FlexruimteError),
            use_threads(question.threads),
            self._store.writing(entry.folder, [block_file(number)]) as folder,
        ):
            file = folder / block_file(number)
            if not self._job.fresh and read_block(file, self.key) is not None:
                return
            parcels = load_parcels(question.parcels, question.municipalities, entry.code)
            members = blocks_of(parcels.geometries, question.block)[number]
            layers = self._layers(question, parcels, folder)
            write_block(
                survey_block(question, parcels, members, layers, takes_land), self.key, file
            )

    def _layers(self, question: Question, parcels: Parcels, folder: Path) -> LayersNear:
        layers = layers_around(question, parcels)
        if not self._store.is_folder:
            return layers
        key = layers_key(question, self._job.entry.code, self._job.stamps)
        return RecordedLayers(layers, folder / LAYERS_FOLDER, key)

    @property
    def key(self) -> str:
        """What the files with blocks are written under: the job and its inputs."""
        return digest(self._job.entry.fingerprint, self._job.stamps)
