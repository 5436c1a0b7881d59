from __future__ import annotations

import json
import shutil
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from lucida.errors import ModelError, UsageError
from lucida.models.openclip import OpenClip, bisect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def encoder(clip_folder: Path) -> OpenClip:
    return OpenClip(f"openclip:local-dir:{clip_folder}")


@pytest.fixture
def copy(clip_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(clip_folder, tmp_path / "copy")


def stripes(size: tuple[int, int], colour: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", size, colour)
    picture.paste((255, 255, 255), (0, 0, size[0] // 2, size[1] // 3))
    return picture


def test_vectors_have_unit_length_and_repeat(encoder: OpenClip) -> None:
    texts = encoder.encode_texts(["a red bicycle", "two cats on a sofa"])
    images = encoder.encode_images([stripes((90, 40), (200, 0, 0)), stripes((31, 77), (0, 90, 0))])
    assert texts.shape == images.shape == (2, encoder.dimension) == (2, 32)
    assert texts.dtype == images.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(np.vstack([texts, images]), axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(texts, encoder.encode_texts(["a red bicycle", "two cats on a sofa"]))
    assert abs(texts[0] - texts[1]).max() > 1e-3
    assert abs(images[0] - images[1]).max() > 1e-3


def test_agrees_with_open_clip_itself(encoder: OpenClip, clip_folder: Path) -> None:
    import open_clip
    import torch

    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{clip_folder}")
    picture = stripes((64, 48), (10, 60, 200))
    with torch.inference_mode():
        image = model.encode_image(preprocess(picture)[None], normalize=True).numpy()
        text = model.encode_text(open_clip.get_tokenizer("ViT-B-32")(["a blue flag"]), normalize=True).numpy()
    assert (encoder.encode_images([picture]) @ image.T).item() > 0.999  # bfloat16 may be in use
    assert (encoder.encode_texts(["a blue flag"]) @ text.T).item() > 0.999


def test_preprocessing_is_the_folders_own(copy: Path) -> None:
    picture = stripes((200, 50), (120, 40, 10))
    squashed = OpenClip(f"openclip:local-dir:{copy}")
    before = squashed.encode_images([picture])
    config = json.loads((copy / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["resize_mode"] = "shortest"
    (copy / "open_clip_config.json").write_text(json.dumps(config))
    cropped = OpenClip(f"openclip:local-dir:{copy}")
    assert abs(before - cropped.encode_images([picture])).max() > 1e-3
    assert squashed.fingerprint != cropped.fingerprint


def test_alpha_palette_and_grey_pictures_are_taken(encoder: OpenClip) -> None:
    modes = [stripes((40, 40), (9, 99, 9)).convert(mode) for mode in ("RGBA", "P", "L", "1", "CMYK")]
    assert encoder.encode_images(modes).shape == (5, 32)


def test_nothing_gives_no_rows(encoder: OpenClip) -> None:
    assert encoder.encode_texts([]).shape == (0, 32)
    assert encoder.encode_images([]).shape == (0, 32)


def test_more_pictures_than_one_batch_keep_their_order(encoder: OpenClip) -> None:
    pictures = [stripes((32, 32), (7 * n % 256, 3 * n % 256, n)) for n in range(40)]
    together = encoder.encode_images(pictures)
    np.testing.assert_allclose(together[37], encoder.encode_images([pictures[37]])[0], atol=2e-2)


def test_the_end_of_a_long_text_counts(encoder: OpenClip) -> None:
    base = "The quick brown fox jumps over the lazy dog. " * 30
    first, second = encoder.encode_texts([base + "A cathedral of glass.", base + "Nine green submarines."])
    assert abs(first - second).max() > 1e-4
    assert np.linalg.norm(first) == pytest.approx(1, abs=1e-5)


def test_undecodable_characters_are_taken(encoder: OpenClip) -> None:
    assert np.isfinite(encoder.encode_texts(["file \udcff name", "", " "])).all()


@pytest.mark.parametrize("text", ["one two three four five six", "x" * 40, "a" + " " * 30 + "b", "", "ab"])
def test_bisect_loses_nothing_but_spaces(text: str) -> None:
    parts = bisect(text, len, 7)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(len(part) <= 7 for part in parts)


def test_fingerprint_follows_the_weights(copy: Path, encoder: OpenClip) -> None:
    assert OpenClip(f"openclip:local-dir:{copy}").fingerprint == encoder.fingerprint
    weights = copy / "open_clip_model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    assert OpenClip(f"openclip:local-dir:{copy}").fingerprint != encoder.fingerprint


def test_crosses_process_borders_without_weights(encoder: OpenClip) -> None:
    packed = ForkingPickler.dumps(encoder)
    assert len(packed) < 1000
    assert ForkingPickler.loads(packed).fingerprint == encoder.fingerprint


@pytest.mark.parametrize("name", ["open_clip_pytorch_model.bin", "model.pth", "epoch_9.pt"])
def test_a_pickled_checkpoint_is_refused_unread(copy: Path, name: str) -> None:
    (copy / "open_clip_model.safetensors").unlink()
    (copy / name).write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    with pytest.raises(ModelError, match="pickled") as caught:
        OpenClip(f"openclip:local-dir:{copy}")
    assert "safetensors" in caught.value.advice


def test_damaged_weights(copy: Path) -> None:
    weights = copy / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="does not load"):
        OpenClip(f"openclip:local-dir:{copy}").encode_texts(["x"])


def test_weights_of_another_architecture(copy: Path) -> None:
    config = json.loads((copy / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"]["width"] = 128
    (copy / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="does not load"):
        OpenClip(f"openclip:local-dir:{copy}").encode_texts(["x"])


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model_cfg": {"embed_dim": "many"}}', None])
def test_bad_configuration(copy: Path, content: str | None) -> None:
    config = copy / "open_clip_config.json"
    config.unlink() if content is None else config.write_text(content)
    with pytest.raises(ModelError, match=r"open_clip_config\.json"):
        OpenClip(f"openclip:local-dir:{copy}")


def test_absent_and_empty_folder(tmp_path: Path, copy: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        OpenClip(f"openclip:local-dir:{tmp_path / 'nowhere'}")
    (copy / "open_clip_model.safetensors").unlink()
    with pytest.raises(ModelError, match="holds no weights"):
        OpenClip(f"openclip:local-dir:{copy}")


def test_a_tag_loads_after_its_download(
    clip_folder: Path, hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import open_clip

    from lucida.models import downloads

    served = tmp_path / "served"
    served.mkdir()
    shutil.copy(clip_folder / "open_clip_model.safetensors", served)
    hub.folders["tiny/clip"] = served
    table = json.loads((clip_folder / "open_clip_config.json").read_text())
    (tmp_path / "Tiny-CLIP.json").write_text(json.dumps(table["model_cfg"]))
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIG_PATHS", [tmp_path / "Tiny-CLIP.json"])
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", {"Tiny-CLIP": table["model_cfg"]})
    traits = table["preprocess_cfg"] | {"hf_hub": "tiny/clip/", "quick_gelu": False}
    monkeypatch.setattr(open_clip, "get_pretrained_cfg", lambda model, tag: traits)
    spec = "openclip:Tiny-CLIP/tag"
    with pytest.raises(ModelError, match="not on this machine"):
        OpenClip(spec)
    downloads.fetch(downloads.plan(spec))
    ours, local = (OpenClip(name, dtype="fp32") for name in (spec, f"openclip:local-dir:{clip_folder}"))
    picture = stripes((70, 50), (20, 150, 60))
    np.testing.assert_allclose(ours.encode_texts(["a dog"]), local.encode_texts(["a dog"]), atol=1e-6)
    np.testing.assert_allclose(ours.encode_images([picture]), local.encode_images([picture]), atol=1e-6)


def test_a_tower_of_timm_beside_a_tower_of_transformers(hf_folders: dict[str, Path], tmp_path: Path) -> None:
    import open_clip
    import torch
    import transformers
    from safetensors.torch import save_file

    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    transformers.BertConfig(**sizes, vocab_size=120, max_position_embeddings=40).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(hf_folders["clip"] / name, tmp_path)
    text = {"hf_model_name": str(tmp_path), "hf_tokenizer_name": str(tmp_path), "hf_pooler_type": "mean_pooler"}
    vision = {"timm_model_name": "test_vit", "timm_pool": "", "timm_proj": "linear", "image_size": 160}
    model_cfg = {
        "embed_dim": 16,
        "vision_cfg": vision,
        "text_cfg": text | {"hf_proj_type": "linear", "context_length": 32, "hf_model_pretrained": False},
    }
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model_cfg": model_cfg, "preprocess_cfg": {}}))
    torch.manual_seed(0)
    model = open_clip.create_model(f"local-dir:{tmp_path}", load_weights=False, pretrained_text=False).eval()
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(tensors, tmp_path / "open_clip_model.safetensors")
    encoder = OpenClip(f"openclip:local-dir:{tmp_path}", device="cpu", dtype="fp32")
    picture = stripes((200, 160), (10, 60, 200))
    _, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{tmp_path}")
    tokens = open_clip.get_tokenizer(f"local-dir:{tmp_path}")(["a blue flag"])
    with torch.inference_mode():
        image = model.encode_image(preprocess(picture)[None], normalize=True).numpy()
        words = model.encode_text(tokens, normalize=True).numpy()
    np.testing.assert_allclose(encoder.encode_images([picture]), image, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(["a blue flag"]), words, atol=1e-5)
    assert len(encoder.encode_windows(["word " * 20])[1]) >= 4
    assert not encoder.text_is_minilm


@pytest.mark.parametrize("spec", ["openclip:", "openclip:ViT-B-32", "openclip:/tag", "openclip:ViT-B-32/", "clip:a/b"])
def test_malformed_specs(spec: str) -> None:
    with pytest.raises(UsageError, match="does not name"):
        OpenClip(spec)


def test_unknown_model_and_tag() -> None:
    with pytest.raises(UsageError, match="knows no model"):
        OpenClip("openclip:ViT-Z-1/tag")
    with pytest.raises(UsageError, match="knows no weights") as caught:
        OpenClip("openclip:ViT-B-32/nonsense")
    assert "laion2b_s34b_b79k" in caught.value.advice


def test_absent_weights_are_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *_, **__: pytest.fail("tried to download"))
    with pytest.raises(ModelError, match="not on this machine") as caught:
        OpenClip("openclip:ViT-B-32/laion2b_s34b_b79k")
    assert "lucida models get openclip:ViT-B-32/laion2b_s34b_b79k" in caught.value.advice


def test_offline_mode_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE forbids") as caught:
        OpenClip("openclip:ViT-B-32/laion2b_s34b_b79k", allow_download=True)
    assert "HF_HUB_OFFLINE" in caught.value.advice


def test_windows_are_kept_apart(encoder: OpenClip) -> None:
    short, long = "a red bicycle", "the quick brown fox jumps over the lazy dog " * 30
    vectors, owner = encoder.encode_windows([short, long, short])
    assert owner.dtype == np.int64
    assert owner.tolist()[0] == 0
    assert owner.tolist()[-1] == 2
    assert (np.diff(owner) >= 0).all()
    assert len(vectors) == len(owner) >= 6
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[0], encoder.encode_texts([short])[0], atol=1e-2)
    empty, nobody = encoder.encode_windows([])
    assert empty.shape == (0, 32)
    assert nobody.shape == (0,)


@pytest.mark.parametrize("mode", ["shortest", "squash", "longest"])
def test_pixels_give_what_pictures_give(copy: Path, mode: str) -> None:
    config = json.loads((copy / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["resize_mode"] = mode
    (copy / "open_clip_config.json").write_text(json.dumps(config))
    encoder = OpenClip(f"openclip:local-dir:{copy}", device="cpu", dtype="fp32")
    pictures = [stripes((90, 60), (200, 30, 0)), stripes((33, 80), (0, 90, 120)), stripes((32, 32), (9, 9, 9))]
    rule = encoder.pixel_rule
    assert (rule.width_px, rule.height_px, rule.resize) == (32, 32, mode)
    pixels = np.stack([np.asarray(rule.fit(picture)) for picture in pictures])
    cosines = (encoder.encode_pixels(pixels) * encoder.encode_images(pictures)).sum(axis=1)
    assert (cosines > 0.999).all()
    assert encoder.encode_pixels(pixels[:0]).shape == (0, 32)


def test_number_formats_agree(clip_folder: Path) -> None:
    spec = f"openclip:local-dir:{clip_folder}"
    exact, rough = (OpenClip(spec, device="cpu", dtype=dtype) for dtype in ("fp32", "bf16"))
    assert str(exact.placement) == "cpu in fp32"
    texts = ["a red bicycle", "two cats on a sofa"]
    assert ((exact.encode_texts(texts) * rough.encode_texts(texts)).sum(axis=1) > 0.99).all()
    assert exact.fingerprint == rough.fingerprint


def test_its_text_tower_is_not_minilm(encoder: OpenClip) -> None:
    assert not encoder.text_is_minilm
    assert encoder.calibration is None


def test_memory_that_does_not_hold_the_model(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import open_clip

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:119] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(open_clip, "create_model_from_pretrained", fail)
    with pytest.raises(ModelError, match="does not hold") as caught:
        OpenClip(f"openclip:local-dir:{copy}").encode_texts(["x"])
    assert "smaller model" in caught.value.advice
