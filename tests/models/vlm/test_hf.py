from __future__ import annotations

import dataclasses
import json
import shutil
import time
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lucida.errors import DependencyError, ModelError, UsageError
from lucida.models.protocols import Message, Reply, Tool, ToolCall, VisionLanguageModel
from lucida.models.registry import load_vlm
from lucida.models.vlm.hf import HfVlm

QUICK = ("idefics3", "llava", "qwen2_vl")
OTHERS = (
    "fast_vlm",
    "gemma3",
    "internvl",
    "llava_next",
    "llava_onevision",
    "mistral3",
    "qwen2_5_vl",
    "qwen3_vl",
    "smolvlm",
)
FAMILIES = [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
LOOK = Tool("look", "Look closer.", {"type": "object", "properties": {"x": {"type": "number"}}})


def user(*parts: Any) -> list[Message]:
    return [Message("user", parts)]


def scripted(model: HfVlm, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let the model write a text, token by token, through all that lies behind its own choice of words."""
    import torch

    speaker = model._loaded()
    tokenizer, true = speaker._processor.tokenizer, speaker._model.generate
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    ids = [*tokenizer(text, add_special_tokens=False).input_ids, end]

    class Script:
        def __init__(self, start: int) -> None:
            self.start = start

        def __call__(self, input_ids: Any, scores: Any) -> Any:
            forced = torch.full_like(scores, -1e9)
            forced[:, ids[input_ids.shape[1] - self.start]] = 0
            return forced

    def generate(**given: Any) -> Any:
        if given.get("return_dict_in_generate"):
            return true(**given)
        return true(**given, logits_processor=[Script(given["input_ids"].shape[1])])

    monkeypatch.setattr(speaker._model, "generate", generate)


def plain(reply: Reply) -> Reply:
    return dataclasses.replace(reply, seconds=0.0, reused_tokens=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_to_texts_and_pictures(family: str, model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    speaker: VisionLanguageModel = model(family)
    words = speaker.reply(user("What is due?"), most_tokens=8)
    one = speaker.reply(user(draw(), "What is due?"), most_tokens=8)
    two = speaker.reply(user(draw(), "and", draw(60, 90, 1), "What is due?"), most_tokens=8)
    other = speaker.reply(user(draw(seed=5), "What is due?"), most_tokens=8)
    assert words.prompt_tokens < min(one.prompt_tokens, two.prompt_tokens)
    # LLaVA-OneVision cuts a picture into tiles where it is shown alone, and looks at several more coarsely.
    assert one.prompt_tokens < two.prompt_tokens or family == "llava_onevision"
    assert one.prompt_tokens == other.prompt_tokens
    assert len({words.text, one.text, two.text, other.text}) > 2
    for reply in (words, one, two, other):
        assert reply.ending in {"stop", "length"}
        assert reply.completion_tokens <= 8
        assert not reply.calls
        assert reply.seconds > 0
    assert one.prompt_tokens - words.prompt_tokens == speaker.sight(90, 40).tokens


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_known_of_a_page_changes_no_answer(
    family: str, folder: Callable[..., Path], draw: Callable[..., Any]
) -> None:
    spec = f"hf:{folder(family)}?dtype=float32&device=cpu"
    page, other = draw(200, 300, 3), draw(90, 40, 4)
    first, between = user(page, "Who signed it?"), user(other, page, "Which is older?")
    speaker = HfVlm(spec)
    speaker.reply(user(page, "What is due?"), most_tokens=4)
    speaker.reply(between, most_tokens=4)
    again = speaker.reply(first, most_tokens=16)
    fresh = HfVlm(spec).reply(first, most_tokens=16)
    assert plain(again) == plain(fresh)
    assert fresh.reused_tokens == 0
    assert 0 < speaker.sight(200, 300).tokens - 3 < again.reused_tokens < again.prompt_tokens
    assert speaker.reply(user(page.rotate(180), "Who signed it?"), most_tokens=1).reused_tokens == 0
    assert speaker.reply(user("Read this:", page, "Who signed it?"), most_tokens=1).reused_tokens == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_two_steps_say_what_one_step_says(
    family: str, folder: Callable[..., Path], draw: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = f"hf:{folder(family)}?dtype=float32&device=cpu"
    asked = [user(draw(90, 40, seed), "and", draw(200, 300, seed + 9), f"What is {seed}?") for seed in range(2)]
    two = [HfVlm(spec).reply(messages, most_tokens=16) for messages in asked]
    monkeypatch.setattr("lucida.models.vlm.prefix.TESTED", frozenset())
    whole = HfVlm(spec)
    one = [whole.reply(messages, most_tokens=16) for messages in asked * 2]
    assert [plain(reply) for reply in two * 2] == [plain(reply) for reply in one]
    assert {reply.reused_tokens for reply in one} == {0}


def test_what_is_heard_is_what_is_said(model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    heard: list[str] = []
    reply = model("llava").reply(user(draw(), "Tell."), most_tokens=40, on_text=heard.append)
    assert "".join(heard) == reply.text
    assert plain(reply) == plain(model("llava").reply(user(draw(), "Tell."), most_tokens=40))


def test_words_come_as_they_are_written(model: Callable[..., HfVlm], monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, heard = model("llava"), []
    scripted(speaker, monkeypatch, "  Straße 東京,  two \n")
    reply = speaker.reply(user("Where?"), on_text=heard.append, most_tokens=60)
    assert (reply.text, reply.ending) == ("Straße 東京,  two", "stop")
    assert "".join(heard) == reply.text
    assert len(heard) > 10
    assert all(heard)


def test_a_listeners_error_is_its_own(model: Callable[..., HfVlm], monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = model("llava")
    scripted(speaker, monkeypatch, "words")

    def deaf(_text: str) -> None:
        raise ValueError("the pipe is closed")

    with pytest.raises(ValueError, match="the pipe is closed"):
        speaker.reply(user("Where?"), on_text=deaf)
    assert speaker.reply(user("Where?")).text == "words"


def test_a_model_that_loops_is_stopped_by_the_limit(
    model: Callable[..., HfVlm], monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = model("llava")
    scripted(speaker, monkeypatch, "again " * 50)
    reply = speaker.reply(user("Where?"), most_tokens=30)
    assert (reply.ending, reply.completion_tokens, reply.text) == ("length", 30, ("again " * 5).strip())


def test_a_deadline_that_has_passed(model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    reply = model("llava").reply(user(draw(), "Where?"), deadline=time.monotonic() - 1)
    assert (reply.ending, reply.text, reply.completion_tokens) == ("deadline", "", 0)


def test_a_deadline_stops_in_the_middle(model: Callable[..., HfVlm], monkeypatch: pytest.MonkeyPatch) -> None:
    from lucida.models.vlm import stopping

    speaker, heard = model("llava"), []
    scripted(speaker, monkeypatch, "one two three")
    # The clock jumps when the second word is heard.
    monkeypatch.setattr(stopping.time, "monotonic", lambda: 2.0 if "two" in "".join(heard) else 0.0)
    reply = speaker.reply(user("Count."), deadline=1.0, on_text=heard.append)
    assert (reply.ending, reply.text) == ("deadline", "one two")
    monkeypatch.setattr(stopping.time, "monotonic", lambda: 0.0)
    assert speaker.reply(user("Count."), deadline=1.0).ending == "stop"


def test_tools_are_offered_and_called(model: Callable[..., HfVlm], monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, heard = model("qwen2_vl", tools=True), []
    assert speaker.calls_tools
    call = '<tool_call>\n{"name": "look", "arguments": {"x": 0.5}}\n</tool_call>'
    scripted(speaker, monkeypatch, f"Let me see. {call}")
    reply = speaker.reply(user("What is due?"), tools=[LOOK], on_text=heard.append)
    assert (reply.text, reply.ending) == ("Let me see.", "tool")
    assert reply.calls == (ToolCall("look", {"x": 0.5}),)
    assert "".join(heard) == reply.text
    without = speaker.reply(user("What is due?"))
    assert (without.calls, without.ending) == ((), "stop")
    assert "<tool_call>" in without.text


def test_a_call_that_cannot_be_read_is_text(model: Callable[..., HfVlm], monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, heard = model("qwen2_vl", tools=True), []
    scripted(speaker, monkeypatch, 'Well. <tool_call>{"name": look</tool_call>')
    reply = speaker.reply(user("What is due?"), tools=[LOOK], on_text=heard.append)
    assert (reply.text, reply.calls, reply.ending) == ('Well. <tool_call>{"name": look</tool_call>', (), "stop")
    assert "".join(heard) == reply.text


def test_results_of_tools_go_back(model: Callable[..., HfVlm]) -> None:
    asked = [*user("Sum?"), Message("assistant", (), (ToolCall("look", {"x": 1}),)), Message("tool", ("It is 7.",))]
    for speaker in (model("qwen2_vl", tools=True), model("llava")):
        assert speaker.reply(asked, most_tokens=2).prompt_tokens > speaker.reply(asked[:1], most_tokens=2).prompt_tokens


def test_no_tools_for_a_model_without_a_place_for_them(model: Callable[..., HfVlm]) -> None:
    assert not model("llava").calls_tools
    with pytest.raises(UsageError, match="cannot be offered tools"):
        model("llava").reply(user("Sum?"), tools=[LOOK])


def test_a_prompt_beyond_the_context(tiny: ModuleType, tmp_path: Path, draw: Callable[..., Any]) -> None:
    speaker = HfVlm(f"hf:{tiny.build('llava', tmp_path / 'short', context=96)}?dtype=fp32&device=cpu")
    with pytest.raises(UsageError, match=r"context of .* holds 96") as caught:
        speaker.reply(user(draw(), "word " * 30))
    assert "max_pixels" in caught.value.advice
    reply = speaker.reply(user("What is due?"), most_tokens=500)
    assert reply.prompt_tokens + reply.completion_tokens <= 96


def test_memory_that_runs_out(
    folder: Callable[..., Path], draw: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = HfVlm(f"hf:{folder('llava')}?dtype=fp32&device=cpu")
    assert speaker.reply(user(draw(), "Sum?"), most_tokens=1).prompt_tokens
    loaded = speaker._loaded()
    assert loaded.prefixes.size > 0

    def scarce(**_: object) -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 20 GiB.")

    monkeypatch.setattr(loaded._model, "generate", scarce)
    with pytest.raises(ModelError, match="memory of cpu ran out") as caught:
        speaker.reply(user("Sum?"))
    assert "quantise=4bit" in caught.value.advice
    assert loaded.prefixes.size == 0


def test_a_model_that_fails(folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = HfVlm(f"hf:{folder('llava')}?dtype=fp32&device=cpu")

    def broken(**_: object) -> None:
        raise IndexError("index 7 is out of range")

    monkeypatch.setattr(speaker._loaded()._model, "generate", broken)
    with pytest.raises(ModelError, match="failed while it was answering: index 7"):
        speaker.reply(user("Sum?"))


@pytest.mark.parametrize("messages", [[], [Message("user", ("x",))]], ids=["nobody", "nothing"])
def test_senseless_questions(messages: list[Message], model: Callable[..., HfVlm]) -> None:
    with pytest.raises(UsageError):
        model("llava").reply(messages, most_tokens=0 if messages else 8)
    with pytest.raises(UsageError):
        model("llava").sight(0, 10)


def test_crosses_process_borders_without_weights(model: Callable[..., HfVlm]) -> None:
    packed = ForkingPickler.dumps(model("llava"))
    assert len(packed) < 1000
    assert ForkingPickler.loads(packed).spec == model("llava").spec


def test_the_registry_loads_it(folder: Callable[..., Path]) -> None:
    speaker = load_vlm(f"hf:{folder('llava')}?dtype=bfloat16&device=cpu")
    assert isinstance(speaker, HfVlm)
    assert str(speaker.placement) == "cpu in bf16"
    assert speaker.reply(user("Sum?"), most_tokens=2).completion_tokens == 2
    with pytest.raises(UsageError, match="no vision-language model 'minilm'"):
        load_vlm("minilm")


def test_tools_are_known_without_torch(folder: Callable[..., Path]) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from lucida.models.registry import load_vlm;"
        f"load_vlm('hf:{folder('llava')}').calls_tools; print({{'torch', 'transformers'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture
def copy(folder: Callable[..., Path], tmp_path: Path) -> Path:
    return shutil.copytree(folder("llava"), tmp_path / "copy")


def test_a_model_without_a_chat_template(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="no chat template") as caught:
        HfVlm(f"hf:{copy}")
    assert "Instruct" in caught.value.advice


def test_a_model_without_a_processor(copy: Path) -> None:
    (copy / "processor_config.json").unlink()
    with pytest.raises(ModelError, match="no image preprocessing"):
        HfVlm(f"hf:{copy}")


def test_a_model_that_reads_texts_alone(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config["text_config"] | {"model_type": "llama"}))
    with pytest.raises(ModelError, match="of the kind llama, which does not look at pictures") as caught:
        HfVlm(f"hf:{copy}").reply(user("x"))
    assert "vision-language" in caught.value.advice


def test_pickled_weights_are_refused_unread(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickled"):
        HfVlm(f"hf:{copy}")


def test_code_in_a_folder_is_not_run(copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    changed = {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil", "AutoModelForImageTextToText": "evil.E"}}
    (copy / "config.json").write_text(json.dumps(config | changed))
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'pwned')!r}, 'w')\n")
    with pytest.raises(ModelError, match="does not load"):
        HfVlm(f"hf:{copy}").reply(user("x"))
    assert not (tmp_path / "pwned").exists()


def test_weights_that_lack_tensors_are_not_made_up(copy: Path) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    del tensors[next(name for name in tensors if "mlp" in name)]
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="lack 1 tensors"):
        HfVlm(f"hf:{copy}").reply(user("x"))


def test_quantising_wants_its_packages(folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(DependencyError, match="bitsandbytes is needed to load a model in 4bit"):
        HfVlm(f"hf:{folder('llava')}?quantise=4bit&device=cpu").reply(user("x"))


def test_a_processors_own_package_that_is_missing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import transformers

    def fail(*_: object, **__: object) -> None:
        raise ImportError("Package `num2words` is required. Install it with `pip install num2words`.")

    monkeypatch.setattr(transformers.AutoProcessor, "from_pretrained", fail)
    with pytest.raises(DependencyError, match="num2words") as caught:
        HfVlm(f"hf:{copy}").sight(10, 10)
    assert caught.value.advice == "Install it with: pip install num2words."


def test_what_is_not_here_is_said_with_its_size(hub: Any, folder: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match=r"not on this machine \(by its name about 0\.5 GB\)") as caught:
        load_vlm("hf:someone/Seer-256M-Instruct?device=cpu")
    assert caught.value.advice == "Download them with: lucida models get hf:someone/Seer-256M-Instruct."
    assert not hub.asked
    hub.folders["tiny/llava"] = folder("llava")
    with pytest.raises(ModelError, match="not on this machine"):
        load_vlm("hf:tiny/llava")
    fetched = load_vlm("hf:tiny/llava?dtype=fp32&device=cpu", allow_download=True)
    assert (
        fetched.reply(user("x"), most_tokens=3).text
        == HfVlm(f"hf:{folder('llava')}?dtype=fp32&device=cpu").reply(user("x"), most_tokens=3).text
    )
    asked = len(hub.asked)
    load_vlm("hf:tiny/llava")
    assert len(hub.asked) == asked
    from lucida.models import records

    names = {file.name for file in records.recorded("hf:tiny/llava").files}
    assert {"model.safetensors", "chat_template.jinja", "generation_config.json"} <= names
    from lucida.models.inventory import describe_models

    assert {row.spec: row.role for row in describe_models()}["hf:tiny/llava"] == "vision-language model"
