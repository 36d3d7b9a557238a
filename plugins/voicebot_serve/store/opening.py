"""Which store an address means."""

from __future__ import annotations

from pathlib import Path

from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.redis_store import SCHEMES, RedisStore
from voicebot_serve.store.store import Store, StoreError


def store_at(url: str, shared: Path | None = None) -> Store:
    """Return the store at an address; by default, the embedded one.

    Args:
        url: `redis://…`, or empty.
        shared: the directory that the processes of one server share, if there are several.

    Raises:
        StoreError: it is no address of a store.
    """
    if not url:
        return EmbeddedStore(shared / "sessions.db" if shared is not None else None)
    scheme = url.partition(":")[0]
    if scheme not in SCHEMES:  # what follows may be a password
        raise StoreError("the address of the store must begin with redis://, rediss:// (with TLS) or unix://")
    return RedisStore(url)
