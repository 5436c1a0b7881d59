"""Named choices of encoder, by size: what to take without knowing the field.

Chosen by published zero-shot retrieval (text to image, recall@1 on the 5,000 pictures of COCO's test split): the
tables of SigLIP 2 (Tschannen et al., 2025) and of open_clip (``docs/openclip_retrieval_results.csv``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lucida.errors import UsageError


@dataclass(frozen=True, slots=True)
class Profile:
    """One size.

    Attributes:
        name: what to write instead of a spec.
        encoder: the spec that it stands for.
        licence: SPDX name of the weights' licence.
        dimension: length of a vector.
        parameters: of both towers, in millions.
        download_bytes: about what is fetched at first use; 0 where it came with the package.
        memory_bytes: about what the loaded towers take in bfloat16 or float16; twice that in float32.
        coco_recall: published text-to-image recall@1 on COCO in percent; None where nobody has measured it.
        why: one sentence.
    """

    name: str
    encoder: str
    licence: str
    dimension: int
    parameters: int
    download_bytes: int
    memory_bytes: int
    coco_recall: float | None
    why: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


PROFILES = (
    Profile(
        name="mini",
        encoder="mini",
        licence="Apache-2.0",
        dimension=384,
        parameters=30,
        download_bytes=0,
        memory_bytes=200_000_000,
        coco_recall=None,
        why="Comes with the package, needs no network and no torch to search, and shares its space with passages.",
    ),
    Profile(
        name="small",
        encoder="hf:google/siglip2-base-patch16-256",
        licence="Apache-2.0",
        dimension=768,
        parameters=375,
        download_bytes=1_535_000_000,
        memory_bytes=800_000_000,
        coco_recall=53.2,
        why="The best base-sized encoder in the tables under a free licence; knows many languages.",
    ),
    Profile(
        name="large",
        encoder="hf:google/siglip2-so400m-patch16-384",
        licence="Apache-2.0",
        dimension=1152,
        parameters=1136,
        download_bytes=4_580_000_000,
        memory_bytes=2_400_000_000,
        coco_recall=56.0,
        why="The top of the tables short of a giant: more than that costs double the memory for a tenth of a point.",
    ),
)


def profile(name: str) -> Profile:
    """The profile of a name.

    Raises:
        UsageError: there is none.
    """
    for entry in PROFILES:
        if entry.name == name:
            return entry
    raise UsageError(f"There is no profile {name!r}.", f"Known are: {', '.join(entry.name for entry in PROFILES)}.")


def spec_of(name: str) -> str:
    """The spec that a profile's name stands for; anything else is a spec already."""
    return next((entry.encoder for entry in PROFILES if entry.name == name), name)
