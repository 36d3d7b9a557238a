"""One reply: from the request, through synthesis and playback, to what was heard of it."""
