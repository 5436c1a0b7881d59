"""Pages like others: what may be personal is gone from text and pixels, labels stay, and shapes are kept."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from lucida.errors import SourceError
from lucida.generate.documents.drawing import draw_paper
from lucida.generate.documents.iban import is_iban
from lucida.generate.documents.lookalike.deciding import Shown, leaving
from lucida.generate.documents.lookalike.page import Original, alike, language_of, sheaf
from lucida.generate.documents.lookalike.repainting import erase, find_ink, letter_size
from lucida.generate.documents.lookalike.replacing import Replacer
from lucida.generate.documents.lookalike.vocabulary import folded
from lucida.generate.scans import rasterise
from lucida.types import Box

LINES = (
    "Invoice no.: HP-2025-0417   Date: 12 May 2024",
    "Customer: Mr Price Lindqvist   Surname: PARK",
    "IBAN DE89 3704 0044 0532 0130 00   mara.lind@harbour.co.uk",
    "The loan for Halloran begins on 12.05.2024 at 14:35.",
    "Halloran and Lindqvist owe £1,204.50 and 19%.",
    "Loan of 7 books to O'Brien-Smith, 77 Beacon Road",
)


def placed(lines: tuple[str, ...] = LINES) -> list[Shown]:
    """Words of lines, as wide as they are long; three spaces are a gap."""
    words = []
    for row, line in enumerate(lines):
        for match in re.finditer(r"\S+", line):
            box = Box(match.start() / 80, row / 10, match.end() / 80, row / 10 + 0.02)
            words.append(Shown(match[0], box, row))
    return words


@pytest.fixture
def replaced():
    words = placed()
    gone = leaving([words], ("the", "of", "and", "for", "to", "on", "at"))[0]
    originals = [word.text for word in words]
    goes = [word.text for word, left in zip(words, gone, strict=True) if left]
    return words, gone, Replacer(originals, goes, "en", np.random.default_rng(1)).replace(words, gone)


def test_labels_stay_and_persons_go(replaced) -> None:
    words, gone, new = replaced
    left = {word.text for word, goes in zip(words, gone, strict=True) if goes}
    stays = {word.text for word, goes in zip(words, gone, strict=True) if not goes}
    assert {"Invoice", "no.:", "Date:", "Customer:", "IBAN", "Loan", "May", "books", "19%.", "7"} <= stays
    assert {"HP-2025-0417", "Price", "Lindqvist", "PARK", "Halloran", "O'Brien-Smith,", "£1,204.50", "77"} <= left
    text = " ".join(new)
    for word in left:
        if len(folded(word)) > 2:
            assert folded(word) not in text.casefold()
    names = [new[at] for at, word in enumerate(words) if folded(word.text) == "lindqvist"]
    assert len({folded(name) for name in names}) == 1


def test_shapes_are_kept(replaced) -> None:
    words, _, new = replaced
    given = {word.text: text for word, text in zip(words, new, strict=True)}
    assert re.fullmatch(r"[A-Z]{2}-[1-9]\d{3}-\d{4}", given["HP-2025-0417"])
    assert re.fullmatch(r"£[1-9],\d{3}\.\d\d", given["£1,204.50"])
    assert re.fullmatch(r"\d\d\.\d\d\.\d{4}", given["12.05.2024"])
    day, month, _ = map(int, given["12.05.2024"].split("."))
    assert 1 <= day <= 12
    assert 1 <= month <= 12
    assert 7 <= int(given["14:35."].split(":")[0]) <= 21
    assert given["mara.lind@harbour.co.uk"].endswith(".example")
    start = next(at for at, word in enumerate(words) if word.text == "DE89")
    assert is_iban(" ".join(new[start : start + 6]))
    assert [len(text) for text in new[start : start + 6]] == [4, 4, 4, 4, 4, 2]
    assert given["PARK"].isupper()
    day = next(at for at, word in enumerate(words) if word.text == "12")
    assert 10 <= int(new[day]) <= 28
    assert 1950 < int(given["2024"]) < 2030


def test_an_unsure_reading_is_no_known_word() -> None:
    words = [Shown("Total", Box(0, 0, 0.1, 0.02), 0, 0.3), Shown("Total", Box(0, 0.1, 0.1, 0.12), 1, 0.99)]
    assert leaving([words]) == [[True, True]]
    assert leaving([[words[1]]]) == [[False]]
    assert leaving([[Shown("Kennwort", Box.whole(), 0)]], ["Kennwort"]) == [[False]]


def test_what_goes_on_one_page_goes_on_all() -> None:
    first = [Shown("Halloran", Box(0, 0, 0.1, 0.02), 0)]
    second = [Shown("HALLORAN", Box(0, 0, 0.1, 0.02), 0), Shown("halloran's", Box(0, 0.1, 0.1, 0.12), 1)]
    assert leaving([first, second]) == [[True], [True, True]]


def test_shapes_that_are_used_up_are_told() -> None:
    every = [Shown(f"{number:03d}", Box(0, 0, 0.1, 0.02), number) for number in range(100, 1000)]
    texts = [word.text for word in every]
    with pytest.raises(SourceError, match="3 signs"):
        Replacer(texts, texts, "en", np.random.default_rng(0)).replace(every[:1], [True])


def test_a_word_is_taken_off_and_a_rule_stays() -> None:
    pixels = np.full((60, 200, 3), 230, np.float32)
    pixels[:, :100] = 200  # a shaded field
    pixels[20:34, 40:80] = 30
    pixels[40:42, :] = 90  # a rule below, through the word's box
    found = find_ink(pixels, (36, 12, 90, 46))
    assert found is not None
    assert (found.left, found.top, found.right, found.bottom) == (40, 20, 80, 34)
    assert found.ink == pytest.approx((30, 30, 30), abs=2)
    erase(pixels, found, np.random.default_rng(0))
    assert np.abs(pixels[18:36, 38:82] - 200).max() < 3
    assert (pixels[40:42] == 90).all()
    assert find_ink(np.full((20, 20, 3), 255, np.float32), (2, 2, 18, 18)) is None


@pytest.fixture(scope="module")
def page():
    """A drawn invoice as a library would know it, and the same drawn like it."""
    paper = draw_paper("invoice", "en", np.random.default_rng(21))
    image = rasterise(paper.document, 100)[0]
    paper.document.close()
    truth = paper.pages[0]
    words = [Shown(word.text, truth.box([at]), word.line) for at, word in enumerate(truth.words)]
    small = ("of", "the", "to", "in", "for", "and", "is")
    source = sheaf([Original(words, [Box(0.5, 0.9, 0.7, 0.95)])], small)
    drawn = alike(image, source, 0, np.random.default_rng(3), dpi=100)
    return image, words, (*drawn, source.language)


def test_a_page_says_something_else_where_it_said_it(page) -> None:
    image, words, (picture, truth, language) = page
    assert language == "en"
    assert picture.size == image.size
    gone = leaving([words], ("of", "the", "to", "in", "for", "and", "is"))[0]
    left = {folded(word.text) for word, goes in zip(words, gone, strict=True) if goes and len(folded(word.text)) > 2}
    assert len(left) > 20
    printed = {folded(word.text) for word in truth.words}
    assert not left & printed
    asked = " ".join(f"{one.question} {truth.text(one.words)}" for one in truth.questions).casefold().split()
    assert not left & set(asked)
    assert truth.questions
    assert truth.links
    before, after = (np.asarray(one.convert("L"), np.float32) for one in (image, picture))
    for word, goes in zip(words, gone, strict=True):
        x0, y0, x1, y1 = word.box.to_px(*image.size)
        changed = np.abs(before[y0:y1, x0:x1] - after[y0:y1, x0:x1]).max()
        assert changed > 60 if goes and len(word.text) > 2 else changed < 60 or goes
    # As much ink, in letters about as high.
    assert 0.8 < (255 - after).sum() / (255 - before).sum() < 1.25


def test_new_words_are_where_they_are_said_to_be(page) -> None:
    _, _, (picture, truth, _) = page
    grey = np.asarray(picture.convert("L"), np.float32)
    inked = 0
    for at in range(len(truth.words)):
        x0, y0, x1, y1 = truth.box([at]).to_px(*picture.size)
        inside = grey[max(y0, 0) : y1, max(x0, 0) : x1]
        inked += bool(inside.size and inside.max() - inside.min() > 60)
    assert inked > 0.97 * len(truth.words)


def test_a_page_without_words_is_told() -> None:
    with pytest.raises(SourceError, match="no words"):
        alike(Image.new("RGB", (20, 20)), sheaf([Original([])]), 0, np.random.default_rng(0), dpi=72)


def test_languages_are_told_by_their_labels() -> None:
    assert language_of(["Rechnungsnummer", "Rechnungsdatum", "Zwischensumme", "Gesamtbetrag"]) == "de"
    assert language_of(["Numéro", "facture", "Date", "d'échéance", "Montant"]) == "fr"


def test_size_follows_from_the_ink_of_the_same_letters() -> None:
    pixels = np.full((60, 200, 3), 255, np.float32)
    pixels[10:31, 20:60] = 0
    found = find_ink(pixels, (10, 5, 70, 40))
    assert found is not None
    assert letter_size("xo", found, "helv") > letter_size("Xd", found, "helv") > letter_size("pd", found, "helv")
