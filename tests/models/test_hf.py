from __future__ import annotations

import json
import shutil
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from lucida.errors import DependencyError, ModelError, UsageError
from lucida.models.hf import HfEncoder
from lucida.models.hf_files import local_folder, split_spec
from lucida.models.protocols import SharedEncoder

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("clip", "siglip", "siglip2", "align")
DIMENSIONS = {"clip": 24, "siglip": 32, "siglip2": 32, "align": 32}


@pytest.fixture(scope="module", params=KINDS)
def encoder(request: pytest.FixtureRequest, hf_folders: dict[str, Path]) -> HfEncoder:
    return HfEncoder(f"hf:{hf_folders[request.param]}", device="cpu", dtype="fp32")


@pytest.fixture
def copy(hf_folders: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(hf_folders["clip"], tmp_path / "copy")


def picture(width: int, height: int, seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def kind(encoder: HfEncoder) -> str:
    return encoder.spec.rpartition("/")[2]


def test_vectors_have_unit_length_and_repeat(encoder: HfEncoder) -> None:
    shared: SharedEncoder = encoder
    texts = shared.encode_texts(["a red bicycle", "two cats"])
    images = shared.encode_images([picture(90, 40, 0), picture(31, 77, 1)])
    assert texts.shape == images.shape == (2, DIMENSIONS[kind(encoder)]) == (2, shared.dimension)
    assert texts.dtype == images.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(np.vstack([texts, images]), axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(texts, shared.encode_texts(["a red bicycle", "two cats"]))
    assert abs(texts[0] - texts[1]).max() > 1e-3
    assert abs(images[0] - images[1]).max() > 1e-4
    assert not shared.text_is_minilm
    assert shared.calibration is None


def test_agrees_with_transformers_itself(encoder: HfEncoder, hf_folders: dict[str, Path]) -> None:
    import torch
    from transformers import AutoModel, AutoProcessor

    folder = hf_folders[kind(encoder)]
    model, processor = AutoModel.from_pretrained(folder).eval(), AutoProcessor.from_pretrained(folder)
    shown = picture(64, 48, 2)
    padding = {} if kind(encoder) == "clip" else {"padding": "max_length", "max_length": 64}
    inputs = ("input_ids",) if kind(encoder).startswith("siglip") else ("input_ids", "attention_mask")
    tokens = processor.tokenizer(["a blue flag"], return_tensors="pt", **padding)
    with torch.inference_mode():
        image = model.get_image_features(**processor.image_processor(images=[shown], return_tensors="pt"))
        text = model.get_text_features(**{name: tokens[name] for name in inputs})
    expected = [torch.nn.functional.normalize(output.pooler_output, dim=1).numpy() for output in (image, text)]
    np.testing.assert_allclose(encoder.encode_images([shown]), expected[0], atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(["a blue flag"]), expected[1], atol=1e-5)


def test_a_text_does_not_depend_on_its_neighbours(encoder: HfEncoder) -> None:
    alone = encoder.encode_texts(["a dog"])
    together = encoder.encode_texts(["a dog", "a much longer text about several dogs in a garden"])
    np.testing.assert_allclose(alone[0], together[0], atol=1e-5)


def test_siglip_takes_small_letters(hf_folders: dict[str, Path]) -> None:
    for name, same in (("siglip", True), ("siglip2", True), ("clip", False)):
        small, large = HfEncoder(f"hf:{hf_folders[name]}").encode_texts(["a dog", "A Dog"])
        assert np.array_equal(small, large) is same


def test_windows_are_cut_at_the_towers_length(encoder: HfEncoder) -> None:
    texts = ["short", "word " * 60, "short"]
    vectors, owner = encoder.encode_windows(texts)
    assert owner.tolist() == sorted(owner.tolist())
    assert set(owner.tolist()) == {0, 1, 2}
    window = 77 if kind(encoder) == "clip" else 64
    assert len(owner) >= 2 + 300 // window
    np.testing.assert_allclose(vectors[0], encoder.encode_texts(["short"])[0], atol=1e-5)
    first, second = encoder.encode_texts(["word " * 60 + "A cathedral.", "word " * 60 + "Submarines."])
    assert abs(first - second).max() > 1e-5


def test_nothing_gives_no_rows(encoder: HfEncoder) -> None:
    assert encoder.encode_texts([]).shape == encoder.encode_images([]).shape == (0, encoder.dimension)
    assert encoder.encode_windows([])[0].shape == (0, encoder.dimension)


def test_any_mode_and_character_is_taken(encoder: HfEncoder) -> None:
    modes = [picture(40, 40, 3).convert(mode) for mode in ("RGBA", "P", "L", "1", "CMYK")]
    assert encoder.encode_images(modes).shape == (5, encoder.dimension)
    assert np.isfinite(encoder.encode_texts(["file \udcff name", "", " ", "東京"])).all()


def test_pixels_give_what_pictures_give(encoder: HfEncoder) -> None:
    rule = encoder.pixel_rule
    if kind(encoder) in {"siglip2", "align"}:  # pictures keep their own shape, or their colours are scaled twice
        assert rule is None
        with pytest.raises(UsageError):
            encoder.encode_pixels(np.zeros((1, 32, 32, 3), dtype=np.uint8))
        return
    assert rule is not None
    assert rule.resize == {"clip": "shortest", "siglip": "squash"}[kind(encoder)]
    pictures = [picture(90, 40, 4), picture(31, 77, 5)]
    pixels = np.stack([np.asarray(rule.fit(shown)) for shown in pictures])
    cosines = (encoder.encode_pixels(pixels) * encoder.encode_images(pictures)).sum(axis=1)
    assert (cosines > 0.998).all()


def test_fingerprints_follow_what_shapes_a_vector(copy: Path, hf_folders: dict[str, Path]) -> None:
    before = HfEncoder(f"hf:{hf_folders['clip']}").fingerprint
    assert HfEncoder(f"hf:{copy}").fingerprint == before
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"transformers_version": "4.0.0"}))
    assert HfEncoder(f"hf:{copy}").fingerprint == before
    for name in ("processor_config.json", "tokenizer.json", "model.safetensors"):
        path = copy / name
        kept = path.read_bytes()
        path.write_bytes(kept[:-2] + b" " + kept[-2:] if name.endswith("json") else kept[:-1] + bytes([kept[-1] ^ 1]))
        assert HfEncoder(f"hf:{copy}").fingerprint != before, name
        path.write_bytes(kept)


def test_the_fingerprint_needs_no_torch(copy: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from lucida.models.registry import load_shared_encoder;"
        f"load_shared_encoder('hf:{copy}').fingerprint; print({{'torch', 'transformers'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_tokenisers_own_package_that_is_missing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import transformers

    def fail(*_: object, **__: object) -> None:
        raise ImportError("SiglipTokenizer requires the SentencePiece library but it was not found.")

    monkeypatch.setattr(transformers.AutoProcessor, "from_pretrained", fail)
    with pytest.raises(DependencyError, match="SentencePiece") as caught:
        HfEncoder(f"hf:{copy}").encode_texts(["x"])
    assert "pip install sentencepiece" in caught.value.advice


def test_sharded_weights(copy: Path) -> None:
    from transformers import AutoModel

    whole = HfEncoder(f"hf:{copy}", dtype="fp32").encode_texts(["a dog"])
    AutoModel.from_pretrained(copy).save_pretrained(copy, max_shard_size="100KB")
    (copy / "model.safetensors").unlink(missing_ok=True)
    assert len(list(copy.glob("model-*.safetensors"))) > 1
    np.testing.assert_allclose(HfEncoder(f"hf:{copy}", dtype="fp32").encode_texts(["a dog"]), whole, atol=1e-6)


def test_crosses_process_borders_without_weights(encoder: HfEncoder) -> None:
    packed = ForkingPickler.dumps(encoder)
    assert len(packed) < 1000
    assert ForkingPickler.loads(packed).fingerprint == encoder.fingerprint


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
def test_a_pickled_checkpoint_is_refused_unread(copy: Path, name: str) -> None:
    (copy / "model.safetensors").unlink()
    (copy / name).write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    with pytest.raises(ModelError, match="pickled") as caught:
        HfEncoder(f"hf:{copy}")
    assert "safetensors" in caught.value.advice


def test_damaged_weights(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="does not load"):
        HfEncoder(f"hf:{copy}").encode_texts(["x"])


def test_weights_that_lack_tensors_are_not_made_up(copy: Path) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    del tensors["text_projection.weight"]
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="lack 1 tensors"):
        HfEncoder(f"hf:{copy}").encode_texts(["x"])


def test_weights_of_another_width(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    config["text_config"]["hidden_size"] = 64
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="does not load") as caught:
        HfEncoder(f"hf:{copy}").encode_texts(["x"])
    assert len(str(caught.value)) < 600


def test_a_model_of_another_kind(tmp_path: Path) -> None:
    import transformers as hf

    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    hf.BertModel(hf.BertConfig(**sizes, vocab_size=50)).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "preprocessor_config.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="of the kind bert"):
        _ = HfEncoder(f"hf:{tmp_path}").dimension


def test_code_in_a_folder_is_not_run(copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    changed = {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil", "AutoModel": "evil.Evil"}}
    (copy / "config.json").write_text(json.dumps(config | changed))
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'pwned')!r}, 'w')\n")
    with pytest.raises(ModelError, match="does not load"):
        HfEncoder(f"hf:{copy}").encode_texts(["x"])
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    ("name", "what"), [("tokenizer.json", "tokeniser"), ("processor_config.json", "preprocessing")]
)
def test_a_missing_companion_is_not_made_up(copy: Path, name: str, what: str) -> None:
    content = (copy / name).read_text()
    (copy / name).unlink()
    with pytest.raises(ModelError, match=f"no .*{what}"):
        HfEncoder(f"hf:{copy}")
    (copy / name).write_text(content[:-20])
    with pytest.raises(ModelError, match="tokeniser or preprocessing"):
        HfEncoder(f"hf:{copy}").encode_texts(["x"])


@pytest.mark.parametrize("content", ["", "[1]", None])
def test_bad_configuration(copy: Path, content: str | None) -> None:
    config = copy / "config.json"
    config.unlink() if content is None else config.write_text(content)
    with pytest.raises(ModelError, match=r"config\.json"):
        HfEncoder(f"hf:{copy}")


def test_an_absent_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        HfEncoder(f"hf:{tmp_path / 'nowhere'}")
    with pytest.raises(ModelError, match="holds no weights"):
        HfEncoder(f"hf:{tmp_path}")


def test_memory_is_given_back_in_smaller_batches(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = HfEncoder(f"hf:{copy}", device="cpu", dtype="fp32")
    expected = encoder.encode_texts([f"text {number}" for number in range(40)])
    model = encoder._loaded()._model
    true, sizes = model.get_text_features, []

    def scarce(input_ids, **rest):
        sizes.append(len(input_ids))
        if len(input_ids) > 5:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20 GiB.")
        return true(input_ids=input_ids, **rest)

    monkeypatch.setattr(model, "get_text_features", scarce)
    found = encoder.encode_texts([f"text {number}" for number in range(40)])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert sizes[:4] == [32, 16, 8, 4]
    monkeypatch.setattr(model, "get_text_features", lambda **_: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(ModelError, match="does not hold"):
        encoder.encode_texts(["x"])


def test_specs() -> None:
    assert split_spec("hf:google/siglip@abc") == ("google/siglip", "abc")
    assert split_spec("hf:google/siglip") == ("google/siglip", None)
    for spec in ("hf:", "hf: ", "google/siglip"):
        with pytest.raises(UsageError):
            split_spec(spec)
    assert local_folder("hf:google/siglip") is None
    assert local_folder("hf:./model") is not None
    assert local_folder("hf:a/b/c") is not None
