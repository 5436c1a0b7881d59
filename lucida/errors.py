"""Every error a user can meet: one sentence of what happened, one of what to do, and an exit code.

The tree is small on purpose. Library code raises these and never calls ``sys.exit``; the command line turns the
``exit_code`` of whatever reaches it into the process's own.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller. The numbers are a contract that scripts rely on."""

    DONE = 0
    SOME_FILES_FAILED = 1
    WRONG_USE = 2
    MISSING_DEPENDENCY = 3
    LIBRARY_DAMAGED = 4
    INTERRUPTED = 130


class LucidaError(Exception):
    """Root of the tree.

    Attributes:
        message: what happened, one sentence ending in a full stop.
        advice: what to do about it, one sentence ending in a full stop.
    """

    exit_code: ExitCode = ExitCode.WRONG_USE

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}"

    def __reduce__(self) -> tuple[type[LucidaError], tuple[str, str]]:
        # Errors cross process borders (a worker's failure is reported by its parent), so both halves must survive.
        return type(self), (self.message, self.advice)


class UsageError(LucidaError):
    """The caller asked for something that makes no sense: an unknown option value, an empty query, a missing path."""


class DependencyError(LucidaError):
    """A package, program, model or language pack that this action needs is not installed."""

    exit_code = ExitCode.MISSING_DEPENDENCY


class ModelError(LucidaError):
    """Weights are absent, altered (hash mismatch), of another encoder than the index, or in an unsafe format."""

    exit_code = ExitCode.MISSING_DEPENDENCY


class SourceError(LucidaError):
    """One source cannot be read. It costs that source only: ingest records it and goes on."""

    exit_code = ExitCode.SOME_FILES_FAILED


class EncryptedSourceError(SourceError):
    """The document wants a password that was not given or was wrong."""


class UnsupportedSourceError(SourceError):
    """The bytes are of no kind that we read."""


class DamagedSourceError(SourceError):
    """The bytes claim a kind but do not parse as it: truncated, zero-filled, looped or corrupt."""


class UnsafeSourceError(SourceError):
    """Reading the source would take absurd amounts of memory or disk: decompression bombs, giant canvases."""


class StalledSourceError(SourceError):
    """The worker that read the source made no progress in time, outgrew its memory limit, or died."""


class LibraryError(LucidaError):
    """The library folder itself is in no state to serve the request."""

    exit_code = ExitCode.LIBRARY_DAMAGED


class LibraryLockedError(LibraryError):
    """Another process is writing to the library."""


class LibraryVersionError(LibraryError):
    """The library was written by a newer Lucida."""


class LibraryDamagedError(LibraryError):
    """Catalogue, segments, blobs or full text do not agree, or cannot be opened."""


class StorageFullError(LibraryError):
    """The disk filled up or refused a write; what was published before is intact."""
