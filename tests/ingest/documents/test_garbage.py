"""Usable text of many kinds passes; broken encodings do not."""

from __future__ import annotations

import codecs

import numpy as np
import pytest

from lucida.ingest.documents.garbage import covers_ink, unusable
from lucida.ingest.structure.lines import Token

GOOD = {
    "english": "The committee met on Tuesday and agreed that the bridge should be painted before the winter season. ",
    "german": "Der Ausschuss beschloss am Dienstag, die Brücke noch vor dem Winter streichen zu lassen. ",
    "french": "Le comité a décidé mardi que le pont devait être repeint avant l'arrivée de la saison froide. ",
    "polish": "Komisja postanowiła we wtorek, że most powinien zostać pomalowany przed nadejściem zimy roku. ",
    "finnish": "Lautakunta päätti tiistaina että silta pitää maalata ennen talven tuloa, jos sää sen sallii. ",
    "hungarian": "A bizottság kedden úgy döntött, hogy a hidat még a tél beállta előtt le kell festeni egészen. ",
    "russian": "Комиссия решила во вторник, что мост следует покрасить до наступления зимы в этом году. ",
    "japanese": "委員会は火曜日に、冬が来る前に橋を塗装することを決定しました。",
    "numbers": "12.50 1,204.00 33 % 2024-01-05 +49 30 1234567 Total 88.10 EUR 4,711 INV-2024-0012 XJ-900 ",
    "code": "def read(path): return [line.strip() for line in open(path) if not line.startswith('#')] ",
    "contents": "Introduction ............ 3 Method .................... 7 Results .................... 12 ",
}


@pytest.mark.parametrize("name", GOOD)
def test_readable_text_is_usable(name: str) -> None:
    assert unusable(GOOD[name] * 5) is None


@pytest.mark.parametrize("shift", [1, 3, 13, 20])
def test_shifted_alphabets_are_noise(shift: int) -> None:
    table = str.maketrans(
        {chr(base + i): chr(base + (i + shift) % 26) for base in (ord("a"), ord("A")) for i in range(26)}
    )
    assert unusable((GOOD["english"] * 5).translate(table)) is not None


def test_glyph_codes_and_meaningless_characters_are_noise() -> None:
    assert unusable("".join(chr(ord(char) - 29) if char != " " else " " for char in GOOD["english"] * 5)) is not None
    assert unusable("(cid:12)(cid:33)(cid:7) " * 20) is not None
    assert unusable("\ufffd\ufffd\ufffd \ufffdab\ufffd " * 20) is not None
    assert unusable("".join(chr(0xE000 + ord(char)) for char in GOOD["english"])) is not None
    assert unusable(codecs.encode(GOOD["german"] * 5, "rot13")) is not None


def test_a_few_odd_characters_do_no_harm() -> None:
    assert unusable(GOOD["english"] * 5 + "\ue000 \ufffd") is None
    assert unusable("") is None
    assert unusable("p. 3") is None


def test_ink_under_words() -> None:
    dark = np.zeros((100, 100), dtype=bool)
    dark[10:14, 10:40] = True
    on, off = Token("on", 10, 10, 40, 14), Token("off", 10, 60, 40, 64)
    assert covers_ink([on], dark, 1.0) == 1.0
    assert covers_ink([on, off], dark, 1.0) == 0.5
    assert covers_ink([], dark, 1.0) == 1.0
