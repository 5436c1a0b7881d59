"""WebDataset: tar archives in which the files of one sample stand together under one key.

``<split>-000000.tar`` holds ``<key>.png``, ``<key>.cls`` (number of the class) and ``<key>.json``; ``classes.txt`` has
the names. Archives have no times and owners, so that the same dataset gives the same bytes.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from lucida.generate.formats.entry import Collection, Entry

#: Samples of one archive; readers shuffle and share out whole archives.
SHARD = 1000


def write(folder: Path, collection: Collection) -> None:
    """Write the archives of all splits into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in collection.classes), encoding="utf-8")
    for split, entries in collection.splits():
        for shard, start in enumerate(range(0, len(entries), SHARD)):
            with tarfile.open(folder / f"{split}-{shard:06d}.tar", "w", format=tarfile.USTAR_FORMAT) as archive:
                for number, entry in enumerate(entries[start : start + SHARD], start=start):
                    for name, content in _parts(f"{number:08d}", entry, collection):
                        member = tarfile.TarInfo(name)
                        member.size = len(content)
                        archive.addfile(member, io.BytesIO(content))


def _parts(key: str, entry: Entry, collection: Collection) -> Iterator[tuple[str, bytes]]:
    facts = {"name": entry.name, "label": entry.label, **entry.facts}
    if entry.boxes:
        facts["objects"] = [{"label": label, "box": list(box)} for label, box in entry.boxes]
    yield f"{key}{Path(entry.name).suffix}", entry.file.read_bytes()
    yield f"{key}.cls", str(collection.number(entry.label)).encode()
    yield f"{key}.json", json.dumps(facts, ensure_ascii=False).encode()
