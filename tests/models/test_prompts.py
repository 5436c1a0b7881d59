from __future__ import annotations

import pytest

from lucida.models.prompts import BACKGROUND, KIND_PROMPTS, TEMPLATES, fill, prompts


@pytest.mark.parametrize(
    ("name", "filled"),
    [
        ("dog", "a photo of a dog"),
        ("umbrella", "a photo of an umbrella"),
        ("unicycle", "a photo of a unicycle"),
        ("uniform", "a photo of a uniform"),
        ("unmanned drone", "a photo of an unmanned drone"),
        ("hourglass", "a photo of an hourglass"),
        ("the moon", "a photo of the moon"),
        ("two cats", "a photo of two cats"),
        ("An apple", "a photo of An apple"),
        ("sea_lion", "a photo of a sea lion"),
        ("{}", "a photo of a {}"),
    ],
)
def test_the_article_bends_to_the_name(name: str, filled: str) -> None:
    assert fill("a photo of a {}", name) == filled


def test_prompts_are_distinct_and_in_order() -> None:
    made = prompts(["dining table", "board", "dining table"], ["{}", "a {}"])
    assert made == ["dining table", "a dining table", "board", "a board"]
    assert len(prompts(["cat"])) == len(TEMPLATES)


def test_every_template_takes_a_name() -> None:
    assert all(template.count("{}") == 1 for template in TEMPLATES)
    assert set(KIND_PROMPTS) == {"picture", "page"}
    assert not set(KIND_PROMPTS["picture"]) & set(KIND_PROMPTS["page"])
    assert BACKGROUND
