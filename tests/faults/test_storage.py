"""Disks that fill up, folders that cannot be written, catalogues and settings that somebody or something broke."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lucida import Library, LucidaError
from lucida.errors import UsageError

#: Whole processes, ended, starved and misled: minutes in all.
pytestmark = pytest.mark.slow

Sound = Callable[[Path], None]
Found = Callable[[Path, str], set[str]]


@pytest.fixture
def many(tmp_path: Path, make: ModuleType) -> Path:
    """More text than a starved disk takes."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(5):
        paragraphs = (f"{make.sentence(f'barge{number}x{line}')} " * 12 for line in range(8))
        (folder / f"{number:02}.md").write_text("\n\n".join(paragraphs))
    (folder / "picture.png").write_bytes(make.png())
    return folder


def starve(limit: int) -> Callable[[], None]:
    """A ``preexec_fn`` after which no file can grow beyond the limit, as with a quota."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return limited


#: What the limit stops: the catalogue's shared memory, the vector file, the catalogue's log.
@pytest.mark.parametrize(
    "limit", [pytest.param(20_000, marks=pytest.mark.slow), pytest.param(50_000, marks=pytest.mark.slow), 90_000]
)
def test_a_disk_that_fills_up_while_publishing(
    lucida: Any, papers: Path, many: Path, found: Found, sound: Sound, limit: int
) -> None:
    assert lucida("ingest", papers).code == 0
    full = lucida("ingest", many, preexec_fn=starve(limit))
    assert full.code == 4
    assert "could not be written" in full.err
    assert "Free some space" in full.err
    sound(lucida.library)
    assert found(lucida.library, "ferry") == {"good.md"}
    again = lucida("ingest", many, papers, "--json")
    assert (again.code, again.json["failed"]) == (0, [])
    assert again.json["added"] + again.json["unchanged"] == 7
    sound(lucida.library)
    assert found(lucida.library, "barge3x7") == {"03.md"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)]
    if mount is None or umount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield disk
    subprocess.run([umount, "-l", str(disk)], check=True)


def test_a_file_system_without_space(
    small_disk: Path, command_line: Callable[..., Any], papers: Path, many: Path, found: Found, sound: Sound
) -> None:
    lucida = command_line(small_disk / "library")
    assert lucida("ingest", papers).code == 0
    ballast = small_disk / "ballast"
    space = os.statvfs(small_disk)
    ballast.write_bytes(bytes(max(space.f_bavail * space.f_bsize - 200_000, 0)))
    full = lucida("ingest", many)
    assert full.code == 4
    assert "Free some space" in full.err
    ballast.unlink()
    sound(lucida.library)
    assert found(lucida.library, "ferry") == {"good.md"}
    assert lucida("ingest", many).code == 0
    sound(lucida.library)
    assert found(lucida.library, "barge3x7") == {"03.md"}


def test_a_library_that_cannot_even_be_begun(lucida: Any, papers: Path, sound: Sound) -> None:
    full = lucida("ingest", papers, preexec_fn=starve(20_000))
    assert full.code == 4
    assert "Free some space" in full.err
    assert lucida("ingest", papers).code == 0
    sound(lucida.library)


@pytest.fixture
def shared(copied: Any, mortal: dict[str, Any]) -> Any:
    """A command line, for which permissions hold, on a copy of a library."""

    def lucida(*arguments: object) -> Any:
        return copied(*arguments, **mortal)

    lucida.library = copied.library  # type: ignore[attr-defined]
    yield lucida
    for path in [lucida.library, *lucida.library.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)


def read_only(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def test_a_library_that_may_only_be_read(shared: Any, papers: Path, sound: Sound) -> None:
    read_only(shared.library)
    before = {path: path.stat().st_mtime_ns for path in shared.library.rglob("*")}
    assert "ferry" in shared("search", "ferry").out
    assert "half past two" in shared("ask", "When does the ferry sail?").out
    assert shared("verify").code == 0
    for command in (("ingest", papers), ("remove", "good.md")):
        refused = shared(*command)
        assert refused.code == 4, command
        assert "may write" in refused.err or "ermission" in refused.err, refused.err
    assert {path: path.stat().st_mtime_ns for path in shared.library.rglob("*")} == before
    sound(shared.library)


def test_a_library_that_may_not_be_entered(shared: Any) -> None:
    shared.library.chmod(0)
    for command in (("search", "ferry"), ("status",), ("ingest", ".")):
        refused = shared(*command)
        assert refused.code == 4, command
        assert "Permission denied" in refused.err
        assert "Give yourself permission" in refused.err


@pytest.mark.parametrize("place", ["my books", "Bücher & Blätter", "two\nlines", "#1 100%?x=y;z", "-rf", "本 📚"])
def test_a_library_may_lie_anywhere(tmp_path: Path, pristine: Path, make: ModuleType, sound: Sound, place: str) -> None:
    folder = tmp_path / place / "library"
    (tmp_path / "new.md").write_text(make.sentence("felucca"))
    shutil.copytree(pristine, folder)
    with Library.open(folder) as library:
        assert library.ingest(tmp_path / "new.md").added == 1
        assert library.search("felucca")[0].source == str(tmp_path / "new.md")
    sound(folder)


@pytest.mark.parametrize("place", [pytest.param("Bücher & Blätter", marks=pytest.mark.slow), "two\nlines"])
def test_a_library_is_made_anywhere(tmp_path: Path, command_line: Callable[..., Any], papers: Path, place: str) -> None:
    (tmp_path / place).mkdir()
    lucida = command_line(tmp_path / place / "library")
    assert lucida("ingest", papers).code == 0
    assert lucida("status", "--json").json["sources"] == 1


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, command_line: Callable[..., Any], make: ModuleType) -> Path:
    base = tmp_path_factory.mktemp("pristine")
    (base / "good.md").write_text(make.sentence("ferry"))
    assert command_line(base / "library")("ingest", base / "good.md").code == 0
    return base / "library"


@pytest.fixture
def copied(pristine: Path, lucida: Any) -> Any:
    """A command line on a copy of a library."""
    shutil.copytree(pristine, lucida.library)
    return lucida


def from_the_future(catalogue: Path) -> None:
    with sqlite3.connect(catalogue) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def cut(catalogue: Path) -> None:
    os.truncate(catalogue, catalogue.stat().st_size // 2)


def cut_to_nothing(catalogue: Path) -> None:
    os.truncate(catalogue, 0)


def overwrite_header(catalogue: Path) -> None:
    with catalogue.open("r+b") as file:
        file.write(b"\xa5" * 100)


def overwrite_middle(catalogue: Path) -> None:
    with catalogue.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (catalogue.stat().st_size - 4096))


def replace_by_folder(catalogue: Path) -> None:
    catalogue.unlink()
    catalogue.mkdir()


def replace_by_another(catalogue: Path) -> None:
    catalogue.unlink()
    with sqlite3.connect(catalogue) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()


def remove(catalogue: Path) -> None:
    catalogue.unlink()


@pytest.mark.parametrize(
    ("break_it", "what", "advice"),
    [
        (from_the_future, "written by a newer Lucida", "Upgrade Lucida"),
        (cut, "catalogue", "backup"),
        (cut_to_nothing, "catalogue", "backup"),
        (overwrite_header, "catalogue", "backup"),
        (overwrite_middle, "catalogue", "backup"),
        (replace_by_folder, "catalogue", "Check that"),
        (replace_by_another, "holds tables", "backup"),
        (remove, "catalogue", "backup"),
    ],
)
def test_a_catalogue_that_cannot_be_used(
    copied: Any, papers: Path, break_it: Callable[[Path], None], what: str, advice: str
) -> None:
    for leftover in copied.library.glob("catalogue.db-*"):
        leftover.unlink()
    break_it(copied.library / "catalogue.db")
    vectors = sorted((copied.library / "segments").iterdir())
    ran = copied("ingest", papers)
    assert ran.code == 4
    assert what in ran.err
    assert advice in ran.err
    for look in (lambda library: library.search("ferry"), Library.statistics, Library.verify, repair):
        with pytest.raises(LucidaError) as caught, Library.open(copied.library, create=False) as library:
            look(library)
        assert caught.value.exit_code == 4
        assert what in caught.value.message
        assert advice in caught.value.advice
    assert sorted((copied.library / "segments").iterdir()) == vectors, "swept on the word of a broken catalogue"


def repair(library: Library) -> None:
    library.verify(repair=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"encoder = ", "not valid TOML"),
        (b"\xff\xfe\x00", "not valid TOML"),
        (b"colour = 'red'\n", "unknown key"),
        (b"languages = 'eng'\n", "list of strings"),
        (b"encoder = 3\n", "must be a string"),
        (b"ocr = 'magic'\n", "magic"),
        (b"encoder = 'no-such-model'\n", "no-such-model"),
        (b"database = 'no url'\n", "database URL"),
    ],
)
def test_settings_that_make_no_sense(copied: Any, papers: Path, text: bytes, says: str) -> None:
    before = (copied.library / "catalogue.db").read_bytes()
    (copied.library / "lucida.toml").write_bytes(text)
    with pytest.raises(UsageError, match=says), Library.open(copied.library) as library:
        library.ingest(papers)
    assert (copied.library / "catalogue.db").read_bytes() == before


def test_broken_settings_are_wrong_use(copied: Any, papers: Path) -> None:
    (copied.library / "lucida.toml").write_text("encoder = ")
    ran = copied("ingest", papers)
    assert ran.code == 2
    assert "not valid TOML" in ran.err
    assert "Correct the file, or delete it" in ran.err


def test_settings_that_may_not_be_read(shared: Any) -> None:
    (shared.library / "lucida.toml").chmod(0)
    ran = shared("search", "ferry")
    assert ran.code == 4
    assert "lucida.toml cannot be opened: Permission denied" in ran.err
    assert stat.S_IMODE((shared.library / "lucida.toml").stat().st_mode) == 0


def test_no_settings_at_all_are_the_usual_ones(copied: Any) -> None:
    (copied.library / "lucida.toml").unlink()
    assert "ferry" in copied("search", "ferry").out
