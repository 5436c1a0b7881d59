"""Indexing photographs of 12 megapixels: beside rclip's own indexing code, and beside the encoder alone.

All use the same ViT-B/32 (256 px, random weights of one seed: speed does not depend on what a network has learnt);
rclip gets them exported to ONNX, which is what it runs. Every way runs in a process of its own, its model loaded
before the clock starts, in turns with the others, so that ratios hold even where the machine's speed wanders.

rclip is a peer, not a dependency: give it an environment of its own,
``python -m venv DIR && DIR/bin/pip install "rclip>=3"``, and name it: ``LUCIDA_RCLIP=DIR/bin/python``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measuring import run, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.models.protocols import PixelEncoder

RCLIP_VARIABLE = "LUCIDA_RCLIP"
_MODEL = "ViT-B-32-256"
_SIZE_PX = (4000, 3000)
#: Scenes are drawn at this size and scaled up: what costs time is the number of pixels and of bytes, not their beauty.
_DRAWN_PX = (1600, 1200)
_GRAIN = 7.0  # makes files of about 3.5 MB, as telephones do
_RCLIP = """
import json, os, sys, time
from pathlib import Path
import numpy as np
from rclip import db, model
from rclip.main import RClip
folder, out = sys.argv[1:]
encoder = model.Model()
encoder.compute_preprocessed_image_features([np.zeros((3, 256, 256), np.float32)], for_indexing=True)
store = db.DB(Path(os.environ["RCLIP_DATADIR"]) / "db.sqlite3")
indexer = RClip(encoder, store, 8, None)
start, used = time.perf_counter(), time.process_time()
indexer.ensure_index(folder)
seconds, cpu = time.perf_counter() - start, time.process_time() - used
found = store.get_image_vectors_by_dir_path(folder)
rows = {Path(row["filepath"]).name: np.frombuffer(row["vector"], np.float32).tolist() for row in found}
Path(out).write_text(json.dumps({"seconds": seconds, "cpu": cpu, "vectors": rows}))
"""


class Clock:
    """Seconds on the wall and seconds of processors, this process and its children's; the latter stand contention."""

    def __init__(self) -> None:
        self._start = self._now()

    def read(self) -> dict[str, float]:
        wall, cpu = (now - then for now, then in zip(self._now(), self._start, strict=True))
        return {"seconds": wall, "cpu": cpu}

    def _now(self) -> tuple[float, float]:
        times = os.times()
        return time.perf_counter(), times.user + times.system + times.children_user + times.children_system


def draw(folder: Path, count: int) -> None:
    """Photograph-like JPEGs, no two alike."""
    from PIL import Image

    from lucida.generate.scenes import draw_scene, scene_names

    folder.mkdir(parents=True)
    names = scene_names()
    for number in range(count):
        random = np.random.default_rng(number)
        scene = draw_scene(names[number % len(names)], *_DRAWN_PX, seed=number).resize(_SIZE_PX)
        grain = np.tile(random.normal(0, _GRAIN, (1000, 1000)), (3, 4))[:, :, None]
        pixels = np.clip(np.asarray(scene) + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:04d}.jpg", quality=90)


def save_weights(folder: Path) -> None:
    """The model as open_clip stores one, and its image tower where rclip looks for it."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    model = open_clip.create_model(_MODEL).eval()
    folder.mkdir(parents=True)
    config = {"model_cfg": open_clip.get_model_config(_MODEL), "preprocess_cfg": {"resize_mode": "shortest"}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    home = folder / "rclip" / "ViT-B-32-256-datacomp_s34b_b86k"
    home.mkdir(parents=True)
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.inference_mode():
        axes = {"input": {0: "n"}, "output": {0: "n"}}
        names = {"input_names": ["input"], "output_names": ["output"], "dynamic_axes": axes}
        torch.onnx.export(
            model.visual, (torch.zeros(2, 3, 256, 256),), home / "visual.onnx", dynamo=False, opset_version=17, **names
        )


def encoder_named(name: str, weights: Path) -> PixelEncoder:
    """ViT-B/32 with the benchmark's weights, or ``mini``; loaded and warm."""
    from lucida.models.registry import load_shared_encoder

    encoder: Any = load_shared_encoder("mini" if name == "mini" else f"openclip:local-dir:{weights}")
    warm(encoder)
    return encoder  # type: ignore[no-any-return]


def warm(encoder: Any, rounds: int = 9) -> None:
    """As many pictures as it takes until the encoder has changed over to what it runs on in bulk."""
    rule = encoder.pixel_rule
    for _ in range(rounds):
        encoder.encode_pixels(np.zeros((64, rule.height_px, rule.width_px, 3), dtype=np.uint8))
        if not getattr(encoder, "runtime_name", "torch").endswith("fp32"):
            return


def choosing(name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """Run once before everything else, so that what is measured at first use has been measured."""
    encoder = encoder_named(name, weights)
    warm(encoder, 9 if name == "vit" else 18)
    return {"runtime": getattr(encoder, "runtime_name", "torch")}


def pipeline(name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """Files to vectors, nothing kept."""
    from lucida.ingest.pictures.bulk import encode_files

    encoder, clock = encoder_named(name, weights), Clock()
    found = {path.name: vector.tolist() for path, vector in encode_files(encoder, sorted(folder.iterdir()))}  # type: ignore[union-attr]
    return clock.read() | {"vectors": found}


def alone(name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """The encoder on pixels that are there already."""
    encoder, count = encoder_named(name, weights), len(list(folder.iterdir()))
    rule = encoder.pixel_rule
    pixels = np.random.default_rng(0).integers(0, 256, (count, rule.height_px, rule.width_px, 3), dtype=np.uint8)
    clock = Clock()
    encoder.encode_pixels(pixels)
    return clock.read() | {"runtime": getattr(encoder, "runtime_name", "torch")}


def decoding(name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """Files to pixels, and no encoder."""
    from lucida.ingest.pictures.bulk import decoded_files

    rule = encoder_named(name, weights).pixel_rule
    clock = Clock()
    count = sum(1 for _ in decoded_files(sorted(folder.iterdir()), rule))
    return clock.read() | {"count": count}


def reference(name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """Decoded in full, the model's own preprocessing, float32."""
    from PIL import Image

    os.environ["LUCIDA_DTYPE"] = "fp32"
    encoder = encoder_named(name, weights)
    clock, found = Clock(), {}
    for path in sorted(folder.iterdir()):
        with Image.open(path) as image:
            found[path.name] = encoder.encode_images([image.convert("RGB")])[0].tolist()
    return clock.read() | {"vectors": found}


def library(name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """What ``lucida ingest`` does: hashes, previews, looking for text, the catalogue, the index; but no OCR.

    rclip reads no text, and where a scene looks like a page, reading it takes a hundred times what seeing it does.
    """
    from lucida import Library
    from lucida.config import LibraryConfig

    with tempfile.TemporaryDirectory() as scratch:
        spec = "mini" if name == "mini" else f"openclip:local-dir:{weights}"
        Path(scratch, "library").mkdir()
        LibraryConfig(encoder=spec, ocr="none").save(Path(scratch, "library"))
        with Library.open(Path(scratch, "library")) as opened:
            encoder: Any = opened.shared_encoder()
            warm(encoder)
            clock = Clock()
            report = opened.ingest(folder)
            return clock.read() | {"count": report.added}


WAYS: dict[str, Callable[[str, Path, Path], dict[str, Any]]] = {
    "choosing": choosing,
    "pipeline": pipeline,
    "alone": alone,
    "decoding": decoding,
    "library": library,
    "reference": reference,
}


def measured(way: str, name: str, folder: Path, weights: Path) -> dict[str, Any]:
    """Run one way in a process of its own; adds ``peak_mb``."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "result.json")
        command = [sys.executable, "-m", "benchmarks.pictures", way, name, str(folder), str(weights), str(out)]
        if way == "rclip":
            os.environ["RCLIP_DATADIR"] = str(_rclip_home(weights, Path(scratch)))
            command = [os.environ[RCLIP_VARIABLE], "-c", _RCLIP, str(folder), str(out)]
        finished = run(command)
        return json.loads(out.read_text()) | {"peak_mb": finished.peak_mb}


def _rclip_home(weights: Path, scratch: Path) -> Path:
    """A data folder without an index, in which rclip finds the exported weights."""
    home = scratch / "rclip"
    home.mkdir()
    for model in (weights / "rclip").iterdir():
        (home / model.name).symlink_to(model)
    return home


def agreement(one: dict[str, list[float]], other: dict[str, list[float]]) -> tuple[float, float]:
    """Least cosine between vectors of the same picture, and the share of pictures with the same ten neighbours."""
    rows = [np.array([table[name] for name in sorted(one)], dtype=np.float32) for table in (one, other)]
    rows = [row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows]
    nearest = [np.argsort(-(row @ rows[0].T), axis=1)[:, :11] for row in rows]
    same = [set(a) == set(b) for a, b in zip(*nearest, strict=True)]
    return float((rows[0] * rows[1]).sum(axis=1).min()), float(np.mean(same))


def main(count: int = 60, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder, weights = Path(scratch, "pictures"), Path(scratch, "weights")
        draw(folder, count)
        save_weights(weights)
        ways = [(way, name) for name in ("vit", "mini") for way in ("alone", "decoding", "pipeline", "library")]
        if os.environ.get(RCLIP_VARIABLE):
            ways.insert(0, ("rclip", "vit"))
        best: dict[tuple[str, str], dict[str, Any]] = {}
        for name in ("vit", "mini"):
            print(f"{name} runs on {measured('choosing', name, folder, weights)['runtime']}")
        for _ in range(rounds):
            for way, name in ways:
                found = measured(way, name, folder, weights)
                if found["seconds"] < best.get((way, name), found)["seconds"] or (way, name) not in best:
                    best[way, name] = found
        exact = {name: measured("reference", name, folder, weights)["vectors"] for name in ("vit", "mini")}
    report(best, exact, count)


def report(best: dict[tuple[str, str], dict[str, Any]], exact: dict[str, Any], count: int) -> None:
    titles = {
        "rclip": "rclip, indexing",
        "alone": "encoder alone",
        "decoding": "decoding alone",
        "pipeline": "lucida, files to vectors",
        "library": "lucida, ingest into a library",
    }
    rows = []
    for (way, name), found in best.items():
        peer = best.get(("rclip", name))
        encoder = best["alone", name]["seconds"]
        rows.append(
            (
                "mini" if name == "mini" else "ViT-B/32",
                titles[way],
                count / found["seconds"],
                peer["seconds"] / found["seconds"] if peer else "",
                found["seconds"] / encoder,
                1000 * found["cpu"] / count,
                round(found["peak_mb"]),
            )
        )
    notes = []
    for name, vectors in exact.items():
        cosine, same = agreement(vectors, best["pipeline", name]["vectors"])
        notes.append(f"{name}: least cosine to full decoding in float32 {cosine:.4f}, same top 10 for {same:.0%}")
    if ("rclip", "vit") in best:
        cosine, _ = agreement(exact["vit"], best["rclip", "vit"]["vectors"])
        notes.append(f"rclip's vectors: least cosine {cosine:.4f}")
    else:
        notes.append(f"without rclip: set {RCLIP_VARIABLE} to the python of an environment that has it")
    columns = ("encoder", "way", "images/s", "times rclip", "time over encoder alone", "CPU ms/image", "peak MB")
    show(f"{count} JPEGs of 12 megapixels", columns, rows, note="; ".join(notes))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        chosen, model_name, pictures, model, result = sys.argv[1:]
        Path(result).write_text(json.dumps(WAYS[chosen](model_name, Path(pictures), Path(model))))
    else:
        main()
