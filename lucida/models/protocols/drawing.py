"""What the rest of the house may ask of a generator, which draws pictures by diffusion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image


class Ability(StrEnum):
    """What a generator can take into account."""

    TEXT = "text"
    VECTOR = "vector"  # a point of the shared space as the condition
    IMAGE = "image"  # a picture to begin with
    MASK = "mask"  # only a part is drawn anew
    CONTROL = "control"  # edges, depth and the like
    GUIDE = "guide"  # pictures as prompts (IP-Adapter)
    NEGATIVE = "negative"  # a negative prompt
    GUIDANCE = "guidance"  # a guidance scale; models of few steps often have none


@dataclass(frozen=True, slots=True)
class Control:
    """A picture that says where things are.

    Attributes:
        kind: "canny", "scribble", "segmentation", "depth", "pose", "normal", or "given" for a finished control image.
        image: RGB; of a kind other than "given" the control image is computed from it.
        weight: how strongly it rules, 1 is usual.
        net: the kind of control whose network reads a finished control image; may stay empty where there is only one.
    """

    kind: str
    image: Image
    weight: float = 1.0
    net: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A picture as a prompt: RGB, and how strongly it counts (1 is usual)."""

    image: Image
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """What to draw. None leaves a setting to the generator, whose choice is in ``Drawn.settings``.

    Attributes:
        prompt, negative_prompt: what should and what should not be there.
        vector: float32 (d,), unit length: a point of the shared space, in place of a prompt or beside it.
        width_px, height_px: of the result.
        count: how many pictures; the first has ``seed``, the next ``seed + 1``, and each comes out the same alone.
        seed: of the noise.
        num_inference_steps, guidance_scale, scheduler: as diffusers has them; schedulers by their usual names.
        image, strength: a picture to begin with, and how much of it is given up, 0..1.
        mask: "L", of the image's size; white is drawn anew.
        controls, guides: see there.
    """

    prompt: str = ""
    negative_prompt: str = ""
    vector: NDArray[np.float32] | None = None
    width_px: int | None = None
    height_px: int | None = None
    count: int = 1
    seed: int = 0
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    scheduler: str | None = None
    image: Image | None = None
    strength: float | None = None
    mask: Image | None = None
    controls: tuple[Control, ...] = ()
    guides: tuple[Guide, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawStep:
    """How far a drawing is.

    Attributes:
        done, total: steps of the denoiser.
        seconds: since the beginning.
        preview: draws what is there so far, small; costs little and only when called.
    """

    done: int
    total: int
    seconds: float
    preview: Callable[[], Image]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn, and everything that is needed to draw it again.

    Attributes:
        images: RGB.
        seeds: of each.
        settings: plain JSON: spec, fingerprint, scheduler and its settings, steps, guidance, strength, size, dtype,
            device, versions of the libraries, hashes of the pictures that went in, and, where a model has a safety
            checker, which pictures it flagged (and blackened).
        seconds: wall clock.
    """

    images: tuple[Image, ...]
    seeds: tuple[int, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Generator(Protocol):
    """Draws pictures.

    Attributes:
        spec: the string that names it, e.g. ``diffusers:stabilityai/sd-turbo``.
        fingerprint: changes whenever the pictures would: weights' hash and configuration.
        abilities: what it can take into account.
    """

    @property
    def spec(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def abilities(self) -> frozenset[Ability]: ...

    def draw(self, request: DrawRequest, on_step: Callable[[DrawStep], None] | None = None) -> Drawn:
        """Draw.

        Args:
            request: what to draw.
            on_step: hears of every step.

        Raises:
            UsageError: the request asks for what this generator cannot do, or makes no sense; the advice says what
                would.
            ModelError: the weights are absent or altered, or memory does not suffice.
            DependencyError: a package that it needs is absent.
        """
        ...
