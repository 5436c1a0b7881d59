"""Where questions come from: every answer stands where it is said to, and what has none has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lucida.query.concepts import ValueType
from lucida.query.evaluation.squad import ProseQuestion
from lucida.training.reader.clozes import Clozes, cloze, varied
from lucida.training.reader.documents import Documents
from lucida.training.reader.examples import Example, Source, batch_of, row_of
from lucida.training.reader.facts import Facts, relations
from lucida.training.reader.feed import Feed, Share
from lucida.training.reader.labelled import Labelled, lengthened, shortened
from lucida.training.reader.names import Names, options
from lucida.training.reader.negatives import Negatives, nearest_passages
from lucida.training.reader.thesaurus import Thesaurus, read_thesaurus
from lucida.training.reader.values import Value, sentences_in, values_in

PROSE = (
    "The Duchy of Norholm was founded by Rollo Hark in 1066. It lies near the river Epte, and its capital has "
    "4,200 inhabitants. In March 1204 the duchy was lost to King Philip. The new owner raised the taxes by 12%."
)
WORDS = Thesaurus({"river": ("stream",)}, {"founded": ("dissolved",), "lost": ("won",), "taught": ("unlearned",)})


def drawn(source: Source, count: int = 80, seed: int = 0) -> list[Example]:
    rng = np.random.default_rng(seed)
    return [source.draw(rng) for _ in range(count)]


def test_values_of_a_sentence() -> None:
    sentences = [PROSE[start:end] for start, end in sentences_in(PROSE)]
    found = {(value.text, value.kind) for sentence in sentences for value in values_in(sentence)}
    assert {("1066", ValueType.DATE), ("March 1204", ValueType.DATE), ("12%", ValueType.PERCENT)} <= found
    assert ("4,200", ValueType.NUMBER) in found
    assert ("Rollo Hark", ValueType.NAME) in found
    assert ("new owner", ValueType.ANY) in found
    assert all(PROSE[value.start : value.end] == value.text for value in values_in(PROSE))
    assert not any(". " in text for text, _ in found)


def test_sentences_stand_where_they_are_said_to() -> None:
    places = sentences_in(PROSE)
    assert [PROSE[a:b].split(maxsplit=1)[0] for a, b in places] == ["The", "It", "In", "The"]


def test_a_cloze_asks_for_what_it_left_out() -> None:
    sentence = "The Duchy of Norholm was founded by Rollo Hark in 1066."
    start = sentence.index("1066")
    value = Value(start, start + 4, "1066", ValueType.DATE)
    questions = {cloze(sentence, value, np.random.default_rng(seed)) for seed in range(30)}
    assert "When was The Duchy of Norholm founded by Rollo Hark?" in questions
    assert all("1066" not in question and question.endswith("?") for question in questions)


def test_a_question_in_other_words() -> None:
    said = {varied("Which river flows there now", np.random.default_rng(seed), WORDS) for seed in range(40)}
    assert any("stream" in question for question in said)
    assert all(question.startswith("Which ") for question in said)


def test_clozes_point_at_their_answers() -> None:
    source = Clozes([PROSE], WORDS)
    assert len(source) > 6
    for example in drawn(source):
        ((start, end),) = example.spans
        assert example.passage[start:end].strip()
        assert example.passage == PROSE


def test_facts_are_answered_by_their_own_sentence_and_not_in_vain() -> None:
    examples = drawn(Facts(), 300)
    answered = [example for example in examples if example.spans]
    assert 0.4 < len(answered) / len(examples) < 0.7
    for example in answered:
        ((start, end),) = example.spans
        assert start >= 0
        assert example.passage[start:end]
    assert all("{" not in example.passage + example.question for example in examples)
    assert not any("for It" in example.passage or "of It" in example.passage for example in examples)


def test_relations_have_places_for_both_sides() -> None:
    for relation in relations():
        assert all("{s}" in form and "{o}" in form for form in relation.sentences), relation
        assert all("{s}" in form and "{o}" not in form for form in relation.for_object), relation
        assert all("{o}" in form and "{s}" not in form for form in relation.for_subject), relation
        names = Names(np.random.default_rng(0))
        assert names.draw(relation.subject) != names.draw(relation.object)


def test_names_have_no_empty_kind() -> None:
    assert all(all(words) for words in options().values())


def test_documents_print_what_is_asked_for() -> None:
    examples = drawn(Documents(), 200)
    answered = [example for example in examples if example.spans]
    assert 0.5 < len(answered) / len(examples) < 0.9
    for example in answered:
        ((start, end),) = example.spans
        assert example.passage[start:end] == example.passage[start:end].strip() != ""


def test_unanswerable_questions_have_no_answer(questions: list[ProseQuestion], encoder: object) -> None:
    examples = drawn(Negatives(questions, WORDS, encoder), 60)  # type: ignore[arg-type]
    assert all(not example.spans for example in examples)
    own = {(question.question, question.passage) for question in questions if question.answerable}
    assert not [example for example in examples if (example.question, example.passage) in own]


def test_few_questions_are_asked_elsewhere(encoder: object) -> None:
    """Without a name, an opposite or a neighbour, there is still a passage that holds no answer."""
    passages = ["It rang at 7.", "It rang at 9."]
    asked = [ProseQuestion(text, text, "When?", text, ((11, 12),)) for text in passages]
    examples = drawn(Negatives(asked, Thesaurus(), encoder), 3)  # type: ignore[arg-type]
    assert {(example.question, example.spans) for example in examples} == {("When?", ())}
    assert all(example.passage in passages for example in examples)
    (alone,) = drawn(Negatives(asked[:1], Thesaurus(), encoder), 1)  # type: ignore[arg-type]
    assert alone.passage == ""


def test_near_passages_are_of_the_article_and_lack_the_answer(questions: list[ProseQuestion], encoder: object) -> None:
    articles = {question.passage: question.title for question in questions}
    for question, near in zip(questions, nearest_passages(questions, encoder), strict=True):  # type: ignore[arg-type]
        assert question.passage not in near
        assert all(articles[passage] == question.title for passage in near)
        assert not any(answer in passage for answer in question.answers for passage in near)


def test_labelled_questions_keep_their_answers_when_passages_change(questions: list[ProseQuestion]) -> None:
    truths = {question.question: set(question.answers) for question in questions}
    for example in drawn(Labelled(questions), 200):
        assert {example.passage[a:b] for a, b in example.spans} == truths[example.question]


def test_a_sentence_less_and_a_sentence_more() -> None:
    start = PROSE.index("King Philip")
    example = Example("Who won it?", PROSE, ((start, start + len("King Philip")),))
    for seed in range(10):
        rng = np.random.default_rng(seed)
        for changed in (shortened(example, rng), lengthened(example, "Nothing more is known.", rng)):
            ((a, b),) = changed.spans
            assert changed.passage[a:b] == "King Philip"
            assert changed.passage != PROSE


def test_wordnet_is_read_where_it_is(tmp_path: Path) -> None:
    noun = "00000001 17 n 02 river 0 stream 0 000 | water"
    adjective = (
        "00000002 00 a 01 hot 0 001 ! 00000003 a 0101 | warm\n00000003 00 a 01 cold 0 001 ! 00000002 a 0101 | not"
    )
    (tmp_path / "data.noun").write_text(f"  licence\n{noun}\n")
    (tmp_path / "index.noun").write_text("  licence\nriver n 1 0 1 0 00000001\nstream n 1 0 1 0 00000001\n")
    (tmp_path / "data.adj").write_text(f"{adjective}\n")
    (tmp_path / "index.adj").write_text("hot a 1 1 ! 1 0 00000002\ncold a 1 1 ! 1 0 00000003\n")
    found = read_thesaurus(tmp_path)
    assert found.synonyms["river"] == ("stream",)
    assert found.opposites["hot"] == ("cold",)
    assert "last" in read_thesaurus(tmp_path / "nowhere").opposites["first"]


def test_rows_point_at_tokens(cutter: object) -> None:
    start = PROSE.index("Rollo Hark")
    example = Example("Who founded the duchy?", PROSE, ((start, start + len("Rollo Hark")),))
    row = row_of(cutter, example, np.random.default_rng(0))  # type: ignore[arg-type]
    assert row is not None
    offsets = row.window.offsets
    assert PROSE[offsets[row.first, 0] : offsets[row.last, 1]] == "Rollo Hark"
    empty = row_of(cutter, Example("Who?", PROSE), np.random.default_rng(0))  # type: ignore[arg-type]
    assert empty is not None
    assert (empty.first, empty.last) == (0, 0)
    batch = batch_of([row, empty])
    assert batch.readable[:, 0].all()
    assert batch.readable[0, row.first]
    assert batch.mask.sum(axis=1).tolist() == [len(row.window.ids), len(empty.window.ids)]
    assert row_of(cutter, Example("Who?", ""), np.random.default_rng(0)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [0, 3, 11])
def test_a_step_has_its_batch_whenever_it_is_asked_for(cutter: object, step: int) -> None:
    shares = {"facts": Share(Facts(), 1.0, 0.0), "documents": Share(Documents(), 0.0, 1.0)}
    one, two = (Feed(shares, cutter, 4, seed=5) for _ in range(2))  # type: ignore[arg-type]
    two.batch(8, 0.2)
    assert (one.batch(step, 0.2).ids == two.batch(step, 0.2).ids).all()
    assert len(one.batch(step, 0.2)) == 4
