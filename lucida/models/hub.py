"""Talks to the Hugging Face Hub, and only when asked to: what a repository holds, what is here, one file at a time.

Files land in the Hub's own cache folder (``HF_HOME``), so that other programs find them and nothing is stored twice.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from lucida.errors import ModelError
from lucida.lazy import require

#: Room that must be left on the disk beside what is downloaded.
_SPARE_BYTES = 200_000_000

#: Called with the number of bytes that have just arrived; negative where a server began again.
Arrived = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository, as the Hub lists it.

    Attributes:
        repository: ``owner/name``.
        revision: the commit, so that what is announced is what is fetched.
        name: path inside the repository.
        size: in bytes.
        digest: SHA-256 of a large file; Git's SHA-1 of a small one's blob.
        branch: the branch, tag or commit that was asked for.
    """

    repository: str
    revision: str
    name: str
    size: int
    digest: str
    branch: str = "main"


def endpoint() -> str:
    """The Hub's address, as ``HF_ENDPOINT`` has it."""
    return str(_constants().ENDPOINT)


def cache() -> Path:
    """The folder that downloads land in, as ``HF_HOME`` has it."""
    return Path(_constants().HF_HUB_CACHE)


def offline() -> bool:
    """Whether ``HF_HUB_OFFLINE`` forbids every request."""
    return bool(_constants().HF_HUB_OFFLINE)


def listing(repository: str, revision: str | None = None) -> list[RemoteFile]:
    """All files of a repository; asks the Hub.

    Raises:
        ModelError: there is no such repository or revision, it is closed to us, or the Hub cannot be reached.
    """
    hub = require("huggingface_hub", "download models")
    if offline():
        raise offline_error(repository)
    try:
        info = hub.HfApi(endpoint=endpoint()).model_info(repository, revision=revision, files_metadata=True, timeout=20)
    except Exception as error:
        raise _translated(error, repository) from error
    return [
        RemoteFile(repository, info.sha, entry.rfilename, int(entry.size or 0), _digest(entry), revision or "main")
        for entry in info.siblings or ()
    ]


def cached(repository: str, name: str, revision: str | None = None) -> Path | None:
    """Where a file lies in the cache folder; None if it is not there. Asks nobody."""
    found = require("huggingface_hub", "find downloaded models").try_to_load_from_cache(
        repository, name, revision=revision
    )
    return Path(found) if isinstance(found, str) else None


def fetch(file: RemoteFile, arrived: Arrived) -> Path:
    """Bring one file into the cache folder, going on where an earlier attempt stopped, and check its digest.

    Raises:
        ModelError: it cannot be fetched, arrives altered, or the disk has no room for it.
    """
    here = cached(file.repository, file.name, file.revision)
    if here is not None:
        arrived(file.size)
        return here
    if offline():
        raise offline_error(file.repository)
    blob = _blobs(file.repository) / file.digest
    try:
        blob.parent.mkdir(parents=True, exist_ok=True)
        with require("huggingface_hub.utils", "download models").WeakFileLock(f"{blob}.lock"):
            if not blob.exists():
                _fill(file, blob, arrived)
        return _placed(file)
    except ModelError:
        raise
    except Exception as error:
        raise _translated(error, file.repository) from error


def _fill(file: RemoteFile, blob: Path, arrived: Arrived) -> None:
    """Download into a partial file that survives an interruption, then give it its name."""
    partial = blob.with_name(f"{blob.name}.part")
    begun = partial.stat().st_size if partial.exists() else 0
    if begun > file.size:
        begun = 0
    _require_room(blob.parent, file.size - begun)
    arrived(begun)
    hub, transfer = require("huggingface_hub", "download models"), require("huggingface_hub.file_download", "download")
    url = hub.hf_hub_url(file.repository, file.name, revision=file.revision, endpoint=endpoint())
    headers = hub.utils.build_hf_headers()
    # Small files may be sent packed, and then a range of the packed bytes would be resumed.
    headers["Accept-Encoding"] = "identity"
    with partial.open("ab" if begun else "wb") as stream:
        transfer.http_get(
            url, stream, resume_size=begun, headers=headers, expected_size=file.size, tqdm_class=_bar(arrived)
        )
        stream.flush()
        os.fsync(stream.fileno())
    if digest_of(partial, file.digest) != file.digest:
        partial.unlink()
        raise ModelError(
            f"The file {file.name} of {file.repository} arrived altered: its hash is not the one that was announced.",
            "Download it again; if that does not help, something between here and the Hub changes files.",
        )
    partial.replace(blob)


def _placed(file: RemoteFile) -> Path:
    """Let the Hub's own library link the blob into its snapshot; it has nothing left to download."""
    hub = require("huggingface_hub", "download models")
    path = Path(hub.hf_hub_download(file.repository, file.name, revision=file.revision, endpoint=endpoint()))
    if file.branch != file.revision:
        # What the branch pointed at, for whoever asks for the branch by name: the cache's own way to say so.
        note = _blobs(file.repository).parent / "refs" / file.branch
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(file.revision, encoding="ascii")
    return path


def digest_of(path: Path, like: str) -> str:
    """The digest of a file in the form of ``like``: 64 digits are SHA-256, 40 are Git's SHA-1 of a blob."""
    with path.open("rb") as stream:
        if len(like) == 64:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        blob = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
        while block := stream.read(1 << 20):
            blob.update(block)
        return blob.hexdigest()


def _bar(arrived: Arrived) -> type:
    """What the Hub's library takes for a class of progress bars."""

    class Bar:
        def __init__(self, *_arguments: object, **_options: object) -> None: ...
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_exception: object) -> None: ...
        def update(self, count: int) -> None:
            arrived(count)

    return Bar


def _blobs(repository: str) -> Path:
    return Path(cache(), "models--" + repository.replace("/", "--"), "blobs")


def _digest(entry: Any) -> str:
    large = entry.lfs["sha256"] if isinstance(entry.lfs, dict) else getattr(entry.lfs, "sha256", None)
    return str(large or entry.blob_id)


def _require_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE_BYTES:
        raise ModelError(
            f"The download needs {size / 1e9:.1f} GB and {folder} has {free / 1e9:.1f} GB left.",
            "Make room, or set HF_HOME to a folder on a larger disk.",
        )


def _constants() -> Any:
    return require("huggingface_hub.constants", "find downloaded models")


def offline_error(repository: str) -> ModelError:
    """What to say where the network would be needed and may not be used."""
    return ModelError(
        f"{repository} is not on this machine, and HF_HUB_OFFLINE forbids to download it.",
        "Unset HF_HUB_OFFLINE, or copy the model's folder here and name that folder instead.",
    )


def _translated(error: Exception, repository: str) -> ModelError:
    """The Hub's many errors as one sentence and what to do."""
    errors = require("huggingface_hub.errors", "download models")
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.HFValidationError):
        return ModelError(f"{repository!r} is no name of a repository.", "Write it as OWNER/NAME.")
    if isinstance(error, errors.GatedRepoError) or status == 403:
        return ModelError(
            f"{repository} is given out only to those who accept its terms.",
            "Accept them on its page, log in with: hf auth login, and try again.",
        )
    if status == 401 or isinstance(error, errors.RepositoryNotFoundError):
        # The Hub answers 401 for what does not exist too, so as not to tell private names.
        return ModelError(
            f"There is no repository {repository} on {endpoint()}, or it is private.",
            "Check its name; for a private one log in first with: hf auth login.",
        )
    if isinstance(error, errors.RevisionNotFoundError | errors.EntryNotFoundError) or status == 404:
        return ModelError(f"{repository} lacks the revision or file asked for.", "Check the name after the @.")
    first = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return ModelError(
        f"{repository} could not be downloaded from {endpoint()}: {first[:200]}.",
        "Check the network and run the same command again: it goes on where it stopped.",
    )
