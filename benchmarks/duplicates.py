"""Near copies: how many of those made here are found, how many pairs are wrong, and how long hashes take to compare.

    python -m benchmarks.duplicates [--data photos64] [--encoder mini] [--originals 300]

Originals are the example pictures, pages of the example documents and, with ``--data``, photographs. Each gets copies
by every way of ``COPIES``, and another shot, in which a part of the picture has moved: it must not pass for a copy.
"""

from __future__ import annotations

import argparse
import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from benchmarks.measuring import ROOT, show
from lucida.errors import SourceError
from lucida.ingest.pictures.perceptual_hash import perceptual_hash, pixel_digest
from lucida.ingest.render import render_page
from lucida.models.registry import load_shared_encoder
from lucida.query.duplicates import Copy, DuplicateKind, find_duplicates
from lucida.query.evaluation.labelled import load
from lucida.query.neighbours import by_hash
from lucida.query.sameness import View, view

Change = Callable[[Image.Image, np.random.Generator], Image.Image]
#: The pages of these documents are much alike, and none is a copy of another.
_DOCUMENTS = ("lease.pdf", "annual-report.pdf", "invoice.pdf", "letter.pdf")


def scaled(factor: float) -> Change:
    return lambda p, _: p.resize((max(round(p.width * factor), 8), max(round(p.height * factor), 8)))


def recompressed(quality: int) -> Change:
    def change(picture: Image.Image, _: np.random.Generator) -> Image.Image:
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality)
        return Image.open(packed).convert("RGB")

    return change


def cropped(share: float) -> Change:
    def change(picture: Image.Image, random: np.random.Generator) -> Image.Image:
        left, top = random.uniform(0, share, 2) * picture.size
        size = np.array(picture.size) * (1 - share)
        return picture.crop((round(left), round(top), round(left + size[0]), round(top + size[1])))

    return change


def warmer(picture: Image.Image, _: np.random.Generator) -> Image.Image:
    channels = zip(picture.split(), (1.08, 1.0, 0.85), strict=True)
    return Image.merge(
        "RGB", [channel.point([min(round(v * gain), 255) for v in range(256)]) for channel, gain in channels]
    )


def moved(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Another shot: a third of the picture's width and height has changed places."""
    width, height = picture.width // 3, picture.height // 3
    shot, corners = picture.copy(), [(0, 0), (picture.width - width, picture.height - height)]
    part = [picture.crop((x, y, x + width, y + height)) for x, y in corners]
    for (x, y), piece in zip(corners, reversed(part), strict=True):
        shot.paste(piece, (x, y))
    return recompressed(90)(shot, random)


COPIES: dict[str, Change] = {
    "scaled to a half": scaled(0.5),
    "scaled to double": scaled(2.0),
    "JPEG at quality 30": recompressed(30),
    "cropped by 5 %": cropped(0.05),
    "cropped by 10 %": cropped(0.10),
    "cropped by 15 %": cropped(0.15),
    "brighter by 20 %": lambda p, _: ImageEnhance.Brightness(p).enhance(1.2),
    "contrast at 70 %": lambda p, _: ImageEnhance.Contrast(p).enhance(0.7),
    "colours at 150 %": lambda p, _: ImageEnhance.Color(p).enhance(1.5),
    "warmer": warmer,
    "grey": lambda p, _: p.convert("L").convert("RGB"),
}


def originals(data: Path | None, count: int) -> Iterator[Image.Image]:
    for path in sorted((ROOT / "examples" / "pictures").iterdir()):
        yield Image.open(path).convert("RGB")
    for name in _DOCUMENTS:
        path = ROOT / "examples" / "documents" / name
        for page in range(1, 5):
            try:
                yield render_page(path, "application/pdf", page, dpi=72)
            except SourceError:  # it has fewer pages
                break
    if data is not None:
        pictures = load(data).first(count)
        yield from (pictures.read(number) for number in range(len(pictures)))


def measure(data: Path | None, spec: str | None, count: int) -> None:
    random = np.random.default_rng(0)
    copies: list[Copy] = []
    views: dict[int, View] = {}
    origin: dict[int, tuple[int, str]] = {}
    small: list[Image.Image] = []
    for number, picture in enumerate(originals(data, count)):
        changes: dict[str, Change] = {"": lambda p, _: p, **COPIES, "another shot": moved}
        for name, change in changes.items():
            image, key = change(picture, random), len(copies) + 1
            copies.append(
                Copy(key, f"{number}-{name}.jpg", 1, 1, *image.size, (pixel_digest(image),), perceptual_hash(image))
            )
            views[key], origin[key] = view(image), (number, name)
            small.append(image.resize((256, 256)) if spec else image.resize((1, 1)))
    vectors = None
    if spec:
        encoder = load_shared_encoder(spec)
        parts = [encoder.encode_images(small[at : at + 64]) for at in range(0, len(small), 64)]
        vectors = np.arange(1, len(copies) + 1), np.concatenate(parts)
    for label, given in (("hashes", None), (f"hashes and vectors of {spec}", vectors)):
        if label == "hashes" or given is not None:
            started = time.perf_counter()
            kinds = [DuplicateKind.EXACT, DuplicateKind.NEAR]
            groups = find_duplicates(copies, given, views.get, kinds=kinds)
            _report(label, [[c.id for c in g.copies] for g in groups], origin, time.perf_counter() - started)


def _report(label: str, groups: list[list[int]], origin: dict[int, tuple[int, str]], seconds: float) -> None:
    found: defaultdict[str, list[bool]] = defaultdict(list)
    group_of = {}
    for number, group in enumerate(groups):
        for member in group:
            group_of.setdefault(member, set()).add(number)
    first = {number: key for key, (number, name) in origin.items() if not name}
    for key, (number, name) in origin.items():
        if name:
            reached = {key}
            for _ in range(2):  # an exact copy of a near copy counts
                reached |= {m for r in reached for g in group_of.get(r, ()) for m in groups[g]}
            found[name].append(first[number] in reached)
    shots = np.mean(found.pop("another shot"))
    pairs = [(origin[a], origin[b]) for group in groups for i, a in enumerate(group) for b in group[:i]]
    right = sum(a[0] == b[0] and (a[1] == "another shot") == (b[1] == "another shot") for a, b in pairs)
    strangers = sum(a[0] != b[0] for a, b in pairs)
    rows = [(name, len(hits), float(np.mean(hits))) for name, hits in found.items()]
    everything = [hit for hits in found.values() for hit in hits]
    rows.append(("all copies", len(everything), float(np.mean(everything))))
    show(f"Near copies by {label}: recall", ("copy", "pictures", "found"), rows)
    print(
        f"pairs in groups {len(pairs):,}: precision {right / max(len(pairs), 1):.4f}, of other pictures {strangers:,}"
    )
    print(f"another shot taken for a copy: {shots:.3f}; {seconds:.1f} s for {len(origin):,} pictures\n")


def scale() -> None:
    random = np.random.default_rng(0)
    rows = []
    for count in (10_000, 30_000, 100_000):
        hashes = random.integers(0, 2**64, count, dtype=np.uint64)
        hashes[: count // 20] = hashes[count // 2 : count // 2 + count // 20] ^ np.uint64(5)
        started = time.perf_counter()
        pairs = by_hash(hashes, 11)
        rows.append((count, len(pairs.first), time.perf_counter() - started))
    show("Comparing hashes", ("pictures", "pairs within 11 bits", "seconds"), rows)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="labelled photographs, in any form that lucida evaluate reads")
    parser.add_argument("--encoder", help="spec of an encoder; without it, hashes work alone")
    parser.add_argument("--originals", type=int, default=300, help="photographs to take from --data")
    given = parser.parse_args(arguments or [])
    measure(given.data, given.encoder, given.originals)
    scale()


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
