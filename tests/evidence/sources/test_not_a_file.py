"""Addresses at which there is no file say so, each in the same way."""

from __future__ import annotations

import pytest

from flexruimte.evidence.sources.addresses import Service
from flexruimte.evidence.sources.not_a_file import NotAFile
from flexruimte.evidence.sources.postgres import Database


@pytest.mark.parametrize("address", [Service("WFS:https://example.org"), Database("PG:service=x")])
def test_it_has_no_bytes(address: NotAFile) -> None:
    assert not address.is_files
    assert address.member == ""
    for asked in (address.sha256, address.read_bytes, address.opened):
        with pytest.raises(OSError, match=r"a service or database has no digest|it is not a file"):
            asked()


@pytest.mark.parametrize("address", [Service("WFS:https://example.org"), Database("PG:service=x")])
def test_nothing_has_to_be_set(address: NotAFile) -> None:
    address.check_presence("natura2000", "there")  # does nothing, as only asking tells
    with address.vector_session() as vector, address.raster_session() as raster:
        assert vector is None
        assert raster is None
