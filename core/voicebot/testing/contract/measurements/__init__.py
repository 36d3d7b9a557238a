"""What a check measures: processes, descriptors, memory, tasks, the event loop, and progress."""
