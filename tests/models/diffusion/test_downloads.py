"""Pipelines come from a Hub on loopback: folders within them, one form of the weights, and nothing unasked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lucida.errors import ModelError
from lucida.models import downloads, records
from lucida.models.inventory import describe_models
from lucida.models.protocols import DrawRequest
from lucida.models.registry import load_generator

SPEC = "diffusers:tiny/sd"


@pytest.fixture
def served(hub: Any, folder, tmp_path: Path) -> Path:
    """The folder of a tiny pipeline that the Hub serves, with what need not be fetched."""
    place = Path(shutil.copytree(folder("sd"), tmp_path / "served"))
    weights = place / "unet" / "diffusion_pytorch_model"
    shutil.copy(f"{weights}.safetensors", f"{weights}.fp16.safetensors")
    (place / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickled")
    (place / "one-file.safetensors").write_bytes(b"all in one")
    hub.folders["tiny/sd"] = place
    return place


def test_what_is_needed_is_fetched_and_no_more(served: Path) -> None:
    plan = downloads.plan(SPEC)
    names = {file.name for file in plan.files}
    assert {"model_index.json", "unet/diffusion_pytorch_model.safetensors", "tokenizer/tokenizer.json"} <= names
    assert not {name for name in names if "fp16" in name or name.endswith(".bin") or name.startswith("one-file")}
    with pytest.raises(ModelError, match="not on this machine") as caught:
        load_generator(SPEC)
    assert f"lucida models get {SPEC}" in caught.value.advice


def test_a_downloaded_pipeline_draws_as_its_folder_does(served: Path, folder) -> None:
    record = downloads.fetch(downloads.plan(SPEC))
    assert "unet/diffusion_pytorch_model.safetensors" in {file.name for file in record.files}
    assert downloads.installed(SPEC)
    request = DrawRequest("a cat", num_inference_steps=1)
    there = load_generator(f"{SPEC}?device=cpu&dtype=float32").draw(request)
    here = load_generator(f"diffusers:{folder('sd')}?device=cpu&dtype=float32").draw(request)
    assert there.images[0].tobytes() == here.images[0].tobytes()
    assert there.settings["fingerprint"] == here.settings["fingerprint"]
    row = next(row for row in describe_models() if row.spec == SPEC)
    assert row.role == "generator of pictures"


def test_it_is_taken_from_where_others_put_it_if_it_is_whole(served: Path) -> None:
    record = downloads.fetch(downloads.plan(SPEC))
    records.record_path(SPEC).unlink()
    assert downloads.installed(SPEC)
    lost = next(file for file in record.files if file.name.startswith("vae/") and file.name.endswith(".safetensors"))
    from lucida.models import hub as cache

    path = cache.cached(lost.repository, lost.name, lost.revision)
    assert path is not None
    path.unlink()
    assert not downloads.installed(SPEC)


def test_an_altered_part_is_noticed(served: Path) -> None:
    record = downloads.fetch(downloads.plan(SPEC))
    from lucida.models import hub as cache

    file = next(file for file in record.files if file.name == "scheduler/scheduler_config.json")
    path = cache.cached(file.repository, file.name, file.revision)
    assert path is not None
    path.write_text("{}")
    with pytest.raises(ModelError, match="is not the one that was downloaded"):
        load_generator(SPEC)


def test_with_leave_it_is_fetched_at_once(served: Path) -> None:
    assert load_generator(SPEC, allow_download=True).fingerprint.startswith("diffusers-")
