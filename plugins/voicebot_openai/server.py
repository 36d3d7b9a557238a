"""What all providers of this plugin configure: the server, its key, and how to send requests to it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pydantic import field_validator

from voicebot import Field, Options, SecretStr, ServerAddress, check_headers, is_this_machine

OPENAI_HOST = "api.openai.com"


class Server(Options):
    """A server with OpenAI's API; subclasses define its address and key."""

    @field_validator("api_key", check_fields=False)
    @classmethod
    def _check_key(cls, api_key: SecretStr | None) -> SecretStr | None:
        key = api_key.get_secret_value().strip() if api_key else ""
        if not (key.isascii() and key.isprintable()):
            raise ValueError("contains characters that a key cannot have; copy it again")
        return api_key

    @property
    def url(self) -> str:
        """Address of the API."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The key in plain text, empty if there is none."""
        key: SecretStr | None = getattr(self, "api_key", None)
        return key.get_secret_value().strip() if key else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        password = urlsplit(self.url).password or ""
        return tuple(secret for secret in (self.key, password, unquote(password)) if secret)

    @property
    def host(self) -> str:
        """The host in the address."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""
        return is_this_machine(self.host)

    def server_addresses(self) -> Iterator[ServerAddress]:
        """Yield the server, to which the SDK goes through the proxy of the environment unless it is here."""
        parts = urlsplit(self.url)
        tls = parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        yield ServerAddress(self.host, port, tls, environment_proxy=not self.is_local)

    @property
    def is_ollama(self) -> bool:
        """Whether the server is most likely Ollama, by its port."""
        return urlsplit(self.url).port == 11434

    @property
    def is_azure(self) -> bool:
        """Whether the server is Azure OpenAI, which has error messages of its own."""
        return False

    @property
    def signs_in(self) -> bool:
        """Whether an access token, which is renewed regularly, is sent instead of a key."""
        return False

    @property
    def version(self) -> str | None:
        """The version of Azure's API; None for the v1 API, which has no versions."""
        return None

    @property
    def scope(self) -> str:
        """The scope to request of Entra ID, if `signs_in`."""
        return ""

    @property
    def is_speech(self) -> bool:
        """Whether the server speaks or transcribes instead of chatting."""
        return False

    @property
    def target(self) -> str:
        """The name of the model in requests."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """The address as it may be shown: without user name, password and query."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


class Connection(Server):
    """How to send requests to a server, and when to send one again."""

    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """HTTP headers to add to every request, for a gateway in between: `{X-Team: ${TEAM_KEY}}`. They replace
    headers of the same name, and their values are never shown."""
    connect_timeout: float = Field(5.0, gt=0, le=60)
    """Seconds that connecting to the server may take."""
    timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that the server may send nothing, before its answer begins or in the middle of it."""
    max_retries: int = Field(1, ge=0, le=5)
    """How often to ask again when the server fails before the first word or sound of its answer."""
    retry_budget: float = Field(2.0, ge=0, le=60)
    """Seconds after the request within which to ask again; if the server asks for a longer wait, the request
    fails at once."""

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return check_headers(headers, {"content-type"})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        values = (value.get_secret_value() for value in self.headers.values())
        return (*super().secrets, *(part for value in values for part in (value, *value.split()) if part))


def is_address(text: str) -> bool:
    """Return whether a text is the complete address of a web server."""
    if any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
