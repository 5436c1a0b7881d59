"""What may be done with sources: by hand, by rule, and by the file itself."""

from __future__ import annotations

import pytest

from lucida.index import Index, Rule, Terms


@pytest.fixture
def stocked(index, make) -> Index:
    for number in range(2):
        index.publish(make.batch(number))
    return index


def paths(index: Index) -> dict[int, str]:
    return {row.id: row.path for row in index.sources()}


def test_nothing_is_said_at_first(stocked):
    assert stocked.terms() == {}
    assert stocked.rules() == []


def test_marks_by_hand_keep_what_they_do_not_change(stocked):
    first = min(paths(stocked))
    stocked.mark([first], no_derivatives=True)
    stocked.mark([first], licence="CC BY-ND 4.0")
    assert stocked.terms() == {first: Terms(True, "CC BY-ND 4.0")}
    stocked.mark([first], no_derivatives=False, licence="")
    assert stocked.terms() == {}


def test_a_mark_goes_with_its_source_and_outlives_a_new_reading(stocked, make):
    first = min(paths(stocked))
    stocked.mark([first], no_derivatives=True)
    stocked.publish(make.batch(0))
    assert stocked.terms()[first].no_derivatives
    stocked.remove([first])
    assert stocked.terms() == {}


def test_rules_hold_for_what_comes_later_and_hands_overrule_them(stocked, make):
    stocked.add_rule(Rule("/*", no_derivatives=True))
    before = set(paths(stocked))
    assert set(stocked.terms()) == before
    stocked.publish(make.batch(2))
    assert all(terms.no_derivatives for terms in stocked.terms().values())
    assert len(stocked.terms()) > len(before)
    spared = min(before)
    stocked.mark([spared], no_derivatives=False)
    assert spared not in stocked.terms()


def test_a_later_rule_of_the_same_glob_replaces_the_earlier_one(stocked):
    stocked.add_rule(Rule("/*", no_derivatives=True, licence="all rights reserved"))
    stocked.add_rule(Rule("/*", licence="CC0"))
    assert stocked.rules() == [Rule("/*", None, "CC0")]
    assert set(stocked.terms().values()) == {Terms(False, "CC0")}
    stocked.add_rule(Rule("/*"))
    assert stocked.rules() == []


def test_a_glob_without_a_slash_is_about_names(stocked):
    key, path = next(iter(paths(stocked).items()))
    stocked.add_rule(Rule(path.rpartition("/")[2], no_derivatives=True))
    assert list(stocked.terms()) == [key]


def test_a_sample_whose_parent_is_gone_is_flagged_at_once(stocked):
    item = stocked.passages_of(min(paths(stocked)))[0].id
    one, two = stocked.record_samples([("a.png", [item]), ("b.png", [item, 10_000])])
    assert stocked.orphaned_samples() == ["b.png"]
    assert stocked.record_samples([("a.png", [item])]) == [one]
    assert two != one
