"""Which files a spec needs from the Hugging Face Hub, how large they are, and the fetching of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from lucida.errors import ModelError, UsageError
from lucida.models import hf_files, hub, openclip_files, records
from lucida.models.diffusion import files as diffusion_files


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is needed of one repository.

    Attributes:
        repository: ``owner/name``.
        revision: branch, tag or commit; None is the newest.
        choose: picks the files out of the names that the repository holds; raises ModelError if they are not there.
        whole: whether a folder that another program filled has all that it should.
    """

    repository: str
    revision: str | None
    choose: Callable[[list[str]], list[str]]
    whole: Callable[[Path], bool] = Path.is_dir


@dataclass(frozen=True, slots=True)
class Plan:
    """A download, before it begins.

    Attributes:
        spec: what it is for.
        source: the Hub's address.
        files: all that is needed, the weights first.
        missing: those that are not on this machine yet.
    """

    spec: str
    source: str
    files: tuple[hub.RemoteFile, ...]
    missing: tuple[hub.RemoteFile, ...]

    @property
    def size(self) -> int:
        """Bytes that are to be fetched."""
        return sum(file.size for file in self.missing)

    @property
    def repositories(self) -> tuple[str, ...]:
        """Where from, each once."""
        return tuple(dict.fromkeys(file.repository for file in self.files))

    def to_json(self) -> dict[str, Any]:
        rows = [{"repository": f.repository, "name": f.name, "size": f.size} for f in self.files]
        return {"spec": self.spec, "source": self.source, "size": self.size, "files": rows}


#: Called with bytes done, bytes in all, and the file that is being fetched.
Progress: TypeAlias = Callable[[int, int, str], None]


def ignore(done: int, total: int, name: str) -> None:
    """The observer of downloads that nobody watches."""


def wanted(spec: str) -> list[Wanted]:
    """What a spec needs from the Hub; empty where it names a folder or something that came with a package.

    Raises:
        UsageError: there is no such spec.
        ModelError: its weights are published in pickled form only.
    """
    if spec in {"mini", "minilm"}:
        return []
    if spec.startswith(hf_files.PREFIX):
        repository, revision = hf_files.split_spec(spec)
        if hf_files.local_folder(spec) is not None:
            return []
        return [Wanted(repository, revision, lambda names: hf_files.choose(names, repository))]
    if spec.startswith(diffusion_files.PREFIX):
        repository, revision = diffusion_files.split_spec(spec)
        if diffusion_files.local_folder(spec) is not None:
            return []
        return [
            Wanted(repository, revision, lambda names: diffusion_files.choose(names, repository), diffusion_files.whole)
        ]
    if spec.startswith(openclip_files.PREFIX):
        parts = openclip_files.repositories(spec)
        return [Wanted(repository, None, _chooser(repository, names)) for repository, names in parts]
    raise UsageError(
        f"{spec!r} names nothing that can be downloaded.",
        "Write hf:OWNER/NAME, openclip:MODEL/TAG or diffusers:OWNER/NAME.",
    )


def plan(spec: str) -> Plan:
    """Ask the Hub what a spec needs and how large it is.

    Raises:
        UsageError, ModelError: as ``wanted`` and ``hub.listing``.
    """
    files: list[hub.RemoteFile] = []
    for want in wanted(spec):
        listed = {file.name: file for file in hub.listing(want.repository, want.revision)}
        files += [listed[name] for name in want.choose(list(listed))]
    missing = tuple(f for f in files if hub.cached(f.repository, f.name, f.revision) is None)
    return Plan(spec, hub.endpoint(), tuple(files), missing)


def fetch(download: Plan, progress: Progress = ignore) -> records.Record:
    """Fetch what a plan names, check it, and write down its hashes.

    Raises:
        ModelError: a file cannot be fetched or arrives altered; what has arrived is kept, and the next call goes on.
    """
    total, done = sum(file.size for file in download.files), 0
    found: list[tuple[str, str, Path]] = []
    for file in download.files:

        def arrived(count: int, name: str = file.name) -> None:
            nonlocal done
            done += count
            progress(done, total, name)

        found.append((file.repository, file.revision, hub.fetch(file, arrived)))
    return records.write(download.spec, found)


def present(spec: str, *, allow_download: bool = False) -> list[Path]:
    """The files of a spec on this machine, weights first, held against the hashes of when they came.

    Files that another program put into the Hub's cache folder are taken as they are the first time, and written down.

    Raises:
        ModelError: they are not here (and may not be fetched), or were altered.
    """
    record = records.recorded(spec)
    paths = records.verified(record) if record is not None else None
    if paths is None:
        paths = _adopted(spec)
    if paths is None:
        if not allow_download:
            raise _absent(spec)
        fetch(plan(spec))
        paths = records.verified(records.recorded(spec) or records.Record(spec, "", ()))
    if not paths:
        raise _absent(spec)
    return paths


def installed(spec: str) -> bool:
    """Whether a spec's files are on this machine. Asks nobody and hashes nothing."""
    record = records.recorded(spec)
    if record is not None:
        return all(hub.cached(file.repository, file.name, file.revision) for file in record.files)
    try:
        return _found(spec) is not None
    except (ModelError, UsageError):
        return False


def _adopted(spec: str) -> list[Path] | None:
    """What lies in the Hub's cache folder already, written down; None where something is missing."""
    found = _found(spec)
    if found is None:
        return None
    records.write(spec, found)
    return [path for _, _, path in found]


def _found(spec: str) -> list[tuple[str, str, Path]] | None:
    found: list[tuple[str, str, Path]] = []
    for want in wanted(spec):
        marks = (*hf_files.COMPANIONS, *openclip_files.WEIGHTS, *diffusion_files.MARKS)
        here = next(filter(None, (hub.cached(want.repository, name, want.revision) for name in marks)), None)
        if here is None:
            return None
        folder = here.parent  # snapshots/COMMIT
        there = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        try:
            names = want.choose(there)
        except ModelError:
            return None  # begun and not finished
        if not want.whole(folder):
            return None
        found += [(want.repository, folder.name, folder / name) for name in names]
    return found


def _chooser(repository: str, alternatives: tuple[tuple[str, ...], ...]) -> Callable[[list[str]], list[str]]:
    """Of each group of names all that are there, or of a group that begins with weights, the first."""

    def choose(names: list[str]) -> list[str]:
        chosen: list[str] = []
        for group in alternatives:
            there = [name for name in group if name in names]
            if not there and group[0].endswith(".safetensors"):
                raise ModelError(
                    f"{repository} holds no weights in safetensors form.",
                    "Choose another tag, or convert them where you trust them and use openclip:local-dir:FOLDER.",
                )
            chosen += there[:1] if group[0].endswith(".safetensors") else there
        return chosen

    return choose


def _absent(spec: str) -> ModelError:
    if hub.offline():
        return hub.offline_error(spec)
    return ModelError(
        f"The weights of {spec} are not on this machine.", f"Download them with: lucida models get {spec}."
    )
