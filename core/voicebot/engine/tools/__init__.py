"""Tools: which there are, whose call runs when, and what comes of each call.

Modules, from the bottom up:

- `rules`: whose call runs when, as a table
- `schema`, `arguments`: what a chat model wrote as arguments, checked against the tool's JSON Schema
- `records`: a call and its result, as history keeps them
- `catalogue`: the tools of all toolsets, with the config's changes
- `planning`: a call, checked
- `invocation`: one call of a toolset, whatever goes wrong in it
- `runner`: the calls that run in a conversation
- `confirmation`: the question that a call waits for
- `late_results`: results that nothing has been said of yet
- `tool_use`: what the replies of one conversation share
- `caller`: what a tool may do to the conversation
- `reply_calls`: the calls that a reply has started
- `reply_tools`: what the chat model calls in one reply
"""
