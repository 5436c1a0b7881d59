"""FUNSD's form: scanned forms whose labels are linked to what was filled in (Jaume et al., 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lucida.errors import UsageError
from lucida.query.evaluation.questions import Gold, GoldQuestion, QuestionSet
from lucida.query.evaluation.records import json_of
from lucida.types import Box, union


def funsd(folder: Path) -> QuestionSet:
    """A folder of ``images/`` and ``annotations.json``: one question for each link of a label to an answer.

    The question is ``What is the LABEL?``, asked of the form's picture alone. Accepted are the answer of the link, the
    answers of other links of labels that read the same (the question cannot tell them apart), and all answers of one
    label together, in reading order.

    Raises:
        UsageError: the form is another.
    """
    from PIL import Image

    file = folder / "annotations.json"
    questions: list[GoldQuestion] = []
    try:
        for form in json_of(file):
            with Image.open(folder / "images" / form["image"]) as picture:
                size = picture.size
            questions += _of_form(form["image"], form["form"], size)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{file} is not in FUNSD's form: {error!r}.", "See docs/evaluate.md for the forms.") from error
    except OSError as error:
        raise UsageError(
            f"A picture of {file} cannot be read: {error}.", "Its pictures belong into images/."
        ) from error
    return QuestionSet(folder.name, tuple(questions), (folder / "images",), each_alone=True)


def _of_form(image: str, entities: Sequence[Mapping[str, Any]], size: tuple[int, int]) -> Iterator[GoldQuestion]:
    by_id = {entity["id"]: entity for entity in entities}
    linked: dict[str, dict[int, list[int]]] = {}
    for one, two in dict.fromkeys(tuple(link) for entity in entities for link in entity["linking"]):
        label, answer = by_id[one], by_id[two]
        said = _label(label["text"])
        if (label["label"], answer["label"]) == ("question", "answer") and said and answer["text"].strip():
            linked.setdefault(said, {}).setdefault(one, []).append(two)
    for said, answers in linked.items():
        gold = tuple(_golds(by_id, answers, size))
        for one, twos in answers.items():
            for two in twos:
                yield GoldQuestion(f"{image}:{one}-{two}", f"What is the {said}?", gold, "field", image)


def _golds(
    by_id: Mapping[int, Mapping[str, Any]], answers: Mapping[int, Sequence[int]], size: tuple[int, int]
) -> Iterator[Gold]:
    for twos in answers.values():
        parts = sorted((by_id[two] for two in twos), key=lambda entity: (entity["box"][1], entity["box"][0]))
        boxes = [_box(entity["box"], size) for entity in parts]
        yield from (Gold(entity["text"], 1, box) for entity, box in zip(parts, boxes, strict=True))
        if len(parts) > 1:
            yield Gold(" ".join(entity["text"] for entity in parts), 1, union(boxes))


def _box(edges: Sequence[float], size: tuple[int, int]) -> Box:
    x0, y0, x1, y1 = edges
    return Box.from_px(x0, y0, x1, y1, *size)


def _label(text: str) -> str:
    """A printed label as one would say it: without the colon, the dots and the brackets around it."""
    return " ".join(text.split()).strip(" :.?*#_-()[]")
