"""The back end against a true server: that of transformers, with a tiny model of random weights that sees pictures."""

from __future__ import annotations

import os
import runpy
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from PIL import Image

from lucida.errors import ModelError
from lucida.models.protocols import Message, Tool, ToolCall
from lucida.models.vlm.openai import OpenAiModel
from lucida.models.vlm.openai_wire import Patience

pytestmark = pytest.mark.slow  # each start of the server imports torch

chat = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("chat_server.py"))))
no_environment = chat.no_environment
PICTURE = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
QUESTION = (Message("system", ("Be brief.",)), Message("user", ("What is on", PICTURE, "this picture?")))
#: What the tiny model says tells nothing, but it says it for long.
LONG = 1500


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    model: str
    address: str

    def named(self, patience: Patience | None = None) -> OpenAiModel:
        return OpenAiModel(f"openai:{self.model}@{self.address}/v1", patience=patience)

    def stop(self) -> None:
        for number in (signal.SIGCONT, signal.SIGTERM):
            self.process.send_signal(number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights that writes letters alone, and never that it is done."""
    import torch
    from transformers import AutoModelForImageTextToText, AutoTokenizer

    tiny = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("tiny_vlm.py"))))
    made = tiny.build("idefics3", tmp_path_factory.mktemp("served"))
    model = AutoModelForImageTextToText.from_pretrained(made)
    letters = AutoTokenizer.from_pretrained(made).convert_tokens_to_ids(list(string.ascii_lowercase))
    said = torch.zeros_like(model.lm_head.weight)
    with torch.no_grad():
        said[letters] = model.lm_head.weight[letters]
        model.lm_head.weight.copy_(said)
    model.save_pretrained(made)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    """Started once, because it takes long; the last test kills it."""
    from transformers.utils.import_utils import is_serve_available

    program = Path(sys.executable).with_name("transformers")
    if not (program.exists() and is_serve_available()):
        pytest.skip("transformers serve is not installed")
    port = chat.free_port()
    command = [str(program), "serve", str(folder), "--port", str(port), "--host", "127.0.0.1", "--device", "cpu"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    running = Running(process, str(folder), f"http://127.0.0.1:{port}")
    try:
        latest = time.monotonic() + 400  # on a busy machine torch alone takes a minute to import
        while process.poll() is None and time.monotonic() < latest:
            try:
                httpx2.get(f"{running.address}/health", trust_env=False).raise_for_status()
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        assert process.poll() is None, (folder / "log").read_text()
        yield running
    finally:
        running.stop()


def local(folder: Path, tokens: int) -> str:
    """What the model itself says to the question."""
    from transformers import AutoModelForImageTextToText, AutoProcessor

    processor = AutoProcessor.from_pretrained(folder)
    parts = [
        {"type": "text", "text": part} if isinstance(part, str) else {"type": "image", "image": part}
        for part in QUESTION[1].parts
    ]
    turns = [{"role": "system", "content": [{"type": "text", "text": "Be brief."}]}, {"role": "user", "content": parts}]
    inputs = processor.apply_chat_template(
        turns, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    )
    model = AutoModelForImageTextToText.from_pretrained(folder)
    ids = model.generate(**inputs, max_new_tokens=tokens, do_sample=False)[0, inputs["input_ids"].shape[1] :]
    return str(processor.decode(ids, skip_special_tokens=True))


def test_a_true_server(server: Running, folder: Path) -> None:
    model, heard = server.named(), []
    reply = model.reply(QUESTION, most_tokens=24, on_text=heard.append)
    assert reply.text == "".join(heard)
    assert len(heard) > 1
    assert len(reply.text) == 24
    assert reply.text == local(folder, 24)
    assert reply.completion_tokens == 24
    assert reply.prompt_tokens is not None
    assert reply.prompt_tokens > len("Be brief.What is onthis picture?")
    assert reply.ending == "length"
    assert model.reply(QUESTION, most_tokens=24).text == reply.text

    # Tools, their results, and pictures among those, pass.
    tool = Tool("read", "Reads.", {"type": "object", "properties": {}})
    turns = (
        Message("assistant", (), (ToolCall("read", {"page": 1}, "a"),)),
        Message("tool", ("4", PICTURE), answers="a"),
    )
    assert model.reply((*QUESTION, *turns), tools=(tool,), most_tokens=8).text
    assert model.calls_tools

    at_once = model.reply(QUESTION, most_tokens=LONG, deadline=time.monotonic() + 1.5)
    assert at_once.ending == "deadline"
    assert at_once.text

    with pytest.raises(ModelError, match="pinned"):
        OpenAiModel(f"openai:other@{server.address}/v1").reply(QUESTION)


def test_a_true_server_that_hangs_and_dies(server: Running) -> None:
    said: list[str] = []

    def when_it_speaks(number: signal.Signals) -> Callable[[str], None]:
        said.clear()

        def hear(piece: str) -> None:
            if not said:
                server.process.send_signal(number)
            said.append(piece)

        return hear

    with pytest.raises(ModelError, match="said nothing more for 1 seconds"):
        server.named(Patience(stall_s=1)).reply(QUESTION, most_tokens=LONG, on_text=when_it_speaks(signal.SIGSTOP))
    assert said

    # It hangs still: the system takes the connection, and nobody answers.
    reply = server.named().reply(QUESTION, deadline=time.monotonic() + 1)
    assert (reply.text, reply.ending) == ("", "deadline")

    server.process.send_signal(signal.SIGCONT)
    with pytest.raises(ModelError, match="ended the connection in the middle of its reply"):
        server.named().reply(QUESTION, most_tokens=LONG, on_text=when_it_speaks(signal.SIGKILL))
    assert said
    with pytest.raises(ModelError, match="nothing listens there"):
        server.named(Patience(wait_s=0.01)).reply(QUESTION)
