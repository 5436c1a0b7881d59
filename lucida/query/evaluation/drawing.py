"""How well a generator of pictures draws: agreement, likeness to pictures it never saw, memory, time.

All figures are over one encoder's vectors, so they compare with one another under the same encoder alone, and whatever
that encoder does not see they do not tell. Every figure stands beside the same one of real pictures.

Sources: agreement by ranking prompts, as R-precision in Xu et al., "AttnGAN" (2018); KID: see ``kid``; nearest training
pictures against those of held-out ones: Meehan et al., "A non-parametric test to detect data-copying" (2020).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.models.protocols.drawing import DrawRequest
from lucida.query.evaluation.intervals import Estimate, estimate
from lucida.query.evaluation.kid import kid, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import SharedEncoder, Vectors
    from lucida.models.protocols.drawing import Generator

#: Steps whose time is taken.
TIMED = (10, 20, 50)
#: A drawing that is nearer to a training picture than all but this share of real ones are is told of.
SUSPECT = 0.01
#: Side of the thumbnails that are compared pixel by pixel.
_THUMB = 16
_BATCH = 64


@dataclass(frozen=True)
class Reference:
    """What a generator is held against.

    Attributes:
        prompts: what is asked for, none of them worded as in training.
        kept: pictures that were not trained on, RGB.
        shows: int64 (len(kept),), the prompt that each of them fits, -1 for none.
        seen: pictures that were trained on, RGB, all of them or a sample.
    """

    prompts: tuple[str, ...]
    kept: Sequence[Image]
    shows: NDArray[np.int64]
    seen: Sequence[Image]


@dataclass(frozen=True)
class Sample:
    """A drawing: which prompt it was asked for, and what came."""

    prompt: int
    seed: int
    image: Image


@dataclass(frozen=True)
class Memory:
    """How near drawings come to training pictures.

    Attributes:
        drawn, real: median cosine of the nearest training picture, for drawings and for held-out pictures.
        drawn_px, real_px: median root mean square distance of the nearest thumbnail, 0..1.
        copied: share of drawings that are nearer than all but 1 % of held-out pictures are, in both.
        suspects: samples by number and the training pictures they are nearest to, the nearest first.
    """

    drawn: float
    real: float
    drawn_px: float
    real_px: float
    copied: Estimate
    suspects: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class DrawingReport:
    """What was measured.

    Attributes:
        spec, fingerprint: of the generator.
        encoder: whose vectors all figures are over.
        agreement, real_agreement: how often a drawing's own prompt is the best of all for it; of held-out pictures.
        prompts: how many there are; by chance one in so many fits.
        kid, real_kid: of drawings, and of training pictures, to held-out ones: mean and deviation over subsets.
        memory: see there.
        seconds: for a picture, by number of steps.
        settings: of the drawings.
    """

    spec: str
    fingerprint: str
    encoder: str
    agreement: Estimate
    real_agreement: Estimate
    prompts: int
    kid: tuple[float, float]
    real_kid: tuple[float, float]
    memory: Memory
    seconds: dict[int, float] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        table = asdict(self) | {
            "agreement": self.agreement.to_json(),
            "real_agreement": self.real_agreement.to_json(),
            "seconds": {str(steps): round(value, 4) for steps, value in self.seconds.items()},
        }
        table["memory"]["copied"] = self.memory.copied.to_json()
        return table

    def to_markdown(self) -> str:
        """The measured part of a model card."""
        at, real, memory = self.agreement, self.real_agreement, self.memory
        rows = [
            ("own prompt is the best of all", f"{at}", f"{real}", f"{1 / max(self.prompts, 1):.3f}"),
            ("KID to held-out pictures", f"{self.kid[0]:.4f}", f"{self.real_kid[0]:.4f}", ""),
            ("cosine of the nearest training picture", f"{memory.drawn:.3f}", f"{memory.real:.3f}", ""),
            ("distance of the nearest thumbnail", f"{memory.drawn_px:.3f}", f"{memory.real_px:.3f}", ""),
            ("nearer than 99 % of real pictures are", f"{memory.copied}", f"{SUSPECT:.3f}", ""),
        ]
        lines = ["| measure | drawn | real | by chance |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines += ["", f"{at.count} drawings of {self.prompts} prompts, all figures over vectors of `{self.encoder}`."]
        if self.seconds:
            lines += ["", "| steps | seconds a picture |", "|---:|---:|"]
            lines += [f"| {steps} | {value:.2f} |" for steps, value in self.seconds.items()]
        return "\n".join(lines) + "\n"


def draw_all(
    generator: Generator,
    prompts: Sequence[str],
    each: int,
    settings: dict[str, Any],
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Sample]:
    """Draw every prompt so many times, each drawing with a seed of its own.

    Args:
        generator: to be measured.
        prompts: what to draw.
        each: drawings of each.
        settings: steps, guidance scale and scheduler, by ``DrawRequest``'s names; what is left out is the generator's.
        seed: of the first drawing.
        progress: hears of drawings done and in all.
    """
    samples: list[Sample] = []
    for number, prompt in enumerate(prompts):
        drawn = generator.draw(DrawRequest(prompt, count=each, seed=seed + number * each, **settings))
        samples += [Sample(number, one, image) for one, image in zip(drawn.seeds, drawn.images, strict=True)]
        progress(len(samples), each * len(prompts))
    return samples


def measure(
    generator: Generator,
    encoder: SharedEncoder,
    reference: Reference,
    samples: Sequence[Sample],
    *,
    seconds: dict[int, float] | None = None,
    settings: dict[str, Any] | None = None,
    seed: int = 0,
) -> DrawingReport:
    """All figures of drawings.

    Args:
        generator: that drew them.
        encoder: whose vectors they are compared by.
        reference: what they are held against.
        samples: the drawings.
        seconds: what ``timed`` found.
        settings: of the drawings, for the report.
        seed: of resampling.
    """
    words = encoder.encode_texts(list(reference.prompts))
    drawn = vectors_of(encoder, [sample.image for sample in samples])
    kept, seen = vectors_of(encoder, reference.kept), vectors_of(encoder, reference.seen)
    # What a prompt has with pictures at large is taken off first: some words lie near to every picture.
    centre = np.concatenate([kept, seen]).mean(axis=0) @ words.T
    fits = _best(drawn, words, centre) == np.array([sample.prompt for sample in samples])
    shown = reference.shows >= 0
    real_fits = _best(kept[shown], words, centre) == reference.shows[shown]
    return DrawingReport(
        generator.spec,
        generator.fingerprint,
        encoder.fingerprint,
        estimate(fits, seed=seed),
        estimate(real_fits, seed=seed),
        len(words),
        kid(scaled(drawn), scaled(kept), seed=seed),
        kid(scaled(seen), scaled(kept), seed=seed),
        _memory(samples, reference, drawn, kept, seen, seed),
        seconds or {},
        settings or {},
    )


def timed(generator: Generator, prompt: str, steps: Sequence[int] = TIMED) -> dict[int, float]:
    """Seconds that a picture takes, by number of steps; the first drawing, which loads the weights, does not count."""
    generator.draw(DrawRequest(prompt, num_inference_steps=min(steps)))
    return {many: _seconds(generator, DrawRequest(prompt, num_inference_steps=many)) for many in steps}


def vectors_of(encoder: SharedEncoder, images: Sequence[Image]) -> Vectors:
    """Unit vectors of pictures, a batch at a time: float32 (n, d)."""
    parts = [encoder.encode_images(images[start : start + _BATCH]) for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, encoder.dimension), dtype=np.float32)


def _seconds(generator: Generator, request: DrawRequest) -> float:
    began = time.perf_counter()
    generator.draw(request)
    return time.perf_counter() - began


def _best(vectors: Vectors, words: Vectors, centre: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    best: NDArray[np.int64] = (vectors @ words.T - centre).argmax(axis=1)
    return best


def _memory(
    samples: Sequence[Sample], reference: Reference, drawn: Vectors, kept: Vectors, seen: Vectors, seed: int
) -> Memory:
    near, who = _nearest(drawn, seen)
    real, _ = _nearest(kept, seen)
    thumbs = [_thumbs(images) for images in ([one.image for one in samples], reference.kept, reference.seen)]
    near_px, real_px = (_nearest_px(rows, thumbs[2]) for rows in thumbs[:2])
    copied = (near > np.quantile(real, 1 - SUSPECT)) & (near_px < np.quantile(real_px, SUSPECT))
    order = np.argsort(-near)
    suspects = tuple((int(row), int(who[row])) for row in order if copied[row])
    return Memory(
        float(np.median(near)), float(np.median(real)), float(np.median(near_px)), float(np.median(real_px)),
        estimate(copied, seed=seed), suspects,
    )  # fmt: skip


def _nearest(rows: Vectors, seen: Vectors) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The greatest cosine of each row with any of ``seen``, and with which."""
    cosines: NDArray[np.float32] = rows @ seen.T
    who: NDArray[np.int64] = cosines.argmax(axis=1)
    return cosines.max(axis=1), who


def _nearest_px(rows: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """The least root mean square distance of each row's thumbnail from any of ``seen``, of values in 0..1."""
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ seen.T + (seen**2).sum(axis=1)
    least: NDArray[np.float32] = np.sqrt(np.maximum(squares.min(axis=1), 0) / rows.shape[1])
    return least


def _thumbs(images: Sequence[Image]) -> NDArray[np.float32]:
    small = [np.asarray(image.convert("RGB").resize((_THUMB, _THUMB)), dtype=np.float32) for image in images]
    return np.asarray(np.stack(small).reshape(len(small), -1) / 255, dtype=np.float32)
