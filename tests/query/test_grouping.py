from __future__ import annotations

from lucida.query.grouping import equal_groups, star_groups


def test_equal_keys_join_and_chain() -> None:
    keys = [("a", "1"), ("b",), ("a", "2"), ("c",), ("2",), ()]
    assert equal_groups(keys) == [[0, 2, 4]]
    assert equal_groups([]) == equal_groups([(), ()]) == []


def test_a_chain_is_no_group_of_all() -> None:
    pan = {(n, n + 1): 0.9 for n in range(10)}
    groups = star_groups(pan)
    assert max(map(len, groups)) == 3
    for middle, *others in groups:
        assert all((middle, other) in pan or (other, middle) in pan for other in others)


def test_a_full_group_stays_whole_and_its_middle_is_the_closest() -> None:
    pairs = {(0, 1): 0.9, (0, 2): 0.8, (1, 2): 0.95, (7, 9): 0.5}
    assert star_groups(pairs) == [[1, 2, 0], [9, 7]] or star_groups(pairs) == [[1, 2, 0], [7, 9]]


def test_nobody_is_in_two_groups() -> None:
    pairs = {(a, b): 1.0 for a in range(8) for b in range(a) if (a + b) % 3}
    members = [member for group in star_groups(pairs) for member in group]
    assert len(members) == len(set(members))
