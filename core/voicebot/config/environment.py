"""Variables for configs that lie in a file `.env`, for a command or a program to read once, at its start."""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import ConfigError, Problem

_DOT_ENV = ".env"


def read_dot_env(beside: str | Path) -> None:
    """Take over the variables of `.env` in this directory and in `beside`; the environment's own go first.

    Args:
        beside: the directory of a config.

    Raises:
        ConfigError: a file cannot be read.
    """
    from dotenv import load_dotenv

    for path in dict.fromkeys((Path(_DOT_ENV).absolute(), (Path(beside) / _DOT_ENV).absolute())):
        try:
            load_dotenv(path, override=False)
        except UnicodeDecodeError:
            message = "this is not text in UTF-8; save it as UTF-8"
            raise ConfigError([Problem(str(path), 1, 1, message)]) from None
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            raise ConfigError([Problem(str(path), 1, 1, message)]) from None
