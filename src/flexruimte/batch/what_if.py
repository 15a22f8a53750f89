"""What if, of a run: from what is kept beside its results. No layer is opened again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from flexruimte.analyses.what_if import (
    AS_IT_IS,
    Asked,
    Evidence,
    MunicipalityRows,
    VariantLike,
    compare,
)
from flexruimte.assessment.pipeline import Progress, Question
from flexruimte.batch.log import Log, study_file
from flexruimte.batch.municipality_run import MunicipalityRun
from flexruimte.batch.reuse.kept import KEPT_FILES, KeptEvidence
from flexruimte.errors import OutputError, enumerate_some
from flexruimte.results.csv_table import write_csv
from flexruimte.results.outputs import WHAT_IF, WHAT_IF_MOVES, WHAT_IF_VARIANTS
from flexruimte.results.store import Store, store_of
from flexruimte.study import Study
from flexruimte.study.what_if import WhatIf, asked_by, of_study, survey_in_memory

__all__ = ["tables_made", "what_if", "write_what_if"]


def what_if(
    out: str | Path,
    variants: Sequence[VariantLike] = (),
    *,
    study: Study | str | Path | None = None,
    municipalities: Sequence[str] | None = None,
    rules: Sequence[str] | None = None,
    new_surveys: bool = False,
    progress: Progress = lambda _step: None,
) -> WhatIf:
    """Say what each excluding rule of a run takes, and put variants side by side.

    The tables are written beside the results: whatif.csv, whatif_variants.csv and whatif_moves.csv;
    those that are not asked for stay as an earlier call wrote them.
    What is kept of the run stays as it is.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, that a run wrote to.
    variants
        The study with other choices: a `Variant`, or the path of a TOML file.
    study
        The study of the run, or its file; None takes the file that the run was made with.
    municipalities
        Their codes, or names; None is all that are done.
    rules
        Ids of the excluding rules that are asked for; None is all, and an empty list none.
    new_surveys
        Whether to open the layers for variants that ask them something else; without it the tables
        say of these that they need a new survey.
    progress
        Told which municipality starts.

    Raises
    ------
    FlexruimteError
        When there is no run, its study is not there or has changed, or a variant or a rule does not
        exist.
    """
    store = store_of(out)
    of_run = study if isinstance(study, Study) else Study.load(study or _file_of(store))
    question = of_run.question
    asked = asked_by(variants, of_run.changed)
    log = Log(store, question)
    wanted, not_done = _wanted(log, question, municipalities)
    found = []
    for entry in wanted:
        progress(entry.name)
        found.append(_compared(store, question, entry, asked, rules, new_surveys=new_surveys))
    tables = WhatIf.of(found, not_done, **of_study(question))
    with store.writing() as folder:
        write_what_if(tables, folder)
    return tables


def tables_made(tables: WhatIf) -> list[str]:
    """Return the names of the files that tables are written to: of rules, of variants, or both.

    What was not asked for is not made: a file of an earlier call stays.
    """
    of_variants = (WHAT_IF_VARIANTS, WHAT_IF_MOVES)
    has_variants = bool((tables.variants["variant"] != AS_IT_IS).any())
    return [*([WHAT_IF] if len(tables.rules) else []), *(of_variants if has_variants else ())]


def write_what_if(tables: WhatIf, folder: Path) -> None:
    """Write the tables of what-if as CSV files to a folder, all municipalities together first.

    Files of tables that were not asked for stay as they are (`tables_made`).

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    made = tables_made(tables)
    for together, each, name in (
        (tables.rules_everywhere, tables.rules, WHAT_IF),
        (tables.variants_everywhere, tables.variants, WHAT_IF_VARIANTS),
    ):
        if name in made:
            write_csv(pd.concat([together, each], ignore_index=True), folder / name)
    if WHAT_IF_MOVES in made:
        write_csv(tables.moves, folder / WHAT_IF_MOVES)


def _file_of(store: Store) -> Path:
    """Return the study file of a run."""
    path = study_file(store)
    if path is None:
        raise OutputError(
            f"the run in {store} was not made with a study file, or by an earlier version; "
            "give the study too: --study STUDY.toml"
        )
    if not path.is_file():
        raise OutputError(
            f"the study of the run in {store} is not at {path} any more; "
            "give where it is: --study STUDY.toml"
        )
    return path


def _wanted(
    log: Log, question: Question, municipalities: Sequence[str] | None
) -> tuple[list[MunicipalityRun], dict[str, str]]:
    """Return the municipalities of a run that are asked for, and the state of those not done."""
    known = question.municipalities
    states = {code: entry.state for code, entry in log.entries.items()}
    if municipalities is None:
        codes = [code for code in known.codes if code in states and states[code] != "empty"]
    else:
        codes = list(dict.fromkeys(known.codes[known.position(name)] for name in municipalities))
    not_done = {code: states.get(code, "not run") for code in codes if states.get(code) != "done"}
    if not_done and (municipalities is not None or len(not_done) == len(codes)):
        told = enumerate_some([f"{code} ({state})" for code, state in not_done.items()])
        raise OutputError(
            f"{log.store} has no results of this very study, in this very folder, for {told}; "
            "run the study again"
        )
    if not codes:
        raise OutputError(f"{log.store} has no municipality that is done; run the study")
    return [log.entries[code] for code in codes if code not in not_done], not_done


def _compared(
    store: Store,
    question: Question,
    entry: MunicipalityRun,
    variants: Sequence[Asked],
    rules: Sequence[str] | None,
    *,
    new_surveys: bool,
) -> MunicipalityRows:
    def anew(other: Question) -> Evidence:
        return survey_in_memory(other, entry.code)

    with _kept(store, question, entry) as evidence:
        return compare(question, evidence, variants, rules, anew if new_surveys else None)


@contextmanager
def _kept(store: Store, question: Question, entry: MunicipalityRun) -> Iterator[Evidence]:
    """Give what is kept of a municipality."""
    with store.reading(KEPT_FILES, entry.folder) as folder:
        evidence = KeptEvidence(folder, {}).evidence(question, entry.code)
        if evidence is None:
            raise OutputError(
                f"what the layers said of {entry.name} is not kept in {store} any more; "
                "run the study again with --fresh"
            )
        # Layers are kept in folders only.
        yield evidence if store.is_folder else replace(evidence, layers=None)
