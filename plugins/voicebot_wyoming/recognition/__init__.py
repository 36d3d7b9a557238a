"""The recogniser `wyoming`: one connection for each segment of speech."""
