from __future__ import annotations

import pytest

from lucida.errors import UsageError
from lucida.query.request import Part, SearchRequest, weighed


@pytest.mark.parametrize(
    ("written", "weight", "text"),
    [
        ("2:golden retriever", 2.0, "golden retriever"),
        ("0.5:fruit", 0.5, "fruit"),
        ("fruit", 1.0, "fruit"),
        ("14:30 ferry", 1.0, "14:30 ferry"),
        ("5: Conclusion", 1.0, "5: Conclusion"),
        ("note:well", 1.0, "note:well"),
        ("2:a:b", 2.0, "a:b"),
    ],
)
def test_weights_are_told_from_texts(written: str, weight: float, text: str) -> None:
    assert weighed(written) == (weight, text)


@pytest.mark.parametrize("written", ["0:fruit", "-1:fruit", "1000000:fruit", "+0.0:fruit"])
def test_a_weight_that_makes_no_sense_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="no weight") as caught:
        weighed(written)
    assert "minus" in caught.value.advice


def test_a_request_knows_its_words() -> None:
    request = SearchRequest("red car", parts=(Part(2.0, text="dusk"), Part(-1.0, text="people"), Part(item=3)))
    assert request.words == "red car dusk"
    assert request.unwanted_words == "people"
    assert [part.label for part in request.every_part] == ["red car", "dusk", "people", "item 3"]
