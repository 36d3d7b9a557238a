"""How much a server may send; more would only delay the conversation, and a model gets far less."""

LONGEST_MESSAGE = 4 * 1024 * 1024
"""Bytes of one message. Parsing holds Python's lock for up to 15 ms per megabyte."""
LONGEST_STDERR_LINE = 64 * 1024
"""Bytes of a line that a program writes to its standard error."""
MOST_TOOLS = 1000
"""Tools of a server."""
MOST_PAGES = 100
"""Pages of its list of tools; a broken server has always another one."""
LONGEST_DESCRIPTION = 1024
"""Characters of a tool's description; OpenAI refuses more."""
MOST_SCHEMA_PARTS = 5000
"""Values in the schema of a tool when what it refers to has been filled in."""
LONGEST_PROGRESS = 200
"""Characters of a line about progress, which may be spoken."""
MOST_PROGRESS = 1000
"""Lines about the progress of one call; further ones are dropped."""
BETWEEN_LISTS = 0.25
"""Seconds at least between two requests for the list of tools; some servers report a change at each."""
