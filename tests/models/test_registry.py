from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lucida.errors import DependencyError, ModelError, UsageError
from lucida.models import rapidocr_engine
from lucida.models.mini import Mini
from lucida.models.mini.export import join_text_tower
from lucida.models.registry import load_image_encoder, load_ocr, load_shared_encoder, load_text_encoder

if TYPE_CHECKING:
    from pathlib import Path


def test_specs_name_back_ends(clip_folder: Path, hf_folders: dict[str, Path]) -> None:
    assert load_text_encoder("minilm").spec == "minilm"
    for spec in (f"openclip:local-dir:{clip_folder}", f"hf:{hf_folders['siglip']}"):
        encoders = load_text_encoder(spec), load_image_encoder(spec), load_shared_encoder(spec)
        assert {encoder.spec for encoder in encoders} == {spec}
        assert len({encoder.fingerprint for encoder in encoders}) == 1
        assert not load_shared_encoder(spec).text_is_minilm
    engine = load_ocr("tesseract", ("deu",))
    assert engine is not None
    assert engine.name == "tesseract"
    assert load_ocr("none", ()) is None


def test_a_folder_with_minilm_inside_shares_its_space(
    tower_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCIDA_MINI", str(tower_folder))
    shipped = load_shared_encoder("mini")
    same = load_shared_encoder(f"openclip:local-dir:{tower_folder}")
    assert shipped.fingerprint == same.fingerprint
    assert same.spec == f"openclip:local-dir:{tower_folder}"
    join_text_tower(tower_folder, tmp_path)
    whole = load_shared_encoder(f"openclip:local-dir:{tmp_path}")
    assert isinstance(whole, Mini)
    assert whole.text_is_minilm


def test_a_text_tower_that_was_trained_on_is_its_own(tower_folder: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    from lucida.models.openclip import OpenClip

    join_text_tower(tower_folder, tmp_path)
    weights = tmp_path / "open_clip_model.safetensors"
    tensors = load_file(weights)
    name = "text.transformer.encoder.layer.3.output.dense.bias"
    tensors[name] = tensors[name] + 1e-3
    save_file(tensors, weights, metadata={"format": "pt"})
    encoder = load_shared_encoder(f"openclip:local-dir:{tmp_path}")
    assert isinstance(encoder, OpenClip)
    assert not encoder.text_is_minilm
    assert encoder.encode_texts(["a dog"]).shape == (1, 384)


@pytest.mark.parametrize("spec", ["", "bert", "MiniLM", "clip:x"])
def test_unknown_encoders_list_the_known(spec: str) -> None:
    with pytest.raises(UsageError, match="no text encoder") as caught:
        load_text_encoder(spec)
    assert "minilm" in caught.value.advice
    for load in (load_image_encoder, load_shared_encoder):
        with pytest.raises(UsageError, match="no encoder of texts and pictures") as caught:
            load(spec)
        assert "hf:" in caught.value.advice


def test_minilm_has_no_eyes() -> None:
    with pytest.raises(UsageError, match="no image encoder"):
        load_image_encoder("minilm")


def test_a_profile_stands_for_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="hf:google/siglip2-base") as caught:
        load_shared_encoder("small")
    assert "lucida models get" in caught.value.advice


def test_unknown_ocr_lists_the_known() -> None:
    with pytest.raises(UsageError) as caught:
        load_ocr("paddle", ("eng",))
    assert "tesseract, rapidocr, auto, none" in caught.value.advice


def test_absent_rapidocr_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr_engine, "find_spec", lambda _: None)
    with pytest.raises(DependencyError):
        load_ocr("rapidocr", ("eng",))
