from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida import Library
from lucida.config import LibraryConfig, ReadOptions
from lucida.errors import LibraryLockedError, UsageError
from lucida.index import Index


def test_found_and_cited(library: Library, papers: Path) -> None:
    report = library.ingest(papers)
    assert (report.added, report.failed, report.pages) == (2, [], 2)
    hits = library.search("when does the boat depart")
    assert Path(hits[0].source).name == "ferry.md"
    assert "14:30" in hits[0].text
    answer = library.ask("How much do tickets cost?")
    assert answer.text == "EUR 12.50"
    assert "12.50" in answer.citations[0].quote
    assert answer.citations[0].page == 1


def test_the_evidence_is_where_the_box_is(library: Library, papers: Path) -> None:
    library.ingest(papers)
    answer = library.ask("How much do tickets cost?")
    cited = np.asarray(library.picture(answer.citations[0]).convert("L"))
    assert cited.min() < 100 < 200 < cited.max()  # letters on paper
    picture = library.evidence(answer)
    assert picture is not None
    assert picture.width > 300


def test_nothing_to_cite_means_no_evidence(library: Library, papers: Path) -> None:
    library.ingest(papers)
    answer = library.ask("What is the boiling point of tungsten?")
    assert answer.abstained
    assert answer.citations == ()
    assert library.evidence(answer) is None


def test_unchanged_files_are_not_opened(library: Library, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.ingest(papers)
    monkeypatch.setattr("lucida.library.ingesting.ReadPool", None)
    report = library.ingest(papers)
    assert (report.added, report.unchanged) == (0, 2)


def test_a_touched_file_is_hashed_not_read(library: Library, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.ingest(papers)
    os.utime(papers / "ferry.md", ns=(1, 1))
    monkeypatch.setattr("lucida.library.ingesting.ReadPool", None)
    assert library.ingest(papers).unchanged == 2
    monkeypatch.setattr("lucida.library.triage.sha256_of", None)
    assert library.ingest(papers).unchanged == 2


def test_a_changed_file_replaces_what_was_there(library: Library, papers: Path) -> None:
    library.ingest(papers)
    (papers / "ferry.md").write_text("# Ferry\n\nThe service to Norland has been replaced by a bridge.\n")
    report = library.ingest(papers)
    assert (report.added, report.updated, report.unchanged) == (0, 1, 1)
    assert "bridge" in library.search("ferry to Norland")[0].text
    assert not any("14:30" in hit.text for hit in library.search("ferry 14:30"))


def test_a_changed_file_of_the_same_size_is_noticed(library: Library, papers: Path) -> None:
    library.ingest(papers)
    path = papers / "ferry.md"
    path.write_text(path.read_text().replace("14:30", "16:45"))
    os.utime(path, ns=(1, 1))
    assert library.ingest(papers).updated == 1
    assert "16:45" in library.search("when does the boat depart")[0].text


def test_a_moved_file_is_not_read_again(library: Library, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.ingest(papers)
    ids = {hit.id for hit in library.search("ferry", kind="passage")}  # a page is found by its file's name, too
    (papers / "moved").mkdir()
    (papers / "ferry.md").rename(papers / "moved" / "timetable.md")
    monkeypatch.setattr("lucida.library.ingesting.ReadPool", None)
    report = library.ingest(papers, prune=True)
    assert (report.moved, report.added, report.removed) == (1, 0, 0)
    hits = library.search("ferry", kind="passage")
    assert {hit.id for hit in hits} == ids
    assert Path(hits[0].source).name == "timetable.md"


def test_a_copy_is_a_source_of_its_own(library: Library, papers: Path) -> None:
    library.ingest(papers)
    (papers / "copy.md").write_text((papers / "ferry.md").read_text())
    assert library.ingest(papers).added == 1
    assert len(library.sources()) == 3


def test_prune_forgets_only_what_vanished_below_the_roots(library: Library, papers: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("somewhere else entirely")
    library.ingest(papers, tmp_path / "other")
    (papers / "ferry.md").unlink()
    (tmp_path / "other" / "a.txt").unlink()
    assert library.ingest(papers).removed == 0
    report = library.ingest(papers, prune=True)
    assert report.removed == 1
    assert {Path(row.path).name for row in library.sources()} == {"harbour.md", "a.txt"}


def test_an_unplugged_drive_is_not_forgotten(library: Library, papers: Path) -> None:
    library.ingest(papers)
    papers.rename(papers.with_name("elsewhere"))
    report = library.ingest(papers, prune=True)
    assert (report.removed, len(report.failed)) == (0, 1)
    assert len(library.sources()) == 2


def test_one_broken_file_costs_only_itself(library: Library, papers: Path) -> None:
    (papers / "empty.pdf").touch()
    (papers / "fake.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 9)
    report = library.ingest(papers)
    assert report.added == 2
    assert {Path(failure.source).name for failure in report.failed} == {"empty.pdf", "fake.pdf"}
    assert all(failure.error and failure.advice for failure in report.failed)
    assert {Path(row.path).name for row in library.sources(failed=True)} == {"empty.pdf", "fake.pdf"}


def test_failed_files_are_retried_on_request_or_when_they_change(library: Library, papers: Path) -> None:
    (papers / "late.md").touch()
    assert len(library.ingest(papers).failed) == 1
    assert library.ingest(papers).failed == []
    assert len(library.ingest(papers, retry_failed=True).failed) == 1
    (papers / "late.md").write_text("Now it has words.")
    report = library.ingest(papers)
    assert report.failed == []
    assert library.sources(failed=True) == []


def test_an_interrupted_run_keeps_what_it_read(library: Library, papers: Path) -> None:
    def interrupt(progress: object) -> None:
        if getattr(progress, "files_done", 0) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.ingest(papers, observer=interrupt, workers=1)
    assert len(library.sources()) == 1
    assert library.verify() == []
    assert library.ingest(papers).added == 1


def test_names_that_are_not_utf8(library: Library, papers: Path) -> None:
    path = Path(papers, os.fsdecode(b"caf\xe9\n.txt"))
    path.write_text("An espresso at the corner table costs three crowns.")
    library.ingest(papers)
    (hit,) = library.search("espresso price", top_k=1)
    assert hit.source == str(path)
    assert json.loads(json.dumps(hit.to_json()))["source"].endswith("caf\\xe9\\n.txt")
    assert library.picture(hit).width > 0
    assert library.ingest(papers).unchanged == 3


def test_sources_go_by_id_path_name_and_glob(library: Library, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.ingest(papers)
    row = library.source("ferry.md")
    monkeypatch.chdir(papers)
    for key in (row.id, str(row.id), row.path, "./ferry.md", "fer*", "*/papers/f*"):
        assert library.source(key).path == row.path
    assert len(library.find_sources(str(papers))) == 2
    with pytest.raises(UsageError, match="fits 2 sources"):
        library.source("*.md")
    with pytest.raises(UsageError, match="No source"):
        library.source("nothing.pdf")


def test_removing_forgets_everything_but_the_file(library: Library, papers: Path) -> None:
    library.ingest(papers)
    (removed,) = library.remove("ferry.md")
    assert Path(removed.path).exists()
    assert not any(hit.source == removed.path for hit in library.search("ferry"))
    assert library.verify() == []
    library.compact()
    assert library.statistics().tombstones == 0
    assert library.verify() == []


def test_filters(library: Library, papers: Path) -> None:
    library.ingest(papers)
    assert {Path(hit.source).name for hit in library.search("morning ferry", path="har*")} == {"harbour.md"}
    assert library.search("ferry", media_type="application/pdf") == []
    assert library.search("ferry", kind="passage")


def test_a_second_writer_is_turned_away_and_readers_are_not(library: Library, papers: Path) -> None:
    library.ingest(papers)
    with Index.open(library.folder, write=True):
        with pytest.raises(LibraryLockedError):
            library.ingest(papers)
        assert library.search("ferry")


def test_a_folder_of_other_things_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(UsageError, match="is no library"):
        Library.open(tmp_path / "photos")
    with pytest.raises(UsageError, match="is a file"):
        Library.open(tmp_path / "photos" / "a.jpg")
    with pytest.raises(UsageError, match="There is no library"):
        Library.open(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_library_answers_honestly(library: Library) -> None:
    assert library.search("anything") == []
    assert library.ask("Is anything here?").abstained
    assert library.statistics().sources == 0


def test_the_library_does_not_read_itself(papers: Path) -> None:
    with Library.open(papers / "library") as library:
        assert library.ingest(papers).added == 2
        assert library.ingest(papers).unchanged == 2


def test_without_paths_there_is_nothing_to_do(library: Library) -> None:
    with pytest.raises(UsageError):
        library.ingest()


def test_watching_reads_what_comes(library: Library, papers: Path) -> None:
    stop = threading.Event()
    reports = library.watch(papers, stop=stop)
    assert next(reports).added == 2
    late = threading.Timer(1.0, (papers / "new.md").write_text, ["A new lighthouse was built on the cliff."])
    late.start()
    assert next(reports).added == 1
    stop.set()
    assert list(reports) == []
    assert "lighthouse" in library.search("new lighthouse")[0].text


def test_settings_are_written_and_used(library: Library, papers: Path) -> None:
    library.configure(ocr="none", ignore=("harbour*",))
    assert LibraryConfig.load(library.folder).ocr == "none"
    assert library.ingest(papers).added == 1


def test_scans_without_ocr_say_so(library: Library, papers: Path) -> None:
    library.configure(ocr="none")
    Image.new("L", (1000, 1400), 255).save(papers / "blank.png")
    assert library.ingest(papers, options=ReadOptions()).failed == []
