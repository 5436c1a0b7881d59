from __future__ import annotations

import time

import torch

from lucida.models.vlm.stopping import Deadline


def test_never() -> None:
    deadline = Deadline(None)
    assert not deadline.passed()
    assert deadline(torch.zeros(1, 5), None).tolist() == [False]


def test_a_deadline_in_the_future_and_one_that_has_passed() -> None:
    assert not Deadline(time.monotonic() + 1000).passed()
    deadline = Deadline(time.monotonic())
    assert not deadline.reached
    assert deadline(torch.zeros(2, 5), None).tolist() == [True, True]
    assert deadline.reached
