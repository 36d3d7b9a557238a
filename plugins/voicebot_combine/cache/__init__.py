"""`cache`: sentences that have been spoken before are played from disk."""
