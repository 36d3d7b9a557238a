"""A final transcript, as hearing reports it to turn-taking."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass


@dataclass(frozen=True, slots=True)
class Final:
    """A final transcript, and how it relates to commits.

    Args:
        answers_commit: whether it can answer a commit; a final that comes before a commit cannot.
        passed_commits: commits within its speech, where the recogniser does not answer them.
        language: as the recogniser reports it, if it does.
        ends_speech: whether the recogniser has found the end of speech itself, if this answers no commit.
    """

    text: str
    _: KW_ONLY
    answers_commit: bool = True
    passed_commits: int = 0
    language: str | None = None
    ends_speech: bool = False
