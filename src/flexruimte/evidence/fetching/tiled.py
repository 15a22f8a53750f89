"""Asking a service for windows tile by tile, several at once, and keeping what is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa

from flexruimte.errors import SourceError
from flexruimte.evidence.fetching.client import UnusableAnswer
from flexruimte.evidence.fetching.feature_service import FeatureService, TooManyError
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.rows import KEY, Rows
from flexruimte.evidence.fetching.tiles import TILE_M, Tile, Window, tiles_of, window_of

__all__ = ["Progress", "Told", "fetch_tiles", "in_tiles"]

_PAGES_AT_ONCE: Final = 8
"""A window that takes more pages is asked for in tiles, side by side."""
_MOST_ALONG: Final = 16
"""Tiles along a side of a window, at most."""
_TRIES: Final = 2


@dataclass(frozen=True)
class Progress:
    """How far the fetching of one dataset is."""

    done: int
    total: int
    """Parts, as far as is known now."""
    amount: int
    """Features, cells or bytes that came in."""


Told: TypeAlias = Callable[[Progress], None]


def fetch_tiles(
    service: FeatureService,
    rows: Rows,
    windows: Sequence[Window],
    parts: Parts,
    at_once: int,
    told: Told,
    label: str,
    first: int = 0,
) -> list[str]:
    """Fetch all features in some windows, and return the names of the parts that hold them.

    Parameters
    ----------
    rows
        Makes rows of what the service gives.
    windows
        In RD New. [m]
    parts
        Has what is there already, and gets the rest.
    at_once
        Tiles that are asked for at the same time.
    label
        How messages call what is fetched.
    first
        Number of the first window, by which parts are named.

    Raises
    ------
    SourceError
        When the service does not give all of it.
    """
    came_in: dict[str, int] = {}

    def fetch(tile: Tile) -> list[Tile]:
        if parts.has(tile.name):
            return []
        smaller = _fetch_tile(service, rows, tile, parts, label)
        if not smaller:
            came_in[tile.name] = sum(len(table) for table in parts.tables(tile.name))
        return smaller

    def tell(done: int, total: int) -> None:
        told(Progress(done, total, sum(came_in.values())))

    tiles = [Tile(str(number), window) for number, window in enumerate(windows, first)]
    done = in_tiles(tiles, fetch, at_once, tell)
    names = [tile.name for tile in done if parts.has(tile.name)]
    for tile in tiles:
        if parts.is_divided(tile.name):
            own = [name for name in names if window_of(name) == int(tile.name)]
            _check_number(service, rows, tile, parts, own, label)
    return sorted(names, key=lambda name: [int(number) for number in name.split("-")])


def _check_number(
    service: FeatureService,
    rows: Rows,
    tile: Tile,
    parts: Parts,
    names: Sequence[str],
    label: str,
) -> None:
    """Refuse tiles that hold fewer features than the service counts in all of their window.

    A service that was out of order for a moment may have said of one tile that it is empty. Where
    features are left out here, or the window is asked for in other coordinates, nobody can tell.
    """
    asked, of = rows.asked_window(tile.window), rows.service
    if of.where or of.where_not or asked != tile.window or not service.is_paged:
        return
    count = None
    try:
        for _ in service.pages(asked, 0):
            break
    except TooManyError as error:
        count = error.count
    except UnusableAnswer as error:
        raise SourceError(f"{label}: {of.address} {error}; give the command again later") from None
    found = _distinct(parts, names)
    if count is not None and found < count:
        parts.forget()  # else the tile that is not whole would be believed the next time
        raise SourceError(
            f"{label}: {of.address} counts {count} features in the window and gives {found} in its "
            "tiles; the layer would not be whole: give the command again later"
        )


def _distinct(parts: Parts, names: Sequence[str]) -> int:
    """Return how many features tiles hold; one that lies in several counts once."""
    most: dict[int, int] = {}
    for name in names:
        keys = [table.column(KEY).to_numpy() for table in parts.tables(name)]
        distinct, counts = np.unique(np.concatenate(keys), return_counts=True)
        for key, number in zip(distinct.tolist(), counts.tolist(), strict=True):
            most[key] = max(most.get(key, 0), number)
    return sum(most.values())


def _fetch_tile(
    service: FeatureService, rows: Rows, tile: Tile, parts: Parts, label: str
) -> list[Tile]:
    """Fetch a tile and keep it; where it holds too much, return the tiles to fetch instead."""
    said = ""
    for _ in range(_TRIES):
        try:
            if parts.is_divided(tile.name):
                raise TooManyError
            parts.keep(tile.name, _batches(service, rows, tile))
        except TooManyError:
            smaller = _divided(tile)
            if not smaller:
                raise SourceError(
                    f"{label}: {rows.service.address} gives more features at "
                    f"{tile.window[0]:.0f}, {tile.window[1]:.0f} than it gives at once, "
                    "however small the window is; take another service of the dataset"
                ) from None
            parts.note_divided(tile.name)
            return smaller
        except UnusableAnswer as error:
            said = str(error)
        else:
            return []
    raise SourceError(
        f"{label}: {rows.service.address} {said}; the layer would not be whole: "
        "give the command again later"
    )


def in_tiles(
    tiles: Sequence[Tile],
    fetch: Callable[[Tile], list[Tile]],
    at_once: int,
    told: Callable[[int, int], None],
) -> list[Tile]:
    """Fetch tiles in threads, and those that come of them; return all. The first error ends it.

    Parameters
    ----------
    fetch
        Returns the tiles that are fetched instead.
    told
        Given how many are done, and how many there are.
    """
    done: list[Tile] = []
    # The tiles that come of one are fetched before the next: one that cannot be divided any more is
    # found before all others were divided too.
    waiting = list(reversed(tiles))
    pending: dict[Future[list[Tile]], Tile] = {}
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="fetch")
    try:
        while waiting or pending:
            while waiting and len(pending) < at_once:
                tile = waiting.pop()
                pending[pool.submit(fetch, tile)] = tile
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                done.append(pending.pop(future))
                waiting.extend(reversed(future.result()))
            told(len(done), len(done) + len(pending) + len(waiting))
    except BaseException as error:
        # Who interrupts does not wait for the answers that are under way.
        pool.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    pool.shutdown()
    return done


def _divided(tile: Tile) -> list[Tile]:
    """Return the tiles of the grid of a whole window, and the quarters of what is a tile."""
    left, bottom, right, top = tile.window
    side = max(right - left, top - bottom)
    if "-" in tile.name or side <= TILE_M:
        return tile.quarters
    size = TILE_M * max(1, round(side / _MOST_ALONG / TILE_M))
    return [
        Tile(f"{tile.name}-{number}", window)
        for number, window in enumerate(tiles_of(tile.window, size))
    ]


def _batches(service: FeatureService, rows: Rows, tile: Tile) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a tile.

    A page that repeats another one is no answer. Where only some features come again, the source
    may hold them twice, or what came between two pages moved others out of sight: smaller tiles,
    of one page each, tell.
    """
    is_whole_window = "-" not in tile.name
    seen: set[int] = set()
    asked = rows.asked_window(tile.window)
    empty = True
    for page in service.pages(asked, _PAGES_AT_ONCE if is_whole_window else None):
        batch = rows.made_of(page, tile.window)
        keys = set(batch.column(KEY).to_pylist())
        if service.is_paged:
            if len(keys) > 1 and keys <= seen:
                raise UnusableAnswer("gives features twice: it repeats a page that it gave before")
            if keys & seen:
                raise TooManyError
            seen |= keys
        empty = False
        yield batch
    if empty:
        yield rows.none()
