from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lucida.errors import DependencyError, UsageError
from lucida.models import minilm_files, rapidocr_engine, registry
from lucida.models.registry import describe_models, load_image_encoder, load_ocr, load_text_encoder

if TYPE_CHECKING:
    from pathlib import Path


def test_specs_name_back_ends(clip_folder: Path) -> None:
    spec = f"openclip:local-dir:{clip_folder}"
    assert load_text_encoder("minilm").spec == "minilm"
    assert load_text_encoder(spec).spec == load_image_encoder(spec).spec == spec
    assert load_text_encoder(spec).fingerprint == load_image_encoder(spec).fingerprint
    assert load_text_encoder("minilm").fingerprint != load_text_encoder(spec).fingerprint
    engine = load_ocr("tesseract", ("deu",))
    assert engine is not None
    assert engine.name == "tesseract"
    assert load_ocr("none", ()) is None


@pytest.mark.parametrize("spec", ["", "bert", "MiniLM", "hf:x"])
def test_unknown_encoders_list_the_known(spec: str) -> None:
    with pytest.raises(UsageError, match="no text encoder") as caught:
        load_text_encoder(spec)
    assert "minilm" in caught.value.advice
    with pytest.raises(UsageError, match="no image encoder"):
        load_image_encoder(spec)


def test_minilm_has_no_eyes() -> None:
    with pytest.raises(UsageError, match="no image encoder"):
        load_image_encoder("minilm")


def test_unknown_ocr_lists_the_known() -> None:
    with pytest.raises(UsageError) as caught:
        load_ocr("paddle", ("eng",))
    assert "tesseract, rapidocr, none" in caught.value.advice


def test_absent_rapidocr_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr_engine, "find_spec", lambda _: None)
    with pytest.raises(DependencyError):
        load_ocr("rapidocr", ("eng",))


def test_rows_say_what_is_installed() -> None:
    rows = {row.spec: row for row in describe_models()}
    assert set(rows) == {"minilm", "openclip:MODEL/TAG", "tesseract", "rapidocr"}
    minilm = rows["minilm"]
    assert minilm.installed
    assert minilm.size_bytes > 90_000_000
    assert minilm.licence == "Apache-2.0"
    json.dumps([row.to_json() for row in rows.values()])
    for row in rows.values():
        assert bool(row.advice) != row.installed
        assert bool(row.where) or not row.installed


def test_rows_of_a_bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(registry, "find_spec", lambda _: None)
    monkeypatch.setattr(minilm_files.importlib.util, "find_spec", lambda _: None)
    rows = describe_models()
    assert not any(row.installed for row in rows)
    assert all("nstall" in row.advice for row in rows)


def test_describing_loads_nothing_heavy() -> None:
    code = (
        "import sys; from lucida.models.registry import describe_models; describe_models();"
        "print({'torch', 'onnxruntime', 'open_clip', 'rapidocr', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
