"""Which files a pipeline consists of, and what is refused: pickles, code, what is not whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lucida.errors import ModelError, UsageError
from lucida.models.diffusion import files
from lucida.models.registry import load_generator

NAMES = [
    "model_index.json",
    "README.md",
    "v1-5-pruned.safetensors",
    "scheduler/scheduler_config.json",
    "tokenizer/vocab.json",
    "tokenizer/merges.txt",
    "unet/config.json",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.safetensors",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors",
    "vae/config.json",
    "vae/diffusion_pytorch_model.fp16.safetensors",
]


@pytest.fixture
def copy(folder, tmp_path: Path) -> Path:
    """A tiny pipeline that a test may spoil."""
    return Path(shutil.copytree(folder("sd"), tmp_path / "copy"))


def test_of_several_forms_of_the_same_weights_one_is_fetched() -> None:
    chosen = files.choose(NAMES, "a/b")
    assert chosen[:2] == [
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
    ]
    assert "model_index.json" in chosen
    assert "tokenizer/merges.txt" in chosen
    assert not {"README.md", "v1-5-pruned.safetensors"} & set(chosen)


def test_shards_come_together() -> None:
    shards = [f"diffusion_pytorch_model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    names = [*shards, "diffusion_pytorch_model.safetensors.index.json", "config.json"]
    assert set(files.choose(names, "a/net")) == set(names)


def test_pickled_weights_are_refused_by_name() -> None:
    names = [name for name in NAMES if not name.startswith("vae")]
    with pytest.raises(ModelError, match=r"diffusion_pytorch_model\.bin of a/b/unet are pickled"):
        files.choose([name for name in names if not name.endswith(".safetensors")], "a/b")


def test_a_pipeline_with_pickles_is_refused(copy: Path) -> None:
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(ModelError, match="pickled, and reading a pickle can run code"):
        load_generator(f"diffusers:{copy}")


def test_code_is_never_run(copy: Path) -> None:
    index = json.loads((copy / "model_index.json").read_text())
    index["_class_name"] = ["mine", "MyPipeline"]
    (copy / "model_index.json").write_text(json.dumps(index))
    (copy / "mine.py").write_text("raise SystemExit('code was run')")
    with pytest.raises(ModelError, match="wants code of its own"):
        load_generator(f"diffusers:{copy}")


def test_a_part_with_code_is_refused(copy: Path) -> None:
    index = json.loads((copy / "model_index.json").read_text())
    index["unet"] = ["mine", "MyUNet"]
    (copy / "model_index.json").write_text(json.dumps(index))
    (copy / "unet" / "mine.py").write_text("raise SystemExit('code was run')")
    with pytest.raises(ModelError, match=r"code of its own \(mine\.MyUNet\)"):
        load_generator(f"diffusers:{copy}")


def test_what_is_not_whole_is_said(copy: Path, tmp_path: Path) -> None:
    (copy / "model_index.json").write_text("{")
    with pytest.raises(ModelError, match="is damaged"):
        load_generator(f"diffusers:{copy}")
    with pytest.raises(ModelError, match=r"no pipeline of diffusers: it has no model_index\.json"):
        load_generator(f"diffusers:{copy / 'unet'}")
    with pytest.raises(ModelError, match="does not exist"):
        load_generator(f"diffusers:{tmp_path / 'nowhere'}")


def test_a_lacking_part_is_named(copy: Path) -> None:
    assert files.whole(copy)
    shutil.rmtree(copy / "vae")
    assert not files.whole(copy)
    with pytest.raises(ModelError, match="lacks its vae"):
        load_generator(f"diffusers:{copy}")


def test_lacking_tensors_are_not_filled_with_noise(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    from lucida.models.protocols import DrawRequest

    path = copy / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(path)
    del tensors["conv_out.weight"]
    save_file(tensors, path)
    with pytest.raises(ModelError, match="lack 1 tensors of a UNet2DConditionModel"):
        load_generator(f"diffusers:{copy}?device=cpu").draw(DrawRequest("a cat", num_inference_steps=1))


def test_the_fingerprint_follows_weights_and_settings(copy: Path) -> None:
    before = load_generator(f"diffusers:{copy}").fingerprint
    assert load_generator(f"diffusers:{copy}?dtype=float32").fingerprint == before
    config = copy / "scheduler" / "scheduler_config.json"
    config.write_text(config.read_text().replace("0.012", "0.02"))
    assert load_generator(f"diffusers:{copy}").fingerprint != before


def test_an_unknown_spec_is_refused() -> None:
    with pytest.raises(UsageError, match="no generator of pictures 'painter'"):
        load_generator("painter")
    with pytest.raises(UsageError, match="does not name a pipeline"):
        load_generator("diffusers:")


def test_nothing_is_downloaded_unasked() -> None:
    with pytest.raises(ModelError, match="are not on this machine"):
        load_generator("diffusers:nobody/nothing")
