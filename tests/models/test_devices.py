from __future__ import annotations

import pytest

from lucida.errors import UsageError
from lucida.models import devices
from lucida.models.devices import Placement, choose


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUCIDA_DEVICE", raising=False)
    monkeypatch.delenv("LUCIDA_DTYPE", raising=False)


class Machine:
    """Stands for what torch tells of a machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, cuda: int = 0, bf16: bool = True, mps: bool = False) -> None:
        import torch

        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: bf16)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        monkeypatch.setattr(devices, "bfloat16_pays", lambda: False)


def test_auto_takes_the_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, cuda=2, mps=True)
    assert choose() == Placement("cuda", "bf16")
    Machine(monkeypatch, cuda=1, bf16=False)
    assert choose() == Placement("cuda", "fp16")
    Machine(monkeypatch, mps=True)
    assert choose() == Placement("mps", "fp16")
    Machine(monkeypatch)
    assert choose() == Placement("cpu", "fp32")
    monkeypatch.setattr(devices, "bfloat16_pays", lambda: True)
    assert choose() == Placement("cpu", "bf16")


def test_the_environment_overrides_and_arguments_override_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, cuda=2)
    monkeypatch.setenv("LUCIDA_DEVICE", "cuda:1")
    monkeypatch.setenv("LUCIDA_DTYPE", "fp32")
    assert choose() == Placement("cuda:1", "fp32")
    assert choose("cpu", "bf16") == Placement("cpu", "bf16")
    assert choose("cuda:1").batch > choose("cpu").batch


@pytest.mark.parametrize("device", ["cuda", "cuda:7", "gpu", "mps", "cuda:x"])
def test_a_device_that_is_not_here(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    Machine(monkeypatch, cuda=0 if device == "cuda" else 1)
    with pytest.raises(UsageError, match="no device") as caught:
        choose(device)
    assert "cpu" in caught.value.advice


def test_an_unknown_number_format(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch)
    with pytest.raises(UsageError, match="int4") as caught:
        choose(dtype="int4")
    assert "bf16" in caught.value.advice
