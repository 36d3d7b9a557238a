"""A recogniser kept running for the length of a conversation: sound goes in, transcripts come out."""
