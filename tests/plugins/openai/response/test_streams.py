"""Everything that the specification of server-sent events allows is understood, over real sockets."""

from __future__ import annotations

import asyncio
import json

import pytest

from voicebot import ProviderError, ReplyEnded, Usage
from voicebot_openai.response.sse import EventDecoder, ServerEvent


def chunk(text="", finish=None, **more):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return json.dumps({"choices": [choice], **more})


HELLO, THERE, STOP = chunk("Hello"), chunk(" there."), chunk("", "stop")
DONE = "data: [DONE]\n\n"
SPLIT = json.dumps(
    {"choices": [{"index": 0, "delta": {"content": "Hello there."}, "finish_reason": "stop"}]}, indent=1
)

STREAMS = {
    "plain": f"data: {HELLO}\n\ndata: {THERE}\n\ndata: {STOP}\n\n{DONE}",
    "retry first": f"retry: 3000\n\ndata: {HELLO}\n\ndata: {THERE}\n\ndata: {STOP}\n\n{DONE}",
    "pings": f"event: ping\n\ndata: {HELLO}\n\nevent: ping\ndata: {{}}\n\nevent: ping\ndata: ping\n\n"
    f"data: {THERE}\n\ndata: keep-alive\n\ndata: {STOP}\n\n{DONE}",
    "a ping with JSON": f'event: ping\ndata: {{"type": "ping"}}\n\ndata: {HELLO}\n\ndata: {THERE}\n\n{DONE}',
    "news that are no error": f'event: status\ndata: {{"message": "queued", "code": 1}}\n\ndata: '
    f'{{"status": "queued", "message": "wait"}}\n\ndata: {HELLO}\n\ndata: {THERE}\n\n{DONE}',
    "comments": f": hello\n\n:\n\ndata: {HELLO}\n: in between\n\n: PROCESSING\n\ndata: {THERE}\n\n{DONE}",
    "ids": f"id: 1\ndata: {HELLO}\n\nid: 2\n\nid\ndata: {THERE}\n\nid: 3\ndata: [DONE]\n\n",
    "no blank": f"data:{HELLO}\n\ndata:{THERE}\n\ndata:[DONE]\n\n",
    "CRLF": f"data: {HELLO}\r\n\r\ndata: {THERE}\r\n\r\ndata: [DONE]\r\n\r\n",
    "CR": f"data: {HELLO}\r\rdata: {THERE}\r\rdata: [DONE]\r\r",
    "mixed line ends": f"data: {HELLO}\r\n\ndata: {THERE}\n\r\ndata: [DONE]\r\n\r",
    "BOM": f"\ufeffdata: {HELLO}\n\ndata: {THERE}\n\n{DONE}",
    "many lines": "".join(f"data: {line}\n" for line in SPLIT.splitlines()) + f"\n{DONE}",
    "unknown fields": f"foo: bar\nnothing\ndata: {HELLO}\n\ndata: {THERE}\nx\n\n{DONE}",
    "named events": f"event: message\ndata: {HELLO}\n\nevent: delta\ndata: {THERE}\n\n{DONE}",
    "empty data": f"data\n\ndata:\n\ndata: \n\ndata: {HELLO}\n\ndata: {THERE}\n\n{DONE}",
    "no last blank line": f"data: {HELLO}\n\ndata: {THERE}\n\ndata: [DONE]",
    "no last blank line, no end": f"data: {HELLO}\n\ndata: {THERE}\n",
    "a torn last event": f'data: {HELLO}\n\ndata: {THERE}\n\ndata: {STOP}\n\ndata: {{"usa',
    "an end in small letters": f"data: {HELLO}\n\ndata: {THERE}\n\ndata: [done]\n\n",
    "an end in quotes": f'data: {HELLO}\n\ndata: {THERE}\n\ndata:  "[DONE]" \n\n',
    "no blank lines between": f"data: {HELLO}\ndata: {THERE}\ndata: {STOP}\ndata: [DONE]\n\n",
    "blank lines first": f"\n\n\r\n\ndata: {HELLO}\n\ndata: {THERE}\n\n{DONE}",
}


def talk(chat_server, ask, body, *, kind="text/event-stream", size=0, **options):
    async def answer(exchange):
        await exchange.stream(body, kind=kind, size=size)

    async def run():
        async with chat_server(answer) as server, server.model(max_retries=0, **options) as model:
            return await ask(model)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "size"), [*((name, 0) for name in STREAMS), ("pings", 1), ("CRLF", 1), ("BOM", 1)]
)
def test_every_valid_stream_is_read_however_it_is_split(chat_server, ask, text_of, name, size):
    events = talk(chat_server, ask, STREAMS[name].encode(), size=size)
    assert text_of(events) == "Hello there."
    assert events[-1] == ReplyEnded("stop", None)


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_a_stream_split_anywhere_decodes_to_the_same_events(stream):
    def decode(*pieces):
        decoder = EventDecoder()
        return [event for piece in pieces for event in decoder.feed(piece)] + list(decoder.finish())

    body = stream.encode()
    whole = decode(body)
    assert all(decode(body[:at], body[at:]) == whole for at in range(len(body)))


def test_an_event_is_returned_with_its_blank_line_and_not_later():
    decoder = EventDecoder()
    assert list(decoder.feed(b"data: a\r")) == []
    assert list(decoder.feed(b"\r")) == [ServerEvent("", "a")]
    assert list(decoder.feed(b"\ndata: b\r\n\r")) == [ServerEvent("", "b")]
    assert list(decoder.feed(b"\n\n")) == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "application/octet-stream", "text/html", ""]
)
def test_a_stream_is_recognised_by_its_content_not_its_content_type(chat_server, ask, text_of, kind):
    assert text_of(talk(chat_server, ask, STREAMS["plain"].encode(), kind=kind)) == "Hello there."


@pytest.mark.parametrize(("kind", "indent"), [("text/event-stream", None), ("application/json", 2)])
def test_a_completion_that_was_not_streamed_is_a_reply(chat_server, ask, text_of, kind, indent):
    body = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"content": "Hello there."}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    }
    events = talk(chat_server, ask, json.dumps(body, indent=indent).encode(), kind=kind)
    assert text_of(events) == "Hello there."
    assert events[-1] == ReplyEnded("length", Usage(3, 4))


@pytest.mark.parametrize(
    ("details", "cached"),
    [({"cached_tokens": 2}, 2), ({"cached_tokens": 9}, 0), ({"cached_tokens": "2"}, 0), ([], 0), (None, 0)],
)
def test_cached_tokens_and_the_model_that_replied_are_reported(chat_server, ask, details, cached):
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "prompt_tokens_details": details}
    end = json.dumps({"model": "gpt-5.4-mini-2026-03-17", "choices": [], "usage": usage})
    body = STREAMS["plain"].replace("data: [DONE]", f"data: {end}\n\ndata: [DONE]").encode()
    ended = talk(chat_server, ask, body)[-1]
    assert (ended.usage.cached_tokens, ended.usage.model) == (cached, "gpt-5.4-mini-2026-03-17")


@pytest.mark.parametrize(
    "body",
    [f"{HELLO}\n{THERE}\n{STOP}\n", f"{HELLO}\r\n\r\n{THERE}\n[DONE]\n", f"[{HELLO}, {THERE},\n{STOP}]"],
    ids=["lines", "lines with an end", "a list"],
)
def test_chunks_as_plain_json_are_all_read(chat_server, ask, text_of, body):
    events = talk(chat_server, ask, body.encode(), kind="application/x-ndjson")
    assert text_of(events) == "Hello there."
    assert events[-1] == ReplyEnded("stop", None)


@pytest.mark.parametrize(
    "choice", [{"index": "0", "delta": {"content": "Hello."}}, {"delta": "Hello."}, {"message": "Hello."}]
)
def test_a_chunk_that_is_almost_as_documented_is_understood(chat_server, ask, text_of, choice):
    body = f"data: {json.dumps({'choices': [choice]})}\n\n{DONE}"
    assert text_of(talk(chat_server, ask, body.encode())) == "Hello."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"caf\xe9 noir", "caf\ufffd noir"),
        (b"a\xff\xfeb", "a\ufffd\ufffdb"),
        (b"\xf0\x9f\x98 cut", "\ufffd cut"),
        ("é 😀".encode(), "é 😀"),
    ],
)
@pytest.mark.parametrize("size", [0, 1])
def test_an_invalid_byte_costs_one_character_not_the_reply(chat_server, ask, text_of, raw, text, size):
    body = f"data: {chunk('@')}\n\n{DONE}".encode().replace(b"@", raw)
    assert text_of(talk(chat_server, ask, body, size=size)) == text


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["Yes \ud83d", "\ude00!"], "Yes 😀!"),
        (["\ud842", "", "\udfb7"], "𠮷"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["a", "\ude00b"], "a\ufffdb"),
        (["end\ud83d"], "end\ufffd"),
    ],
    ids=ascii,
)
def test_surrogates_are_joined_across_chunks_and_an_unpaired_one_is_replaced(
    chat_server, ask, text_of, pieces, text
):
    body = "".join(f"data: {chunk(piece)}\n\n" for piece in pieces) + DONE
    assert text_of(talk(chat_server, ask, body.encode())) == text


CONTENTS = {
    "text parts": ([{"type": "text", "text": "Hello"}, {"type": "text", "text": " there."}], "Hello there."),
    "a part": ({"type": "text", "text": "Hello."}, "Hello."),
    "strings": (["Hello", " there."], "Hello there."),
    "thoughts beside": (
        [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"text": "Hello."}],
        "Hello.",
    ),
    "unknown parts": ([{"type": "image_url"}, {"type": "text", "text": "Hello."}, None], "Hello."),
}


@pytest.mark.parametrize(("content", "text"), CONTENTS.values(), ids=CONTENTS)
def test_content_may_be_a_list_of_parts(chat_server, ask, text_of, content, text):
    body = f"data: {chunk(content)}\n\n{DONE}"
    assert text_of(talk(chat_server, ask, body.encode())) == text


def test_a_refusal_is_spoken(chat_server, ask, text_of):
    delta = {"choices": [{"index": 0, "delta": {"content": None, "refusal": "I'd rather not."}}]}
    assert (
        text_of(talk(chat_server, ask, f"data: {json.dumps(delta)}\n\n{DONE}".encode())) == "I'd rather not."
    )


ERRORS = {
    "an error event": ('event: error\ndata: {"message": "Out of memory"}\n\n', "Out of memory"),
    "an error event in plain words": ("event: error\ndata: Out of memory\n\n", "Out of memory"),
    "an error event with a string": ('event: error\ndata: "Out of memory"\n\n', "Out of memory"),
    "an object that is an error": ('data: {"object": "error", "message": "Bad luck"}\n\n', "Bad luck"),
    "only a message": ('data: {"message": "Bad luck", "code": 500}\n\n', "Bad luck"),
    "an error in words": ('data: {"error": "Bad luck"}\n\n', "Bad luck"),
    "Anthropic's": ('data: {"type": "error", "error": {"message": "Overloaded"}}\n\n', "Overloaded"),
    "Groq's": ('data: {"choices": [], "x_groq": {"error": "Out of memory"}}\n\n', "Out of memory"),
    "whole, a string": ('"upstream is gone"', "did not stream its reply: upstream is gone"),
    "whole, plain words": ("upstream is gone: reset\n", "did not stream its reply: upstream is gone"),
    "too long": ('data: {"error": {"message": "exceeds the context window"}}\n\n', "`history.budget`"),
    "no credit": ('data: {"error": {"message": "no", "code": "insufficient_quota"}}\n\n', "no credit left"),
    "whole": ('{"object": "error", "message": "Bad luck", "type": "x", "code": 500}', "Bad luck"),
    "whole, wrapped": ('[{"error": {"code": 400, "message": "Bad luck"}}]', "Bad luck"),
    "whole, in detail": ('{"detail": "Bad luck"}', "Bad luck"),
    "whole, too long": ('{"error": {"message": "the context length is 8"}}', "`history.budget`"),
}


@pytest.mark.parametrize(("body", "said"), ERRORS.values(), ids=ERRORS)
def test_an_error_with_status_200_is_reported_in_the_servers_words(chat_server, ask, body, said):
    with pytest.raises(ProviderError, match=said):
        talk(chat_server, ask, body.encode())


def test_an_error_after_the_first_words_breaks_the_reply_even_if_every_chunk_says_stop(chat_server, ask):
    body = f'data: {chunk("Hello", "stop")}\n\ndata: {{"error": {{"message": "Bad luck"}}}}\n\n'
    with pytest.raises(ProviderError, match="broke off the reply: Bad luck"):
        talk(chat_server, ask, body.encode())


def test_an_error_after_a_complete_reply_withdraws_nothing(chat_server, ask, text_of):
    body = f'data: {HELLO}\n\ndata: {STOP}\n\ndata: {{"error": {{"message": "Bad luck"}}}}\n\n'
    assert text_of(talk(chat_server, ask, body.encode())) == "Hello"
