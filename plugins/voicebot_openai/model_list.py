"""The models that a server has."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from voicebot_openai.errors.failures import quote, raise_failure
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)

_TIMEOUT = 3.0
"""Seconds for the list of models at start."""
_MOST_SIMILAR = 3


async def list_models(client: AsyncOpenAI, options: Connection) -> set[str]:
    """Return the server's models, none if it does not list them; this opens a connection for later requests.

    Raises:
        RequestFailure: the server cannot be reached, or rejects the key.
    """
    import httpx2
    import openai

    timeout = min(_TIMEOUT, options.timeout)
    try:
        # Not `client.models.list`, which fails with servers that do not return a list.
        response = await client.get("/models", cast_to=httpx2.Response, options={"timeout": timeout})
        body = response.json()
    except openai.APITimeoutError:
        logger.warning("%s is slow: no answer in %g s", options.address, timeout)
    except openai.APIConnectionError as error:
        raise_failure(error, options)
    except openai.AuthenticationError as error:
        # A restricted key may be able to use models but not to list them.
        if "scope" not in quote(error.body, options):
            raise_failure(error, options)
    except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
        logger.debug("%s does not list its models: %s", options.address, type(error).__name__)
    else:
        models = body.get("data") if isinstance(body, dict) else None
        if isinstance(models, list):
            return {str(model["id"]) for model in models if isinstance(model, dict) and "id" in model}
    return set()


def similar_names(name: str, names: Iterable[str]) -> list[str]:
    """Return the names that are most similar to one, or some of them if none is."""
    known = sorted(names)
    return difflib.get_close_matches(name, known, _MOST_SIMILAR, cutoff=0.4) or known[:_MOST_SIMILAR]
