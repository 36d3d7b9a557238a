"""The store of many machines: Redis, or what speaks its protocol, such as Valkey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from voicebot_serve.store.round_trips import Command, RoundTrips
from voicebot_serve.store.store import GRACE, Hold, Lease, Store, StoreAway, StoreError

if TYPE_CHECKING:
    from redis.asyncio import Redis

SCHEMES = ("redis", "rediss", "unix")
_PREFIX = "voicebot:"
# Each script has one key, as a cluster needs, and runs undisturbed by others.
_SAVE = """
local fence = redis.call('HGET', KEYS[1], 'fence')
if fence and fence ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'value', ARGV[5])
redis.call('HSETNX', KEYS[1], 'token', ARGV[2])
redis.call('HSETNX', KEYS[1], 'whose', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""
_TAKE = """
local found = redis.call('HMGET', KEYS[1], 'fence', 'token', 'former', 'used', 'whose', 'value')
if not found[1] or found[5] ~= ARGV[2] then return nil end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
if ARGV[1] ~= found[2] and (ARGV[1] ~= found[3] or now - tonumber(found[4]) > tonumber(ARGV[4])) then
  return nil
end
local fence = tonumber(found[1]) + 1
redis.call('HSET', KEYS[1], 'fence', fence, 'token', ARGV[3], 'former', ARGV[1], 'used', tostring(now))
return {fence, found[6]}
"""
_RENEW = """
local fence = redis.call('HGET', KEYS[1], 'fence')
if not fence then return 'absent' end
if fence ~= ARGV[1] then return 'lost' end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 'held'
"""
_FORGET = """
if redis.call('HGET', KEYS[1], 'fence') == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class RedisStore(Store):
    """Keeps sessions in Redis.

    Args:
        url: `redis://[[USER]:PASSWORD@]HOST[:PORT][/NUMBER]`, `rediss://…` with TLS, or `unix://PATH`.
        timeout: seconds that Redis may take for an answer.
    """

    def __init__(self, url: str, *, timeout: float = 2.0) -> None:
        self._url = url
        self._timeout = timeout
        self.place = _shown(url)
        """The address without what is secret in it."""
        self._redis: Redis | None = None

    @property
    def how_to_empty(self) -> str:
        """See `Store`."""
        redis_cli = f"redis-cli -u {self.place}"
        if self.place.startswith("unix:"):
            redis_cli = f"redis-cli -s {urlsplit(self.place).path}"
        return (
            "start Redis again if it keeps nothing on disk, or run "
            f"`{redis_cli} --scan --pattern '{_PREFIX}*' | xargs {redis_cli} unlink`, with its password in "
            "REDISCLI_AUTH"
        )

    async def start(self) -> None:
        """See `Store`."""
        try:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff
            from redis.exceptions import ConnectionError as ConnectionLost
        except ImportError:
            raise StoreError(
                f"{self.place} needs the package redis: pip install voicebot-framework[redis]"
            ) from None
        try:
            self._redis = redis = Redis.from_url(
                self._url,
                socket_timeout=self._timeout,
                socket_connect_timeout=self._timeout,
                retry=Retry(NoBackoff(), 1, (ConnectionLost,)),  # it was closed while it was not used
            )
        except (ValueError, TypeError):  # its message may show the password
            raise StoreError(f"the address of the store, {self.place}, is not one of Redis") from None
        self._round_trips = RoundTrips(redis)
        try:
            await self._ask(("PING",))
        except StoreAway as error:
            await self.aclose()
            raise StoreError(
                f"the store at {self.place} is not reached: {error}; start it, or leave out --store"
            ) from None

    async def aclose(self) -> None:
        """See `Store`."""
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None

    async def agree(self, name: str, value: bytes) -> bytes:
        """See `Store`."""
        key = f"{_PREFIX}agreed:{name}"
        _, found = await self._ask(("SET", key, value, "NX"), ("GET", key))
        return found if isinstance(found, bytes) else value

    async def spend(self, nonce: str, seconds: float) -> bool:
        """See `Store`."""
        key, mine = f"{_PREFIX}spent:{nonce}", uuid4().bytes
        _, found = await self._ask(("SET", key, mine, "NX", "PX", _milliseconds(seconds)), ("GET", key))
        return bool(found == mine)

    async def save(self, lease: Lease, value: bytes, seconds: float) -> bool:
        """See `Store`."""
        arguments = (lease.fence, lease.token, lease.whose, _milliseconds(seconds), value)
        (saved,) = await self._ask(_script(_SAVE, lease.session, *arguments))
        return bool(saved)

    async def take(self, session: str, shown: str, whose: str, token: str) -> tuple[Lease, bytes] | None:
        """See `Store`."""
        (found,) = await self._ask(_script(_TAKE, session, shown, whose, token, GRACE))
        return None if found is None else (Lease(session, int(found[0]), token, whose), found[1])

    async def renew(self, leases: Sequence[Lease], seconds: Sequence[float]) -> list[Hold]:
        """See `Store`."""
        holds = await self._ask(
            *(
                _script(_RENEW, lease.session, lease.fence, _milliseconds(each))
                for lease, each in zip(leases, seconds, strict=True)
            )
        )
        return [each.decode() for each in holds]

    async def forget(self, lease: Lease) -> None:
        """See `Store`."""
        await self._ask(_script(_FORGET, lease.session, lease.fence))

    async def _ask(self, *commands: Command) -> list[Any]:
        from redis.exceptions import RedisError

        if self._redis is None:
            raise StoreAway("the store is closed")
        try:
            return await self._round_trips.ask(*commands)
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreAway(_reason(error)) from error


def _script(script: str, session: str, *arguments: object) -> Command:
    return ("EVAL", script, 1, _key(session), *arguments)


def _key(session: str) -> str:
    return f"{_PREFIX}session:{session}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _reason(error: Exception) -> str:
    """Return what went wrong, without what a server or an address may say in it."""
    import ssl

    from redis import exceptions

    if any(isinstance(each, ssl.SSLCertVerificationError) for each in _with_causes(error)):
        return "its certificate is not valid for that address; `?ssl_ca_certs=FILE` names its authority"
    match error:
        case exceptions.AuthenticationError():
            return "the user or password is wrong, or missing"
        case exceptions.NoPermissionError():
            return "the user may not run a command that is needed"
        case exceptions.ReadOnlyError():
            return "it is a replica, which cannot be written to"
        case exceptions.OutOfMemoryError():
            return "its memory is full"
        case exceptions.TimeoutError() | TimeoutError():
            return "it does not answer"
        case exceptions.ConnectionError() | OSError():
            return "it cannot be connected to"
        case exceptions.ResponseError() if str(error).startswith("DENIED"):
            return (
                "it takes connections of its own machine only, until it has a password or `protected-mode no`"
            )
    return type(error).__name__


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _shown(url: str) -> str:
    """Return an address without user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
