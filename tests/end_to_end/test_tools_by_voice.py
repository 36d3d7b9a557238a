"""A spoken question that only a tool of an MCP server can answer, and the spoken answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[1] / "plugins" / "mcp" / "stdio_server.py"
BOT = """\
extends: bot.yaml
start_timeout: 200
chat:
  provider: script
  rules:
    - patterns: [what is the weather in paris]
      call: {name: echo, arguments: {text: There will be rain in Paris.}}
      answers: ["{result}"]
      otherwise: [Fish soup and biscuit again.]
  default: [Pardon.]
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "effect", "answer"),
    [("", "reads", "There will be rain in Paris."), ("exit", "writes", "Fish soup and biscuit again.")],
    ids=["a server that works", "a server that ends"],
)
def test_the_result_of_a_tool_is_heard_in_the_answer_to_a_spoken_question(
    program, say, quiet, fault, effect, answer
):
    question = "what is the weather in paris"
    command = [sys.executable, "-I", str(SERVER), *([fault] if fault else [])]
    overrides = f"{{echo: {{effect: {effect}}}}}"
    server = f"provider: mcp, command: {command}, start_timeout: 150, allow: [echo]"
    program.write("hands.yaml", f"{BOT}tools: [{{{server}, overrides: {overrides}}}]\n")
    program.record("question.wav", quiet(0.5) + say(question) + quiet(0.5))

    ran = program("run", "hands.yaml", "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0, ran.stderr
    said = [line for line in ran.stdout.splitlines() if line.startswith(("You:", "Flint:"))]
    assert said == [f"You: {question}", f"Flint: {answer}"]
    assert program.answers("answer.wav") == [answer.lower().rstrip(".")]
