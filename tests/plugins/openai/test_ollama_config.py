"""The shipped `configs/ollama.yaml` fits the chat model's options."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from voicebot_openai.options import OpenAIChatOptions

CONFIG = Path(__file__).parents[3] / "configs" / "ollama.yaml"


def test_ollama_yaml_needs_no_variable_and_points_at_a_local_ollama():
    text = CONFIG.read_text(encoding="utf-8")
    defaults = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    assert "${" not in defaults
    chat = yaml.safe_load(defaults)["chat"]
    assert chat.pop("provider") == "openai"
    options = OpenAIChatOptions.model_validate(chat)
    assert options.is_ollama
    assert options.is_local
    assert options.preload
