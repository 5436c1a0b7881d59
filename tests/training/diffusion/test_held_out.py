"""What a generator is measured with: prompts, kept pictures, and which of the prompts each picture shows."""

from __future__ import annotations

import numpy as np

from lucida.training.diffusion.held_out import reference
from lucida.training.diffusion.sources import Source


def test_every_kept_picture_shows_what_its_prompt_says(
    many: list[Source], colours: dict[str, tuple[int, int, int]]
) -> None:
    given = reference(many, prompts=4, pictures=12, side=16, seed=3)
    assert len(given.kept) == len(given.shows) == 12
    assert len(set(given.shows.tolist())) > 1
    for picture, number in zip(given.kept, given.shows, strict=True):
        seen = np.asarray(picture, dtype=float).mean(axis=(0, 1))
        nearest = min(colours, key=lambda name: float(np.abs(seen - np.array(colours[name])).sum()))
        assert nearest in given.prompts[number]
