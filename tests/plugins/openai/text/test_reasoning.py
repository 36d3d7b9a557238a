"""Only the reply is spoken, not reasoning or special tokens, however the text is split into chunks."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from voicebot_openai.text.reasoning import ReasoningFilter

SILENCED = {
    "<think>Hm.</think>Hello.": "Hello.",
    "<think>\nHm.\n</think>\n\nHello.\n": "Hello.\n",
    "\n <think></think> Hello.": "Hello.",
    "<think>a < b </ think> </thin></think>Yes.": "Yes.",
    "<think>Hm.</think>\n<think>Hm again.</think>\nHello.": "Hello.",
    "<think>Hm": "",
    "<think>Hm.</think": "",
    "Let me see. <think>Hm, x.</think> Yes.": "Let me see. Yes.",
    "Hello.<think>Hm</think>World": "Hello. World",
    "Hello <think>hm</think> there": "Hello there",
    "<thinking>x</thinking>Yes": "Yes",
    "<reasoning>\nx</reasoning>\nYes": "Yes",
    "[THINK]x[/THINK]Yes": "Yes",
    "<thought>x</thought>Yes": "Yes",
    "<|channel|>analysis<|message|>We say hi.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>Hello there.<|return|>": "Hello there.",
    "<|start|>assistant<|channel|>commentary to=functions.x <|constrain|>json<|message|>{}<|call|>"
    "<|start|>assistant<|channel|>final<|message|>Hi": "Hi",
    "<|channel|>analysis<|message|>hm": "",
    "<|channel|>final<|message|>Hello.<|end|>": "Hello.",
    "Hello.<|im_end|>": "Hello.",
    "Hello.<|im_end|>\n<|im_start|>assistant\nMore.": "Hello.\nMore.",
    "Hello.<|im_end|>\n<|im_start|>user\nWhat?<|im_end|>\n<|im_start|>assistant\nThat.": "Hello.\nThat.",
    "<|im_start|>assistant\nHello": "Hello",
    "He<|im_end|>llo": "Hello",
    "Hello <|eot_id|>": "Hello ",
    "Hello</s>": "Hello",
    "<s> Hello</s>": "Hello",
    "Hi. [INST] Foo? [/INST] It is.": "Hi. It is.",
    "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>": "Hello",
    "<|assistant|>\nHello<|end|>": "Hello",
    "<start_of_turn>model\nHi<end_of_turn>": "Hi",
    "<|channel>thought\nhm<channel|>Hi": "Hi",
    "<unused94>thought\nhm<unused95>Hi": "Hi",
    "<｜Assistant｜>Hi<｜end▁of▁sentence｜>": "Hi",
    "◁think▷a◁/think▷Hi": "Hi",
    "<seed:think>a</seed:think>Hi": "Hi",
    'He said "Hi."<|im_end|>': 'He said "Hi."',
    "Hello there.</think>": "Hello there.",
    "Hello 😀 <think>\nHm.\n</think>\nThere.": "Hello 😀 There.",
    "<|start_of_role|>assistant<|end_of_role|>Hello.<|end_of_text|>": "Hello.",
    "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Hello.<|END_RESPONSE|>": "Hello.",
    "<|begin_of_thought|>\nHm.\n<|end_of_thought|>\n\nHello.": "Hello.",
    "Hello. <think>\nIt goes on": "Hello. ",
    "<|im_start|>assistant\nHello.<|im_end|>\n<|endoftext|>": "Hello.\n",
    "Hello.<|end|><|start|>user<|message|>What?<|end|><|start|>assistant<|message|>That.": "Hello.That.",
    "<s>[INST] Foo? [/INST] It is.</s>": "It is.",
    "<think>\nThe user asks about <|im_end|> and [THINK].\n</think>\nHello.": "Hello.",
    "Hello. <think> the user greets me </think> There.": "Hello. There.",
    "<think>Hm.</think>\n<answer>\nHello.\n</answer>": "Hello.\n",
    "<think>Hm.</think><response>Hello.</response>": "Hello.",
    '<tool_call>\n{"name": "x"}\n</tool_call>\nHello.': "Hello.",
    'Let me see.\n<tool_call>{"name": "x", "a": "<b>"}</tool_call>': "Let me see.\n",
    "<think>I may use <tool_call>x</tool_call>, or not.</think>Hello.": "Hello.",
    "<inner_monologue>Hm.</inner_monologue>Hello.": "Hello.",
    "<longcat_think>Hm.</longcat_think>Hello.": "Hello.",
    "<antThinking>Hm.</antThinking><cot>Hm.</cot>Hello.": "Hello.",
    '<function=look>{"at": 1}</function>Hello.': "Hello.",
    "Hello. <|python_tag|>look()<|eom_id|>": "Hello. ",
    'Hello. [TOOL_CALLS][{"name": "x"}]</s>': "Hello. ",
    "<|tool_calls_section_begin|><|tool_call_begin|>x<|tool_call_end|><|tool_calls_section_end|>Hi": "Hi",
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>x<｜tool▁call▁end｜><｜tool▁calls▁end｜>Hi": "Hi",
    "[|assistant|]Hello.[|endofturn|]": "Hello.",
    "<reserved_107>Hello.<SPECIAL_11>[EOS]": "Hello.",
    "[gMASK]<sop>Hello.<|observation|>": "Hello.",
    "Sure!\n<thinking>the user</thinking>\nHello.": "Sure!\nHello.",
}
HONEST = [
    "Hello.",
    "I <think> so.</think>",
    "<b>Bold</b>",
    "<thinker>",
    "<thi",
    "",
    "The tag <think> means that it thinks.",
    "Use `<think>` and `</think>`.",
    "Tags: <think>, </think> and [THINK].",
    "Use <s> in HTML to strike.",
    "In HTML, <s>old</s> is struck.",
    "The token <|im_end|> marks the end.",
    "<|im_end|> marks the end.",
    "Close it with </think>.",
    "Hi [INST] foo? [/INST] It is.",
    'Write "<think>" first.',
    "a < b and array[0] <your name> [1]",
    "```\n<think>\n```\nDone.",
    "1. <think> Opens a thought.\n2. </think> Ends it.",
    "The template writes `<|im_start|>user` and then `<|im_end|>`.",
    "Special tokens: <|im_start|>, <|im_end|> and </s>.",
    "- <|eot_id|>: ends a turn\n- </s>: ends a text",
    "Write <think>, then your thoughts, then </think>.",
    "It goes <think>on and on",
    "I <3 you, x<y and [sic] 「<think>」.",
    "What does it mean? <think> opens a thought.",
    "The tags are: <think>, <reasoning>.",
    "Use <think>...</think> tags.",
    "Between <think> and </think>, models reason.",
    "Llama uses [INST] and [/INST].",
    "In HTML, </s> closes <s>.",
    "Wrap it in <answer> and </answer> tags.",
    "A <tool_call> tag opens a call and </tool_call> closes it.",
    "A <function> of <functions=>, </functional>.",
    "[|x] or |a| or [EOSX] and [PADDING].",
    "The token [EOS] means the end.",
]


PIECES = [
    *("Hello", " ", "\n", ". ", "a", "The tag ", " means", ",", "!", "?", "é", "用", "1. ", "\n- ", '"', ")"),
    *("<think>", "</think>", "<thin", "k>", "[THINK]", "[/THINK]", "<b>", "<", "[", ">", "|", "`", "```"),
    *("<|im_end|>", "<|im_start|>", "assistant\n", "user\n", "<s>", "</s>", "[INST]", "[/INST]", "<|", "|>"),
    *("<|channel|>", "analysis", "final", "<|message|>", "<|end|>", "<|start|>", "<|channel>", "<channel|>"),
]


def spoken(*chunks, begins_inside=False):
    thoughts = ReasoningFilter(begins_inside=begins_inside)
    return "".join([thoughts.feed(chunk) for chunk in chunks]) + thoughts.finish()


@pytest.mark.parametrize(("text", "answer"), [*SILENCED.items(), *zip(HONEST, HONEST, strict=True)])
def test_only_the_reply_is_spoken_however_the_text_is_split(text, answer):
    assert spoken(text) == spoken(*text) == answer
    assert {spoken(text[:at], text[at:]) for at in range(len(text))} <= {answer}


@pytest.mark.parametrize("seed", range(0, 300, 50))
def test_splitting_makes_no_difference_however_words_and_tokens_are_mixed(seed):
    for draw in map(random.Random, range(seed, seed + 50)):
        text = "".join(draw.choices(PIECES, k=draw.randint(1, 14)))
        cuts = sorted(draw.choices(range(len(text) + 1), k=3))
        chunks = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
        assert spoken(*chunks, begins_inside=True) == spoken(*text, begins_inside=True), text
        whole = ReasoningFilter()
        said = whole.feed(text) + whole.finish()
        if not whole.began_inside:  # what comes with the end of a thought that nobody began is silent
            assert spoken(*chunks) == spoken(*text) == said, text


@pytest.mark.parametrize(
    "text", ["Hm. Hello?</think>\n\nHello.", "\n</think>Hello.", "<think>\nHm.</think>\nHello."]
)
def test_a_reply_that_begins_inside_reasoning_is_silent_to_its_end(text):
    assert spoken(text, begins_inside=True) == spoken(*text, begins_inside=True) == "Hello."
    assert {spoken(text[:at], text[at:], begins_inside=True) for at in range(len(text))} == {"Hello."}


@pytest.mark.parametrize("text", ["Hello.", " Hello, <b>you</b>.", "Hello <thi"])
def test_assumed_reasoning_that_never_ends_is_spoken(text):
    assert spoken(text, begins_inside=True) == spoken(*text, begins_inside=True) == text.lstrip()


def test_text_in_the_chunk_of_an_unmatched_end_of_reasoning_is_not_spoken():
    assert spoken("Hm. Hello?</think>Hello.") == "Hello."
    assert spoken("Hm.", " Hello?</think>", "Hello.") == "Hm. Hello?Hello."
    assert spoken("Hello there.</think>") == "Hello there."


def test_a_reply_without_reasoning_is_not_delayed():
    thoughts = ReasoningFilter()
    chunks = ("H", "ello", " a <", " b", " <b", ">", " [x", "]", " [1")
    given = ["H", "ello", " a ", "< b", " ", "<b>", " ", "[x]", " [1"]
    assert [thoughts.feed(chunk) for chunk in chunks] == given
