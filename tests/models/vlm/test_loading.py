from __future__ import annotations

from types import SimpleNamespace

import pytest

from lucida.errors import ModelError
from lucida.models.vlm.loading import context_of, find


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("HuggingFaceTB/SmolVLM-256M-Instruct", " (by its name about 0.5 GB)"),
        ("Qwen/Qwen2.5-VL-7B-Instruct", " (by its name about 14.0 GB)"),
        ("llava-hf/llava-1.5-7b-hf", " (by its name about 14.0 GB)"),
        ("someone/Seer2B2x", ""),
        ("someone/seer", ""),
    ],
)
def test_sizes_by_name(name: str, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lucida.models.hub.offline", lambda: False)
    with pytest.raises(ModelError) as caught:
        find(f"hf:{name}", allow_download=False)
    assert caught.value.message == f"The weights of hf:{name} are not on this machine{size}."


def test_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lucida.models.hub.offline", lambda: True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        find("hf:someone/seer-2B", allow_download=False)


def test_contexts() -> None:
    def config(**text: int) -> SimpleNamespace:
        return SimpleNamespace(get_text_config=lambda: SimpleNamespace(**text))

    assert context_of(config(max_position_embeddings=4096)) == 4096
    assert context_of(config(seq_length=2048)) == 2048
    assert context_of(config()) is None
