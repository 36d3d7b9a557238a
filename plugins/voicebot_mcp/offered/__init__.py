"""The tools of a server and their results, as a chat model is offered them."""
