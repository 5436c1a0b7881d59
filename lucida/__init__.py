"""Lucida: find, ask and make from your own documents and pictures.

>>> from lucida import Library
>>> library = Library.open("holiday")
>>> library.ingest("~/Papers")
>>> library.search("cancellation of the booking")
>>> library.ask("What did the hotel cost?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucida.errors import LucidaError
from lucida.types import Answer, Box, Citation, Failure, Hit, IngestReport

if TYPE_CHECKING:
    from lucida.library import Library

__version__ = "0.1.0"
__all__ = ["Answer", "Box", "Citation", "Failure", "Hit", "IngestReport", "Library", "LucidaError", "__version__"]


def __getattr__(name: str) -> Any:
    # Library brings SQLAlchemy; `lucida --help` and type checks of the plain data must not pay for it.
    if name == "Library":
        from lucida.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
