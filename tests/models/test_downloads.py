from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lucida.cli import output
from lucida.cli.app import main
from lucida.errors import ModelError, UsageError
from lucida.models import downloads, hf_files, records
from lucida.models import hub as lucida_hub
from lucida.models.hf import HfEncoder
from lucida.models.registry import load_shared_encoder

SPEC = "hf:tiny/siglip"


@pytest.fixture
def lucida(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        output.out.cache_clear()
        output.err.cache_clear()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def weights(folder: Path) -> Path:
    return folder / "model.safetensors"


def test_a_plan_names_sizes_and_fetches_nothing(hub: Any, hf_folders: dict[str, Path]) -> None:
    plan = downloads.plan(SPEC)
    assert plan.source == hub.address
    assert plan.repositories == ("tiny/siglip",)
    assert plan.files[0].name == "model.safetensors"
    assert plan.size == sum(path.stat().st_size for path in hf_folders["siglip"].iterdir())
    assert [line for line in hub.asked if "/resolve/" in line] == []
    assert not downloads.installed(SPEC)


def test_nothing_is_fetched_unasked(hub: Any) -> None:
    with pytest.raises(ModelError, match="not on this machine") as caught:
        load_shared_encoder(SPEC)
    assert f"lucida models get {SPEC}" in caught.value.advice
    assert hub.asked == []


def test_a_download_loads_and_is_written_down(hub: Any, hf_folders: dict[str, Path]) -> None:
    seen: list[tuple[int, int, str]] = []
    record = downloads.fetch(downloads.plan(SPEC), lambda *told: seen.append(told))
    assert seen[-1][0] == seen[-1][1] == record.size
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert {file.name for file in record.files} == {path.name for path in hf_folders["siglip"].iterdir()}
    assert record.files[0].revision == "c0ffee" + "0" * 34
    assert records.recorded(SPEC) == record
    before = len(hub.asked)
    encoder = load_shared_encoder(SPEC)
    local = HfEncoder(f"hf:{hf_folders['siglip']}")
    assert encoder.fingerprint == local.fingerprint
    np.testing.assert_array_equal(encoder.encode_texts(["a dog"]), local.encode_texts(["a dog"]))
    assert len(hub.asked) == before  # loading asks nobody
    assert downloads.plan(SPEC).missing == ()


def test_other_programs_find_what_was_downloaded(hub: Any) -> None:
    import huggingface_hub

    downloads.fetch(downloads.plan(SPEC))
    found = huggingface_hub.snapshot_download("tiny/siglip", local_files_only=True)
    assert weights(Path(found)).is_file()


def test_a_broken_connection_is_resumed(hub: Any) -> None:
    hub.cuts, hub.cut_after = 1, 100_000
    downloads.fetch(downloads.plan(SPEC))
    (asked,) = hub.ranges
    assert 100_000 - (1 << 14) <= int(asked.removeprefix("bytes=").rstrip("-")) <= 100_000
    assert downloads.installed(SPEC)


def test_an_interrupted_download_goes_on_where_it_stopped(hub: Any) -> None:
    class Enough(KeyboardInterrupt):
        pass

    def interrupt(done: int, total: int, name: str) -> None:
        if done >= 100_000:
            raise Enough

    hub.cuts, hub.cut_after = 1, 150_000
    with pytest.raises(Enough):
        downloads.fetch(downloads.plan(SPEC), interrupt)
    (partial,) = lucida_hub.cache().rglob("*.part")
    kept = partial.stat().st_size
    hub.cuts = 0
    hub.ranges.clear()
    assert not downloads.installed(SPEC)
    downloads.fetch(downloads.plan(SPEC))
    assert kept >= 90_000
    assert hub.ranges == [f"bytes={kept}-"]
    assert list(lucida_hub.cache().rglob("*.part")) == []
    assert load_shared_encoder(SPEC).encode_texts(["a dog"]).shape == (1, 32)


def test_a_partial_file_is_continued_by_the_next_process(hub: Any, hf_folders: dict[str, Path]) -> None:
    file = downloads.plan(SPEC).files[0]
    blobs = lucida_hub.cache() / "models--tiny--siglip" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{file.digest}.part").write_bytes(weights(hf_folders["siglip"]).read_bytes()[:200_000])
    told: list[int] = []
    lucida_hub.fetch(file, told.append)
    assert hub.ranges == ["bytes=200000-"]
    assert sum(told) == file.size


def test_an_altered_file_is_refused_and_not_kept(hub: Any) -> None:
    hub.alter = True
    with pytest.raises(ModelError, match="arrived altered"):
        downloads.fetch(downloads.plan(SPEC))
    assert list(lucida_hub.cache().rglob("*.safetensors")) == []
    assert list(lucida_hub.cache().rglob("*.part")) == []
    hub.alter = False
    downloads.fetch(downloads.plan(SPEC))


def test_a_file_that_changes_later_is_noticed(hub: Any) -> None:
    downloads.fetch(downloads.plan(SPEC))
    path = downloads.present(SPEC)[0].resolve()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not the one that was downloaded") as caught:
        load_shared_encoder(SPEC)
    assert "lucida models get" in caught.value.advice


@pytest.mark.parametrize(
    ("status", "says"), [(401, "no repository"), (403, "accept its terms"), (404, "lacks"), (500, "could not be")]
)
def test_refusals_are_told_in_a_sentence(hub: Any, monkeypatch: pytest.MonkeyPatch, status: int, says: str) -> None:
    from huggingface_hub.utils import _http

    monkeypatch.setattr(_http.time, "sleep", lambda _: None)
    hub.status = status
    with pytest.raises(ModelError, match=says) as caught:
        downloads.plan(SPEC)
    assert caught.value.advice
    assert "\n" not in str(caught.value)


def test_an_unknown_repository(hub: Any) -> None:
    with pytest.raises(ModelError, match="no repository tiny/clap"):
        downloads.plan("hf:tiny/clap")
    with pytest.raises(ModelError, match="no name of a repository"):
        downloads.plan("hf:tiny--siglip..")


def test_a_hub_that_is_not_there(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="could not be downloaded") as caught:
        downloads.plan(SPEC)
    assert "network" in caught.value.advice


def test_offline_mode_asks_nobody(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    for attempt in (downloads.plan, load_shared_encoder):
        with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
            attempt(SPEC)
    assert hub.asked == []


def test_a_slow_hub_is_waited_for(hub: Any) -> None:
    hub.pause_s = 0.3
    downloads.fetch(downloads.plan(SPEC))
    assert downloads.installed(SPEC)


def test_a_full_disk_is_told_before_it_is_full(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr(lucida_hub.shutil, "disk_usage", lambda _: Usage)
    with pytest.raises(ModelError, match="GB left") as caught:
        downloads.fetch(downloads.plan(SPEC))
    assert "HF_HOME" in caught.value.advice


def test_what_another_program_downloaded_is_taken(hub: Any) -> None:
    import huggingface_hub

    for path in hub.folders["tiny/siglip"].iterdir():
        huggingface_hub.hf_hub_download("tiny/siglip", path.name, endpoint=hub.address)
    assert downloads.installed(SPEC)
    assert load_shared_encoder(SPEC).encode_texts(["a dog"]).shape == (1, 32)
    assert records.recorded(SPEC) is not None


def test_half_a_download_of_another_program_is_not(hub: Any) -> None:
    import huggingface_hub

    huggingface_hub.hf_hub_download("tiny/siglip", "config.json", endpoint=hub.address)
    assert not downloads.installed(SPEC)
    with pytest.raises(ModelError, match="not on this machine"):
        load_shared_encoder(SPEC)


def test_pickled_repositories_are_refused_before_anything_is_fetched(hub: Any, tmp_path: Path) -> None:
    folder = shutil.copytree(hub.folders["tiny/siglip"], tmp_path / "pickled")
    weights(folder).unlink()
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    hub.folders["tiny/pickled"] = folder
    with pytest.raises(ModelError, match="pickled"):
        downloads.plan("hf:tiny/pickled")


def test_open_clip_tags_name_their_files(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lucida.models import openclip_files

    config = {"embed_dim": 8, "text_cfg": {"hf_tokenizer_name": "tiny/siglip"}}
    traits = {"hf_hub": "tiny/open/"}
    monkeypatch.setattr(openclip_files, "_known", lambda model, tag: (config, traits))
    folder = tmp_path / "open"
    folder.mkdir()
    shutil.copy(weights(hub.folders["tiny/siglip"]), folder / "open_clip_model.safetensors")
    hub.folders["tiny/open"] = folder
    spec = "openclip:ViT-X/tag"
    plan = downloads.plan(spec)
    assert plan.repositories == ("tiny/open", "tiny/siglip")
    names = [file.name for file in plan.files]
    assert names[0] == "open_clip_model.safetensors"
    assert "tokenizer.json" in names
    assert "model.safetensors" not in names
    downloads.fetch(plan)
    assert openclip_files.resolve(spec).weights.name == "open_clip_model.safetensors"
    (folder / "open_clip_model.safetensors").rename(folder / "open_clip_pytorch_model.bin")
    with pytest.raises(ModelError, match="no weights in safetensors"):
        downloads.plan(spec)


def test_only_names_of_repositories_are_looked_up() -> None:
    assert downloads.wanted("mini") == downloads.wanted("minilm") == downloads.wanted("hf:./folder") == []
    assert downloads.wanted("openclip:local-dir:folder") == []
    with pytest.raises(UsageError):
        downloads.wanted("nonsense")


@pytest.mark.parametrize("content", ["", "[]", '{"spec": 1}'])
def test_a_spoilt_record_is_made_anew(hub: Any, content: str) -> None:
    downloads.fetch(downloads.plan(SPEC))
    records.record_path(SPEC).write_text(content)
    assert records.recorded(SPEC) is None
    downloads.present(SPEC)
    assert records.recorded(SPEC) is not None
    assert [record.spec for record in records.every()] == [SPEC]


# -- the command line -----------------------------------------------------------------------------------------------


def test_get_says_size_and_source_and_needs_consent(lucida: Callable[..., Any], hub: Any) -> None:
    code, out, err = lucida("models", "get", SPEC)
    assert code == 3
    assert out == ""
    assert "tiny/siglip" in err
    assert hub.address in err
    assert "kB" in err
    assert "--download" in err
    assert [line for line in hub.asked if line.startswith("GET /tiny")] == []
    code, out, err = lucida("models", "get", SPEC, "--download", "--json")
    assert code == 0
    assert json.loads(out)["files"][0]["name"] == "model.safetensors"
    code, out, _ = lucida("models", "get", SPEC)
    assert code == 0
    assert "is here" in out
    rows = {row["spec"]: row for row in json.loads(lucida("models", "--json")[1])["models"]}
    assert rows[SPEC]["installed"]
    assert rows[SPEC]["size_bytes"] > 300_000


def test_get_checks_folders(lucida: Callable[..., Any], hub: Any, hf_folders: dict[str, Path], tmp_path: Path) -> None:
    assert lucida("models", "get", f"hf:{hf_folders['clip']}")[0] == 0
    code, _, err = lucida("models", "get", f"hf:{tmp_path}")
    assert code == 3
    assert "holds no weights" in err
    assert hub.asked == []


def test_hf_files_choose_shards() -> None:
    names = ["model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    rest = ["config.json", "tokenizer.json", "preprocessor_config.json", "README.md", "pytorch_model.bin"]
    assert hf_files.choose(names + rest, "x") == [names[1], names[2], names[0], rest[0], rest[2], rest[1]]
