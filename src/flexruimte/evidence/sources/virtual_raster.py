"""Virtual rasters of which a part has no source.

GDAL gives cells that no source covers the band's nodata value, and 0 where it names none: 0 m of
water, or no noise. Such a raster is opened as one that holds no number there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import Any, Final
from xml.etree import ElementTree

__all__ = ["with_gaps"]

_MOST_DEEP: Final = 5
"""Virtual rasters of virtual rasters are looked into so far."""


@contextmanager
def with_gaps(raster: Any) -> Iterator[Any]:
    """Give a raster that holds NaN where none of its sources says anything.

    Parameters
    ----------
    raster
        As rasterio opens it. One that is no mosaic of sources, or has nodata for all its bands, is
        given as it is.
    """
    import rasterio  # where it is used, as it takes long to load

    with ExitStack() as kept:
        document = _rewritten(raster, kept, _MOST_DEEP)
        if document is None:
            yield raster
        else:
            yield kept.enter_context(rasterio.open(_in_memory(document, kept)))


def _rewritten(raster: Any, kept: ExitStack, deep: int) -> ElementTree.Element | None:
    """Return a virtual raster with NaN in its gaps; None where nothing is to be changed."""
    if raster.driver != "VRT" or not deep:
        return None
    document = ElementTree.fromstring(raster.tags(ns="xml:VRT")["xml:VRT"])
    if document.get("subClass") is not None:  # warped, sharpened or processed: of one source
        return None
    changed = _rewrite_sources(document, PurePosixPath(raster.name).parent, kept, deep)
    for band in document.findall("VRTRasterBand"):
        if band.get("subClass") in (None, "VRTSourcedRasterBand"):
            band.set("dataType", "Float64")
            if band.find("NoDataValue") is None:
                nodata = ElementTree.Element("NoDataValue")
                nodata.text = "nan"
                band.insert(0, nodata)
                changed = True
    return document if changed else None


def _rewrite_sources(
    document: ElementTree.Element, folder: PurePosixPath, kept: ExitStack, deep: int
) -> bool:
    """Let a virtual raster name its sources by whole paths, and virtual ones with their gaps.

    Returns whether one of them has gaps.
    """
    import rasterio

    changed = False
    inner: dict[str, str] = {}
    for named in document.iter("SourceFilename"):
        path = (named.text or "").strip()
        if named.get("relativeToVRT") == "1":
            path = str(folder / path)
        if path.lower().endswith(".vrt") and path not in inner:
            inner[path] = path
            with rasterio.open(path) as raster:
                rewritten = _rewritten(raster, kept, deep - 1)
            if rewritten is not None:
                inner[path] = _in_memory(rewritten, kept)
        changed |= inner.get(path, path) != path
        named.text = inner.get(path, path)
        named.set("relativeToVRT", "0")
    return changed


def _in_memory(document: ElementTree.Element, kept: ExitStack) -> str:
    """Return the name of a virtual raster in memory, which is there until `kept` ends."""
    from rasterio.io import MemoryFile

    content = ElementTree.tostring(document)
    return str(kept.enter_context(MemoryFile(content, ext=".vrt")).name)
