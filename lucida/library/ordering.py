"""From what somebody asks for to an order: who draws, what guides, how many of each class, and from what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError, UsageError
from lucida.generate.formats.naming import folders
from lucida.generate.making.job import check_budget
from lucida.generate.making.order import Order, Recipe, Use, Wanted
from lucida.library.retrieving import Found, Retrieval, Topic
from lucida.models.protocols.drawing import Ability

if TYPE_CHECKING:
    from lucida.models.protocols import SharedEncoder, Vectors
    from lucida.models.protocols.drawing import Generator

#: Drawings per sample that is wanted, where nobody names a budget.
PATIENCE = 4
_ABILITIES = {Use.TEXT: Ability.TEXT, Use.VECTOR: Ability.VECTOR, Use.IMAGE: Ability.IMAGE, Use.GUIDE: Ability.GUIDE}


@dataclass(frozen=True, slots=True)
class DatasetRequest:
    """A dataset that somebody wants.

    Attributes:
        topics: its classes.
        recipe: how all is drawn; what guides the drawings is settled by ``use``.
        use: what guides them, None for what the generator can do best.
        per_class: pictures of each class, real ones included, or
        until: generated samples of each class that are to be accepted. One of the two.
        budget: most drawings of a class, None for four times what is wanted.
        real: whether real examples go into the dataset.
        path: only sources that fit this glob.
        pool: most items that may guide the drawings of a class.
        evaluation: files and folders that no sample may show.
    """

    topics: tuple[Topic, ...]
    recipe: Recipe
    use: tuple[Use, ...] | None = None
    per_class: int | None = None
    until: int | None = None
    budget: int | None = None
    real: bool = True
    path: str | None = None
    pool: int = 12
    evaluation: tuple[Path, ...] = ()

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            UsageError: there are no classes, or not one number of pictures.
        """
        if not self.topics:
            raise UsageError("There are no classes.", 'Name some with --classes "cat,dog", --queries or --from-search.')
        names = [topic.name.lower() for topic in self.topics]
        if len(set(names)) < len(names):
            raise UsageError("A class comes twice.", "Name each class once.")
        if (self.per_class is None) == (self.until is None):
            raise UsageError("How many pictures are wanted is not clear.", "Give one of --per-class and --until.")
        if min(self.per_class or 1, self.until or 1, self.pool) < 1 or (self.budget is not None and self.budget < 1):
            raise UsageError("Numbers of pictures begin at 1.", "Give larger ones.")

    def to_json(self) -> dict[str, Any]:
        """Everything that the order follows from, but the library: two runs with the same are one."""
        return {
            **{key: getattr(self, key) for key in ("per_class", "until", "budget", "real", "path", "pool")},
            "topics": [{**asdict(topic), "items": list(topic.items)} for topic in self.topics],
            "recipe": self.recipe.to_json(),
            "use": None if self.use is None else [use.value for use in self.use],
            "evaluation": [str(path) for path in self.evaluation],
        }


def dataset_order(
    request: DatasetRequest, generator: Generator, encoder: SharedEncoder | None, retrieval: Retrieval
) -> Order:
    """Settle what a dataset needs: what there is, what lacks, and what guides the drawings.

    Raises:
        UsageError: the request makes no sense, or the generator cannot do what is asked.
    """
    request.check()
    most = request.per_class or request.until or 0
    found = retrieval.find(request.topics, most)
    pooled = any(entry.pool for entry in found)
    recipe = replace(request.recipe, use=settled_use(request.use, generator, encoder, pooled=pooled))
    prompts = [recipe.template.replace("{}", topic.name) for topic in request.topics]
    vectors = _vectors(encoder, prompts) if Use.VECTOR in recipe.use else [None] * len(prompts)
    rooms = folders([topic.name for topic in request.topics])
    classes = [
        _wanted(request, entry, Wanted(topic.name, rooms[topic.name], prompt, 0, 0, vector))
        for topic, entry, prompt, vector in zip(request.topics, found, prompts, vectors, strict=True)
    ]
    notes = (*_notes(request, found, retrieval), *_unjudged(encoder))
    return _order(recipe, classes, generator, encoder, notes)


def image_order(
    prompt: str,
    count: int,
    like: Sequence[int],
    recipe: Recipe,
    use: tuple[Use, ...] | None,
    generator: Generator,
    encoder: SharedEncoder | None,
    retrieval: Retrieval,
) -> Order:
    """Settle a few pictures of one prompt, guided by some items.

    Raises:
        UsageError: an item is no picture of the library, or nothing may be made from it, or the generator cannot take
            what is given.
    """
    if not prompt.strip() and not like:
        raise UsageError("Nothing is asked for.", "Give words, or items with --like.")
    if count < 1:
        raise UsageError(f"{count} pictures cannot be drawn.", "Ask for at least one with -n.")
    pool = retrieval.parents(like)
    if missing := sorted(set(like) - {parent.id for parent in pool}):
        raise UsageError(f"Item {missing[0]} is no picture of this library.", "Take an id from the hits of a search.")
    if len(retrieval.permitted(pool)) < len(pool):
        raise UsageError(
            f"Nothing may be made from {min(retrieval.kept_out)}: it is marked no-derivatives.",
            "Name other items, or change the mark with: lucida mark SOURCE --derivatives.",
        )
    chosen = settled_use(use, generator, encoder, pooled=bool(pool), asked_for=bool(like))
    recipe = replace(recipe, use=chosen, template="{}", aside=False, parents=max(len(pool), 1))
    vector = _vectors(encoder, [prompt])[0] if Use.VECTOR in chosen and prompt.strip() else None
    wanted = Wanted(prompt or "like the given items", "images", prompt, count, count, vector, pool)
    return _order(recipe, [wanted], generator, encoder, _unjudged(encoder))


def settled_use(
    use: tuple[Use, ...] | None,
    generator: Generator,
    encoder: SharedEncoder | None,
    *,
    pooled: bool,
    asked_for: bool = False,
) -> tuple[Use, ...]:
    """What guides drawings: what was chosen, else all that the generator can take without copying a picture.

    Args:
        use: what was chosen, None for nobody's choice.
        generator: who draws.
        encoder: makes vectors of words.
        pooled: whether there are items that may guide.
        asked_for: whether somebody named these items, so that one of them may be the beginning if need be.

    Raises:
        UsageError: the generator cannot do what was chosen, or nothing of all.
    """
    able = {kind for kind, ability in _ABILITIES.items() if ability in generator.abilities}
    if use is not None:
        if lacking := [kind for kind in use if kind not in able]:
            can = ", ".join(sorted(kind.value for kind in able)) or "none of these"
            raise UsageError(f"{generator.spec} cannot be guided by {lacking[0].value}.", f"It can by: {can}.")
        if Use.VECTOR in use and encoder is None:
            raise UsageError("Without an encoder of pictures there are no vectors to guide by.", "Choose --use text.")
        return use
    found = [Use.TEXT] if Use.TEXT in able else []
    if Use.VECTOR in able and encoder is not None and (pooled or not found):
        found.append(Use.VECTOR)
    elif Use.GUIDE in able and pooled:
        found.append(Use.GUIDE)
    elif Use.IMAGE in able and pooled and asked_for:
        found.append(Use.IMAGE)
    if not found or (asked_for and found == [Use.TEXT]):
        raise UsageError(
            f"{generator.spec} can take neither words nor items into account."
            if not found
            else f"{generator.spec} cannot take items into account.",
            "Choose another --model, or leave --like out.",
        )
    return tuple(found)


def _wanted(request: DatasetRequest, found: Found, base: Wanted) -> Wanted:
    real = found.real if request.real else ()
    accepted = request.until if request.until is not None else max((request.per_class or 0) - len(real), 0)
    budget = request.budget if request.budget is not None else PATIENCE * accepted
    return replace(base, accepted=accepted, budget=budget, pool=found.pool, real=real)


def _order(
    recipe: Recipe,
    classes: Sequence[Wanted],
    generator: Generator,
    encoder: SharedEncoder | None,
    notes: tuple[str, ...],
) -> Order:
    judge = ("", "") if encoder is None else (encoder.spec, encoder.fingerprint)
    order = Order(recipe, tuple(classes), (generator.spec, generator.fingerprint), judge, notes)
    check_budget(order)
    return order


def _vectors(encoder: SharedEncoder | None, prompts: Sequence[str]) -> list[Vectors]:
    if encoder is None:
        raise ModelError("There is no encoder of pictures here.", "Choose one with: lucida models switch mini.")
    return [np.asarray(row, dtype=np.float32) for row in encoder.encode_texts(list(prompts))]


def _notes(request: DatasetRequest, found: Sequence[Found], retrieval: Retrieval) -> tuple[str, ...]:
    notes = [
        f"Nothing in the library shows {topic.name}: it is drawn from words alone."
        for topic, entry in zip(request.topics, found, strict=True)
        if not entry.pool and not entry.real
    ]
    if retrieval.kept_out:
        kept = len(retrieval.kept_out)
        notes.append(f"{kept} {'source is' if kept == 1 else 'sources are'} marked no-derivatives and guided nothing.")
    return tuple(notes)


def _unjudged(encoder: SharedEncoder | None) -> tuple[str, ...]:
    return () if encoder is not None else ("There is no encoder of pictures: agreement with labels was not asked.",)
