"""The error tree: each error has a code, survives a process border, and speaks in whole sentences."""

from __future__ import annotations

import inspect
import pickle  # noqa: TID251 - what multiprocessing does with errors

import pytest

from lucida import errors
from lucida.errors import ExitCode, LucidaError

TREE = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, LucidaError)]


@pytest.mark.parametrize("cls", TREE)
def test_errors_cross_process_borders(cls: type[LucidaError]) -> None:
    copy = pickle.loads(pickle.dumps(cls("It broke.", "Mend it.")))
    assert type(copy) is cls
    assert (copy.message, copy.advice, str(copy)) == ("It broke.", "Mend it.", "It broke. Mend it.")


@pytest.mark.parametrize("cls", TREE)
def test_errors_have_a_code_and_a_docstring(cls: type[LucidaError]) -> None:
    assert isinstance(cls.exit_code, ExitCode)
    assert cls.exit_code is not ExitCode.DONE
    assert cls.__doc__


def test_the_codes_are_the_contract() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "DONE": 0,
        "SOME_FILES_FAILED": 1,
        "WRONG_USE": 2,
        "MISSING_DEPENDENCY": 3,
        "LIBRARY_DAMAGED": 4,
        "INTERRUPTED": 130,
    }
