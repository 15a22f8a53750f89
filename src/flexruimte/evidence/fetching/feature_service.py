"""What every way of asking a service for features has in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flexruimte.evidence.fetching.fields import FieldTypes
from flexruimte.evidence.fetching.rows import Page
from flexruimte.evidence.fetching.tiles import Window

__all__ = ["FeatureService", "TooManyError"]


class TooManyError(Exception):
    """A window holds more than is asked for at once, or than could be shown to be all."""


class FeatureService(Protocol):
    """A service that is asked for the features in a window."""

    @property
    def crs(self) -> str:
        """The coordinate reference system that it is asked in, and answers in."""

    @property
    def is_paged(self) -> bool:
        """Whether pages are asked for one by one, so that one may repeat another."""

    def query(self, window: Window) -> str:
        """Return the address that a window is asked for with, for the record."""

    def types(self) -> FieldTypes:
        """Return the type of each field that the service has, as far as it says them."""

    def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
        """Yield all features in a window; that they are all was shown when this ends well.

        Parameters
        ----------
        window
            In the coordinate reference system of the service.
        most_pages
            A window that takes more is too much; None has no limit.

        Raises
        ------
        TooManyError
            When the window has to be divided.
        UnusableAnswer
            When what was given does not add up, so that it has to be asked anew.
        SourceError
            When the service does not answer as it should.
        """

    def some_from_anywhere(self, most: int) -> Page:
        """Return so many features at most from anywhere; none where the service holds nothing.

        Raises
        ------
        UnusableAnswer, SourceError
            When the service does not answer as it should.
        """
