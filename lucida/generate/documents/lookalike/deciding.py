"""Which words of a page stay, and which may be personal and go.

The rule errs on the side of going: a word stays only if it is known as nobody's, or is written in small letters, or is
a single digit. A word that goes anywhere goes everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from lucida.generate.documents.iban import is_iban
from lucida.generate.documents.lookalike.vocabulary import (
    DOUBLE,
    TITLES,
    bare,
    every_label,
    folded,
    known,
    label,
    name_labels,
)
from lucida.types import Box, Word

#: Words whose reading is less certain are not believed to be known ones.
_UNSURE = 0.6
#: A value stands within so many heights of its label; what is further is of another column.
_COLUMN = 10.0
#: So few letters between signs are initials and endings.
_INITIALS = 2
#: Words further apart than this many of their heights do not belong to one name.
_APART = 0.9


class Shown(NamedTuple):
    """A word of a page as it stands there: its text, its box in fractions of the page, its line, how sure it is."""

    text: str
    box: Box
    line: int
    confidence: float = 1.0


def shown(words: Sequence[Word]) -> list[Shown]:
    """Words of a catalogue's page."""
    return [Shown(word.text, word.box, word.line, word.confidence) for word in words]


def leaving(pages: Sequence[Sequence[Shown]], keep: Collection[str] = ()) -> list[list[bool]]:
    """For each word of each page whether it is replaced.

    Args:
        pages: all pages of a source, so that a name on one of them goes on all.
        keep: small words of the language, and words of a house's own labels: they stay in names too.
    """
    small = {folded(word) for word in keep} | TITLES
    # What is also written in small letters is a word, not a name: "Loan of ...", "the loan begins ...".
    plain = {word.text for words in pages for word in words if word.confidence >= _UNSURE and word.text.isalpha()}
    stay = known() | small | {text for text in plain if text.islower()}
    found = [_alone(words, stay) for words in pages]
    for words, gone in zip(pages, found, strict=True):
        _spread(words, gone, small)
    names = {
        folded(word.text)
        for words, gone in zip(pages, found, strict=True)
        for word, goes in zip(words, gone, strict=True)
        if goes and len(folded(word.text)) > 1
    }
    names |= {part for name in names if not any(char.isdigit() for char in name) for part in _parts(name)}
    return [
        [goes or _says(word.text, names) for word, goes in zip(words, gone, strict=True)]
        for words, gone in zip(pages, found, strict=True)
    ]


def _says(text: str, names: Collection[str]) -> bool:
    """Whether a word is a name, or has one in it: "lindqvist's"."""
    return folded(text) in names or any(part in names for part in _parts(folded(text)))


def _parts(text: str) -> list[str]:
    """What stands between signs, as far as it is long enough to be a name."""
    return [part for part in re.split(r"[\W_]+", text) if len(part) > _INITIALS]


def account_runs(words: Sequence[Shown]) -> list[range]:
    """Runs of words that are an account number together (IBAN)."""
    runs: list[range] = []
    at = 0
    while at < len(words):
        run = next(
            (range(at, end) for end in range(min(at + 9, len(words)), at, -1) if _is_account(words[at:end])), None
        )
        if run is not None:
            runs.append(run)
        at = run.stop if run is not None else at + 1
    return runs


def _labels(words: Sequence[Shown], at: int) -> bool:
    """Whether another label begins here, as in the heads of a form's columns."""
    texts = [word.text for word in words[at : at + 4]]
    return any(label(" ".join(texts[:count])) in every_label() for count in range(1, len(texts) + 1))


def _is_account(words: Sequence[Shown]) -> bool:
    same = len({word.line for word in words}) == 1
    return same and is_iban("".join(bare(word.text)[1] for word in words))


def _alone(words: Sequence[Shown], stay: Collection[str]) -> list[bool]:
    """Each word for itself, titles before it and account numbers apart."""
    gone = [_goes(word, stay) for word in words]
    for at in range(1, len(words)):
        titled = folded(words[at - 1].text) in TITLES and words[at - 1].text[:1].isupper()
        if titled and beside(words[at - 1], words[at]) and _capital(words[at].text):
            gone[at] = True
    for run in (*account_runs(words), *_behind_labels(words)):
        for at in run:
            gone[at] = True
    return gone


def _behind_labels(words: Sequence[Shown]) -> list[range]:
    """Words that stand behind "Surname" and the like in one line: there, even a known word is a name."""
    found = []
    for at in range(1, len(words)):
        line = words[at].line
        before = next(stop for stop in range(at, -1, -1) if stop == 0 or words[stop - 1].line != line)
        far = words[at].box.x0 - words[at - 1].box.x1 > _COLUMN * words[at].box.height
        if (
            far
            or _labels(words, at)
            or not any(
                label(" ".join(word.text for word in words[start:at])) in name_labels() for start in range(before, at)
            )
        ):
            continue
        end = at
        while end < len(words) and words[end].line == line and _capital(words[end].text):
            end += 1
        found.append(range(at, end))
    return found


def _goes(word: Shown, stay: Collection[str]) -> bool:
    core = bare(word.text)[1]
    if len(core) < 2:
        return False
    if any(char.isdigit() for char in core):
        return not word.text.rstrip(".,;:)").endswith("%")
    if word.confidence < _UNSURE or "@" in core or "www." in core.lower() or "//" in core:
        return True
    if folded(core) in stay or all(part in stay for part in folded(core).replace("/", "-").split("-") if part):
        return False
    # What has inner points is an address of the web; what has no small letters is a name, or a script without them.
    return not core.islower() or "." in core.rstrip(".")


def _spread(words: Sequence[Shown], gone: list[bool], small: Collection[str]) -> None:
    """A capital word that stays goes too where it is part of a name: behind one that goes, or double before one."""
    for at in range(1, len(words)):
        text = words[at].text
        if _named(words[at - 1], gone[at - 1]) and not gone[at] and beside(words[at - 1], words[at]):
            gone[at] = _capital(text) and not text.endswith(":") and folded(text) not in small
    for at in range(len(words) - 1):
        double = folded(words[at].text) in DOUBLE and _capital(words[at].text)
        if double and _named(words[at + 1], gone[at + 1]) and beside(words[at], words[at + 1]):
            gone[at] = True


def _named(word: Shown, goes: bool) -> bool:
    """Whether it goes as a name, and its name does not end with it."""
    core = bare(word.text)[1]
    ends = word.text[-1:] in ",;:|)"
    return goes and core.isalpha() and _capital(core) and not ends


def _capital(text: str) -> bool:
    return bare(text)[1][:1].isupper()


def beside(left: Shown, right: Shown) -> bool:
    """Whether two words follow each other in one line, no more than a space between them."""
    height = max(left.box.height, right.box.height)
    return left.line == right.line and -height < right.box.x0 - left.box.x1 < _APART * height
