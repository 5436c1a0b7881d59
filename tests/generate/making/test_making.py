"""Splits, marks of origin, manifests, cards and replays."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import numpy as np
import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.generate.making.card import card
from lucida.generate.making.conditions import cohorts, mixed
from lucida.generate.making.journal import Journal
from lucida.generate.making.manifest import Manifest
from lucida.generate.making.order import Recipe, Use, Wanted
from lucida.generate.making.origin import SUFFIXES, TRAINED, encoded, source_type
from lucida.generate.making.packed import packed, unpacked
from lucida.generate.making.replaying import replay
from lucida.generate.making.splits import Member, divide, parse_shares

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


def test_splits_have_their_shares_of_every_class():
    members = [Member(f"{label}{number}", label) for label in ("cat", "dog") for number in range(50)]
    found = divide(members, SHARES, bits=8, cosine=0.9)
    assert Counter(zip((member.label for member in members), found, strict=True)) == {
        (label, split): count
        for label in ("cat", "dog")
        for split, count in (("train", 40), ("validation", 5), ("test", 5))
    }
    assert divide(members, SHARES, bits=8, cosine=0.9) == found
    assert divide(members, SHARES, bits=8, cosine=0.9, seed=1) != found


def test_children_of_one_parent_and_near_duplicates_stay_together():
    random = np.random.default_rng(3)
    looks = [int(look) for look in random.integers(0, 2**63, 60)]
    members = [Member(str(number), "cat", (number % 12,), looks[number]) for number in range(48)]
    members += [Member(str(number), "cat", (), looks[number]) for number in range(48, 60)]
    members += [Member(f"copy {number}", "cat", (), looks[number] ^ 1) for number in range(60)]
    found = divide(members, SHARES, bits=4, cosine=0.9)
    sides = defaultdict(set)
    for member, split in zip(members, found, strict=True):
        for item in member.items:
            sides[item].add(split)
    assert all(len(split) == 1 for split in sides.values())
    assert found[:60] == found[60:]
    assert set(found) == set(SHARES)


def test_a_parent_outside_the_dataset_ties_its_children():
    one, other = Member("a", "cat", (1,)), Member("b", "cat", (2,))
    near = [Member("p", "cat", (1,), 7, None, counts=False), Member("q", "cat", (2,), 7, None, counts=False)]
    filler = [Member(str(number), "cat") for number in range(20)]
    found = divide([one, other, *near, *filler], {"train": 0.5, "test": 0.5}, bits=2, cosine=0.9)
    assert found[0] == found[1]


def test_shares_are_read_and_scaled():
    assert parse_shares("train=3, test=1") == {"train": 0.75, "test": 0.25}
    for wrong in ("", "train", "train=x", "train=-1", "../up=1"):
        with pytest.raises(UsageError):
            parse_shares(wrong)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_say_that_a_model_drew_them(tmp_path, suffix):
    image = Image.new("RGB", (20, 10), (200, 30, 30))
    path = tmp_path / f"sample{suffix}"
    path.write_bytes(encoded(image, suffix, 'Lucida "1" & <co>'))
    assert source_type(path) == TRAINED
    assert path.read_bytes() == encoded(image, suffix, 'Lucida "1" & <co>')
    with Image.open(path) as read:
        assert read.size == (20, 10)
        packet = read.getxmp()
    assert "trainedAlgorithmicMedia" in json.dumps(packet)
    image.save(tmp_path / "plain.png")
    assert source_type(tmp_path / "plain.png") is None


def test_cohorts_are_disjoint_and_rests_join(parents):
    assert [[parent.id for parent in group] for group in cohorts(parents, 3)] == [[1, 2, 3, 4]]
    assert [[parent.id for parent in group] for group in cohorts(parents, 2)] == [[1, 2], [3, 4]]
    assert cohorts((), 3) == []


def test_mixtures_follow_their_weights(parents):
    words, items = parents[0].vector, [parents[3].vector]
    assert np.allclose(mixed(words, items, Recipe(item_weight=0.0)), words)
    assert np.allclose(mixed(words, items, Recipe(prompt_weight=0.0)), items[0])
    assert np.allclose(mixed(words, [], Recipe(prompt_weight=0.0)), words)
    assert mixed(None, [None], Recipe()) is None
    between = mixed(words, items, Recipe())
    assert float(between @ words) == pytest.approx(float(between @ items[0]), abs=1e-5)


def test_vectors_survive_as_text(parents):
    assert (unpacked(packed(parents[0].vector)) == parents[0].vector).all()
    assert np.abs(unpacked(packed(parents[0].vector, half=True), half=True) - parents[0].vector).max() < 1e-3
    assert packed(None) is None
    assert unpacked(None) is None


@pytest.fixture
def made(tmp_path, artists, order, run, parents) -> Manifest:
    artist = artists.Artist()
    artist.blank = {1}
    wanted = Wanted("red", "red", "a red thing", 5, 12, parents[0].vector, parents)
    run(tmp_path / "out", artist, order(wanted, use=(Use.TEXT, Use.IMAGE), parents=2))
    with Journal(tmp_path / "out") as journal:
        assert journal.order is not None
        paths = [sample["path"] for draw in journal.draws for sample in draw["samples"] if sample["accepted"]]
        splits = dict.fromkeys(paths, "train")
        return Manifest("0.1.0", journal.order, journal.draws, splits=splits, orphans=paths[:1], notes=["A note."])


def test_a_manifest_survives_its_file(tmp_path, made):
    path = made.write(tmp_path / "out")
    again = Manifest.read(tmp_path / "out")
    assert again.to_json() == made.to_json() == json.loads(path.read_text())
    first, second, *_ = again.samples()
    assert {"path", "label", "seed", "accepted", "reasons", "parents"} <= set(first)
    assert (first["parents"], first["split"], first["orphaned"]) == ([1, 2], "train", True)
    assert not second["accepted"]
    assert "split" not in second
    for wrong in ("[]", "no", '{"version": 7}'):
        (tmp_path / "wrong.json").write_text(wrong)
        with pytest.raises(UsageError):
            Manifest.read(tmp_path / "wrong.json")


def test_replays_are_the_same_to_the_bit(tmp_path, made, artists, shelf):
    artist = artists.Artist()
    artist.blank = {1}
    rows = list(replay(made, artist, shelf, tmp_path / "again"))
    assert [row.identical for row in rows] == [True] * len(made.samples())
    for row in rows:
        path = row.sample["path"]
        assert (tmp_path / "again" / path).stat().st_size > 0
    other = list(replay(made, artists.Artist(), shelf))
    assert [row.identical for row in other] == [True, False, *[True] * (len(other) - 2)]


def test_a_replay_without_the_picture_it_began_with_says_so(made, artists, shelf):
    shelf.gone = {1}
    rows = list(replay(made, artists.Artist(), shelf))
    lost = [row for row in rows if row.problem]
    assert lost
    assert len(lost) < len(rows)
    assert "Item 1 is gone" in lost[0].to_json()["problem"]


def test_a_replay_with_another_picture_says_so(made, artists, shelf, monkeypatch):
    monkeypatch.setattr(shelf, "picture", lambda _item: Image.new("RGB", (32, 32), (1, 2, 3)))
    rows = list(replay(made, artists.Artist(), shelf))
    assert all("another one now" in row.problem for row in rows)


def test_the_card_tells_counts_gates_sources_and_licences(made):
    sources = [{"source": "a|b`.jpg", "licence": "CC BY 4.0", "examples": 2, "samples": 3},
               {"source": "c.jpg", "licence": "<script>", "examples": 0, "samples": 3}]  # fmt: skip
    text = card(made, sources, ["imagefolder"], "examples.png")
    assert text.startswith("---\n")
    assert "| red | 0 | 6 | 5 | 5 |" in text
    assert "| sharpness | 1 (least variance of the Laplacian) | 1 |" in text
    assert "`a/b'.jpg` | CC BY 4.0 | 2 | 3 |" in text
    assert "<script>" not in text.split("---", 2)[2]
    assert "![examples](examples.png)" in text
    assert TRAINED in text
    assert "- A note." in text
