"""Whether a place without features is one: a service that gives none may be out of order.

What is given for a window says how much is there, and nothing of whether the service still holds
what it held. So a service that has nothing in a window is asked for a feature from anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from flexruimte.errors import SourceError, enumerate_some
from flexruimte.evidence.catalogue.model import Dataset
from flexruimte.evidence.fetching.client import UnusableAnswer
from flexruimte.evidence.fetching.feature_service import FeatureService, TooManyError
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.rows import GEOMETRY, Page, Rows
from flexruimte.evidence.shapes import COUNTRY
from flexruimte.vocabulary import Integers

__all__ = ["empty_layers", "refuse_without_shapes"]

_EVERYWHERE: Final = (-float("inf"), -float("inf"), float("inf"), float("inf"))
_SOME: Final = 100
_LATER: Final = "see whether the service is in order, and give the command again later"


def empty_layers(
    layers: Sequence[tuple[FeatureService, Rows, Integers]], dataset: Dataset, label: str
) -> list[str]:
    """Return the layers of a service that have nothing in a window, and something elsewhere.

    Parameters
    ----------
    layers
        Of each layer how it is asked, which of its features count, and how many of those there are
        in each window. (n,) int
    label
        How messages call what is fetched.

    Raises
    ------
    SourceError
        When a layer holds nothing at all, or a window has nothing of what is never empty.
    """
    if dataset.may_be_empty == "everywhere":
        return []
    found: list[str] = []
    per_window = np.sum([counts for _, _, counts in layers], axis=0)
    for service, rows, counts in layers:
        if not counts.all():
            _refuse_nothing_anywhere(service, rows, label)
            found.append(rows.service.layer or rows.service.address)
    address = layers[0][1].service.address
    if dataset.may_be_empty == "never" and not per_window.all():
        raise SourceError(
            f"{label}: {address} gives nothing for the municipality, which cannot be so: every "
            f"municipality has some of it; {_LATER}"
        )
    return found


def _refuse_nothing_anywhere(service: FeatureService, rows: Rows, label: str) -> None:
    """Refuse a service that has nothing in a window, and nothing elsewhere."""
    asked = rows.service
    named = f"{asked.address} ({asked.layer})" if asked.layer else asked.address
    chosen = [*asked.where, *asked.where_not]
    try:
        page = service.some_from_anywhere(asked.most_per_page if chosen else 1)
        if not _is_in_country(page, rows):  # a register may begin with what lies abroad
            page = service.some_from_anywhere(min(_SOME, asked.most_per_page))
        is_found = not len(page) or _is_found(service, page)
    except (SourceError, UnusableAnswer) as error:
        said = str(error).removeprefix(f"{label}: ")
        raise SourceError(
            f"{label}: {named} gives nothing for the municipality, and whether it holds anything "
            f"at all cannot be told: {said}"
        ) from None
    if not len(page):
        raise SourceError(f"{label}: {named} holds nothing at all at this moment; {_LATER}")
    if not _is_in_country(page, rows):
        raise SourceError(
            f"{label}: {named} gives nothing for the municipality, and what it gives elsewhere "
            "lies outside of the Netherlands: its coordinates are others than it says, or in "
            "another order; see `crs` of the dataset in the catalogue"
        )
    if not is_found:
        raise SourceError(
            f"{label}: {named} gives nothing for the municipality, and does not find a feature of "
            "its own by its bounds either, so it reads a window otherwise than it is asked; see "
            "`crs` of the dataset in the catalogue, or take another service"
        )
    if not len(rows.made_of(page, _EVERYWHERE)):
        raise SourceError(
            f"{label}: {named} gives nothing for the municipality whose "
            f"{enumerate_some(chosen)} fits, nor among {len(page)} features from elsewhere: its "
            "words may be others now; correct `where` of the dataset in a catalogue of your own"
        )


def _is_in_country(page: Page, rows: Rows) -> bool:
    """Return whether a feature of a page lies in the country; of what has no shape nobody knows."""
    known = page.geometries[~shapely.is_missing(page.geometries)]
    if not len(known):
        return True
    bounds = shapely.bounds(known)
    left, bottom, right, top = rows.asked_window(COUNTRY)
    return bool(
        (
            (bounds[:, 0] <= right)
            & (bounds[:, 2] >= left)
            & (bounds[:, 1] <= top)
            & (bounds[:, 3] >= bottom)
        ).any()
    )


def _is_found(service: FeatureService, page: Page) -> bool:
    """Return whether a service finds the first feature of a page by its bounds."""
    known = page.geometries[~shapely.is_missing(page.geometries)]
    if not len(known):
        return True
    left, bottom, right, top = shapely.bounds(known[0]).tolist()
    margin = 0.001 * max(right - left, top - bottom, 1.0)
    try:
        window = left - margin, bottom - margin, right + margin, top + margin
        return any(len(found) for found in service.pages(window, 1))
    except TooManyError:
        return True


def refuse_without_shapes(parts: Parts, names: Sequence[str], address: str, label: str) -> None:
    """Refuse features of which none has a shape: they would look like a place with nothing in it.

    Where some have none, they are written with the others, and `check` and `run` tell of them.

    Raises
    ------
    SourceError
        When there are features, and none has a shape.
    """
    shapes = [table.column(GEOMETRY) for name in names for table in parts.tables(name)]
    count = sum(map(len, shapes))
    if count and count == sum(column.null_count for column in shapes):
        raise SourceError(
            f"{label}: {address} answers with {count} features, and none has a shape; "
            "see whether `layer` of the dataset in the catalogue is the right one"
        )
