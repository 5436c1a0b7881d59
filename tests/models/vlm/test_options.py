from __future__ import annotations

import pytest

from lucida.errors import UsageError
from lucida.models.vlm.options import Options, read


def test_a_spec_without_options() -> None:
    assert read("hf:owner/name@abc") == Options("hf:owner/name@abc")
    assert read("hf:/a/folder?") == Options("hf:/a/folder")


def test_all_options() -> None:
    spec = "hf:owner/name?dtype=bfloat16&device=cuda%3A1&max_pixels=1000000&quantise=8bit"
    assert read(spec) == Options("hf:owner/name", "bf16", "cuda:1", 1_000_000, "8bit")
    assert [read(f"hf:a/b?dtype={name}").dtype for name in ("fp32", "float16", "auto")] == ["fp32", "fp16", "auto"]


@pytest.mark.parametrize(
    ("options", "message", "advice"),
    [
        ("pixels=9", "unknown option 'pixels'", "dtype, device, max_pixels, quantise"),
        ("dtype=int3", "no dtype 'int3'", "bfloat16"),
        ("quantise=2bit", "no quantise '2bit'", "8bit, 4bit"),
        ("max_pixels=ten", "max_pixels is ten", "1000000"),
        ("max_pixels=-5", "max_pixels is -5", "1024 or more"),
        ("max_pixels=9", "max_pixels is 9", "1024 or more"),
        ("device=", "device without a value", "device=VALUE"),
        ("device=cpu&device=cpu", "device twice", "once"),
    ],
)
def test_options_without_sense(options: str, message: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(f"hf:owner/name?{options}")
    assert message in caught.value.message
    assert advice in caught.value.advice


@pytest.mark.parametrize("spec", ["owner/name", "hf:", "hf:?dtype=fp32"])
def test_other_specs(spec: str) -> None:
    with pytest.raises(UsageError):
        read(spec)
