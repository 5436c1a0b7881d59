"""What was downloaded for a spec: a small JSON file in Lucida's cache folder that later loads are held against."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from lucida.errors import ModelError
from lucida.models import hub
from lucida.models.cache import cache_folder, replacing
from lucida.models.weights_hash import sha256_of


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One file as it was when it arrived."""

    repository: str
    revision: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """All files of one spec.

    Attributes:
        spec: what they were downloaded for.
        source: the Hub's address.
        files: what arrived.
    """

    spec: str
    source: str
    files: tuple[RecordedFile, ...]

    @property
    def size(self) -> int:
        """Of all files together, in bytes."""
        return sum(file.size for file in self.files)

    def to_json(self) -> dict[str, Any]:
        return {"spec": self.spec, "source": self.source, "files": [asdict(file) for file in self.files]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read what ``to_json`` wrote; KeyError and TypeError where it is something else."""
        return cls(document["spec"], document["source"], tuple(RecordedFile(**row) for row in document["files"]))


def record_path(spec: str) -> Path:
    """Where the record of a spec lies or would lie."""
    plain = re.sub(r"[^\w.-]+", "-", spec)[:60]
    return cache_folder() / "models" / f"{plain}-{hashlib.sha256(spec.encode()).hexdigest()[:8]}.json"


def recorded(spec: str) -> Record | None:
    """The record of a spec; None where there is none, or none that can be read."""
    try:
        return Record.from_json(json.loads(record_path(spec).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def every() -> list[Record]:
    """All records that can be read, by name of their files."""
    found = []
    for path in sorted((cache_folder() / "models").glob("*.json")):
        try:
            found.append(Record.from_json(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError, KeyError):
            continue  # of another version, or spoilt: a download writes it anew
    return found


def write(spec: str, files: list[tuple[str, str, Path]]) -> Record:
    """Hash files and write them down.

    Args:
        spec: what they are for.
        files: repository, revision and path of each, the path ending in its name inside the repository.

    Raises:
        ModelError: a file cannot be read, or the cache folder cannot be written.
    """
    rows = tuple(
        RecordedFile(repository, revision, _name(path, revision), path.stat().st_size, sha256_of(path))
        for repository, revision, path in files
    )
    record = Record(spec, hub.endpoint(), rows)
    with replacing(record_path(spec)) as part:
        part.write_text(json.dumps(record.to_json(), indent=1), encoding="utf-8")
    return record


def _name(path: Path, revision: str) -> str:
    """A file's path inside its repository: what follows the folder that is called after the revision."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index(revision) :]) if revision in parts else path.name


def verified(record: Record) -> list[Path] | None:
    """The record's files, each with the hash it had; None where one is no longer here.

    Raises:
        ModelError: a file is not the one that was downloaded.
    """
    paths: list[Path] = []
    for file in record.files:
        path = hub.cached(file.repository, file.name, file.revision)
        if path is None:
            return None
        if sha256_of(path) != file.sha256:
            raise ModelError(
                f"The model file {path} is not the one that was downloaded for {record.spec}.",
                f"Delete it and run: lucida models get {record.spec}.",
            )
        paths.append(path)
    return paths
