from __future__ import annotations

from pathlib import Path

import pytest

from lucida.errors import DependencyError, UsageError
from lucida.query.evaluation.wordnet import FOLDER, general_words, is_synset_id, read_nouns
from lucida.query.evaluation.words import read_words

#: entity 1 > animal 2 > {cat 3, dog 4}, entity > tool 5 > pen 6 (an instance); the licence stands first, indented.
NOUNS = """\
  1 This software and database is being provided to you
00000001 03 n 01 entity 0 000 | that which is
00000002 05 n 02 animal 0 creature 1 002 @ 00000001 n 0000 ~ 00000003 n 0000 | a living | odd thing
00000003 05 n 02 cat 0 house_cat 0 001 @ 00000002 n 0000 | purrs
00000004 05 n 01 dog 0 001 @ 00000002 n 0000 | barks
00000005 06 n 01 tool 0 001 @ 00000001 n 0000 | used
00000006 06 n 01 pen 0 002 @i 00000005 n 0000 + 00000009 v 0101 | writes
"""


@pytest.fixture
def nouns(tmp_path: Path):
    (tmp_path / "data.noun").write_text(NOUNS)
    (tmp_path / "cntlist.rev").write_text("animal%1:05:00:: 1 67\nbad line\n")
    return read_nouns(tmp_path)


def test_synsets_are_read(nouns) -> None:
    assert nouns[3].words == ("cat", "house cat")
    assert nouns[3].parents == (2,)
    assert nouns[6].parents == (5,)
    assert (nouns[2].uses, nouns[3].uses) == (67, 0)


def test_words_cover_what_lies_below(nouns) -> None:
    ids = ["n00000003", "n00000004", "n00000006"]
    words = general_words(ids, nouns, least=1, most_share=1.0)
    assert [(word.word, sorted(word.classes)) for word in words] == [
        ("entity", [0, 1, 2]),
        ("animal", [0, 1]),
        ("tool", [2]),
    ]
    assert [word.word for word in general_words(ids, nouns, least=2, most_share=0.7)] == ["animal"]
    assert general_words(["cat", "n99999999"], nouns, least=1) == []


def test_ids() -> None:
    assert is_synset_id("n02084071")
    assert not is_synset_id("n0208407")
    assert not is_synset_id("dog")


def test_absent_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="WordNet") as caught:
        read_nouns(tmp_path / "nowhere")
    assert "apt install wordnet-base" in caught.value.advice


@pytest.mark.slow  # reads 82,000 nouns
@pytest.mark.skipif(not (FOLDER / "data.noun").is_file(), reason="wordnet-base is not installed")
def test_the_real_files() -> None:
    nouns = read_nouns()
    ids = ["n02084071", "n02121620", "n02512053", "n04379243"]  # dog, cat, fish, table
    words = {word.word: word.classes for word in general_words(ids, nouns, least=2, most_share=0.9)}
    assert words["animal"] == {0, 1, 2}
    assert words["carnivore"] == {0, 1}
    assert "entity" not in words


def test_a_table_of_words(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("# words\n\nanimal\tcat, dog\ntool\tpen\n")
    found = read_words(path, ["pen", "cat", "dog"])
    assert [(row.word, sorted(row.classes)) for row in found] == [("animal", [1, 2]), ("tool", [0])]


@pytest.mark.parametrize("line", ["animal cat", "animal\t", "\tcat", "animal\tcat,unicorn"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(f"tool\tpen\n{line}\n")
    with pytest.raises(UsageError, match=r"words\.tsv:2 "):
        read_words(path, ["pen", "cat"])
    with pytest.raises(UsageError, match="cannot be read"):
        read_words(tmp_path / "absent.tsv", [])
