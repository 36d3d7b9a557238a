"""The voice `wyoming`: one connection for each utterance."""
