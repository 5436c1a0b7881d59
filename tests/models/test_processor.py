from __future__ import annotations

import json
from dataclasses import replace

from lucida.models.processor import parse_cpuinfo, parse_sysctl, processor

_HYPERTHREADED = """
processor\t: 0
model name\t: Intel(R) Xeon(R) 8480C
physical id\t: 0
core id\t\t: 0
flags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16
processor\t: 1
physical id\t: 0
core id\t\t: 0
processor\t: 2
physical id\t: 0
core id\t\t: 1
"""

_MAC = """
machdep.cpu.brand_string: Apple M3
hw.physicalcpu: 8
hw.optional.arm.FEAT_BF16: 1
hw.optional.arm.FEAT_I8MM: 0
"""


def test_this_machine() -> None:
    machine = processor()
    assert machine.cores >= 1
    assert machine.memory_bytes > 2**28
    assert machine.name
    json.dumps(machine.to_json())
    assert processor() is machine


def test_hyper_threads_are_not_cores() -> None:
    name, flags, cores = parse_cpuinfo(_HYPERTHREADED)
    assert name == "Intel(R) Xeon(R) 8480C"
    assert {"avx512_bf16", "amx_bf16"} <= flags
    assert cores == 2


def test_mac() -> None:
    assert parse_sysctl(_MAC) == ("Apple M3", {"bf16"}, 8)


def test_nothing_known() -> None:
    assert parse_cpuinfo("") == parse_sysctl("") == ("", set(), 0)


def test_bfloat16_needs_hardware() -> None:
    machine = replace(processor(), features=("avx2", "avx512f"))
    assert not machine.multiplies_bf16
    assert replace(machine, features=("avx512_bf16",)).multiplies_bf16
    assert replace(machine, features=("bf16",)).multiplies_bf16
