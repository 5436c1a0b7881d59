"""The learning rate rises and falls, and pictures grow."""

from __future__ import annotations

from lucida.training.schedule import Schedule


def test_the_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    schedule = Schedule(peak_rate=0.2, warm_up=0.1)
    rates = [schedule.rate(step / 100) for step in range(101)]
    assert max(rates) == rates[10] == 0.2
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[0] < 0.01
    assert 0 < rates[100] < 0.001


def test_pictures_grow_with_the_run() -> None:
    schedule = Schedule(sides=(80, 96, 128), until=(0.4, 0.75, 1.0))
    assert [schedule.side(share) for share in (0.0, 0.39, 0.4, 0.8, 1.0)] == [80, 80, 96, 128, 128]
