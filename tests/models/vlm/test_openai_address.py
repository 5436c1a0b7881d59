"""Specs of model servers: what they name, what they must not hold, and what may be sent where."""

from __future__ import annotations

import pytest
from huggingface_hub import constants

from lucida.errors import ModelError, UsageError
from lucida.models.protocols import Message
from lucida.models.vlm.openai import OpenAiModel
from lucida.models.vlm.openai_address import key_for, parse

KEY = "sk-very-secret-0123456789"


@pytest.mark.parametrize(
    ("spec", "model", "chat"),
    [
        ("openai:gpt-4o", "gpt-4o", "https://api.openai.com/v1/chat/completions"),
        ("openai:qwen@http://localhost:8000/v1", "qwen", "http://localhost:8000/v1/chat/completions"),
        ("openai:qwen2.5vl:7b@http://localhost:11434", "qwen2.5vl:7b", "http://localhost:11434/v1/chat/completions"),
        ("openai:@cf/llava@https://Some.Host/x/v1/", "@cf/llava", "https://some.host/x/v1/chat/completions"),
        ("openai:a/b@http://[::1]:80/v1/chat/completions", "a/b", "http://[::1]:80/v1/chat/completions"),
    ],
)
def test_specs(spec: str, model: str, chat: str) -> None:
    address = parse(spec)
    assert (address.model, address.chat) == (model, chat)
    assert OpenAiModel(spec).spec == spec


@pytest.mark.parametrize(
    "spec",
    [
        "openai:",
        "openai:@http://localhost/v1",
        "openai:model@localhost:8000",
        "openai:two words",
        "openai:m@http://",
        "openai:m@http://host:99999/v1",
        "openai:m@http://[::1/v1",
        "openai:m@http://host/v1?version=3",
        "openai:m@http://host/v1#part",
        "openai:m@ftp://host/v1",
        "hf:model",
    ],
)
def test_what_is_no_spec(spec: str) -> None:
    with pytest.raises(UsageError, match="openai:MODEL@ADDRESS"):
        parse(spec)


@pytest.mark.parametrize(
    "spec",
    [
        f"openai:m@http://user:{KEY}@host/v1",
        f"openai:m@HTTPS://{KEY}@host/v1",
        f"openai:m@user:{KEY}@host:8000/v1",
        f"openai:m@http://host/v1?api_key={KEY}",
        f"openai:m?KEY={KEY}@http://host/v1",
        f"openai:m@http://host/v1/token={KEY}",
    ],
)
def test_a_spec_with_a_secret_is_refused_and_not_repeated(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        OpenAiModel(spec)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "0.0.0.0",
        "192.168.3.4",
        "10.1.1.1",
        "100.64.0.9",
        "gpu-box",
        "gpu.local",
        "[fd00::1]",
    ],
)
def test_offline_servers_that_are_near_are_allowed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert OpenAiModel(f"openai:m@http://{host}:8000/v1").calls_tools


@pytest.mark.parametrize("host", ["example.com", "8.8.8.8", "134744072", "[::ffff:8.8.8.8]", "[2001:4860:4860::8888]"])
def test_offline_servers_on_the_internet_are_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE") as caught:
        OpenAiModel(f"openai:m@http://{host}/v1")
    assert "private network" in caught.value.advice
    with pytest.raises(ModelError, match=r"api\.openai\.com"):
        OpenAiModel("openai:gpt-4o")


def test_keys_by_host(monkeypatch: pytest.MonkeyPatch) -> None:
    openai, other = parse("openai:gpt-4o"), parse("openai:m@https://example.com/v1")
    monkeypatch.delenv("LUCIDA_OPENAI_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    assert (key_for(openai), key_for(other)) == ("theirs", "")
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", f" {KEY}\n")
    assert (key_for(openai), key_for(other)) == (KEY, KEY)


def test_keys_do_not_cross_the_internet_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", KEY)
    assert key_for(parse("openai:m@http://192.168.0.2/v1")) == KEY
    with pytest.raises(ModelError, match="unencrypted") as caught:
        OpenAiModel("openai:m@http://example.com/v1").reply((Message("user", ("Hello?",)),))
    assert KEY not in str(caught.value)


def test_what_is_no_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", f"{KEY}\nX-Evil: 1")
    with pytest.raises(UsageError, match="is no key") as caught:
        key_for(parse("openai:m@http://localhost/v1"))
    assert KEY not in str(caught.value)
