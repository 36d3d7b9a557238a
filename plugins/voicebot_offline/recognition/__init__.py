"""The recogniser `pocketsphinx`, and the worker process that it listens in."""
