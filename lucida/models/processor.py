"""What the processor offers: decides which number formats are worth trying, and is shown by ``lucida doctor``."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

#: Kernel names of the instruction sets that change how fast models run, in the order they are shown.
FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
#: The same things on 64-bit ARM: dot products, 8-bit matrices and bfloat16.
_ARM_FEATURES = ("asimddp", "i8mm", "bf16", "sve")


@dataclass(frozen=True, slots=True)
class Processor:
    """The machine as far as models care.

    Attributes:
        name: as the maker calls it.
        architecture: e.g. ``x86_64`` or ``arm64``.
        features: instruction sets out of those that matter here.
        cores: physical cores this process may use, at least 1.
        memory_bytes: main memory of the machine.
    """

    name: str
    architecture: str
    features: tuple[str, ...]
    cores: int
    memory_bytes: int

    @property
    def multiplies_bf16(self) -> bool:
        """Whether bfloat16 products are done in hardware; elsewhere they are emulated and slower than float32."""
        return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(self.features))

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"features": list(self.features)}


@cache
def processor() -> Processor:
    """Describe this machine; asked once per process."""
    name, flags, cores = parse_sysctl(_sysctl()) if sys.platform == "darwin" else parse_cpuinfo(_cpuinfo())
    known = tuple(feature for feature in (*FEATURES, *_ARM_FEATURES) if feature in flags)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    machine = platform.machine()
    return Processor(name or machine or "unknown", machine, known, max(1, min(cores or allowed, allowed)), _memory())


def parse_cpuinfo(text: str) -> tuple[str, set[str], int]:
    """Read the processor's name, flags and number of physical cores (0: not told) out of ``/proc/cpuinfo``."""
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    # Hyper-threads repeat the pair of socket and core.
    sockets, cores = (re.findall(rf"^{key}\s*:\s*(\d+)$", text, re.MULTILINE) for key in ("physical id", "core id"))
    pairs = set(zip(sockets, cores, strict=False))
    return (name.group(1).strip() if name else ""), set(flags.group(1).split() if flags else ()), len(pairs)


def parse_sysctl(listing: str) -> tuple[str, set[str], int]:
    """Read the same out of what ``sysctl -a`` prints on macOS."""
    name = re.search(r"^machdep\.cpu\.brand_string: (.+)$", listing, re.MULTILINE)
    flags = {"bf16"} if "hw.optional.arm.FEAT_BF16: 1" in listing else set()
    flags |= {"i8mm"} if "hw.optional.arm.FEAT_I8MM: 1" in listing else set()
    flags |= {"avx2"} if "hw.optional.avx2_0: 1" in listing else set()
    cores = re.search(r"^hw\.physicalcpu: (\d+)$", listing, re.MULTILINE)
    return (name.group(1).strip() if name else ""), flags, int(cores.group(1)) if cores else 0


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _sysctl() -> str:
    try:
        done = subprocess.run(["/usr/sbin/sysctl", "-a"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
