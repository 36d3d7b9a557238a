"""The Speech SDK, loaded and configured for an account. Everything here blocks, so call it in a thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from voicebot import ProviderError, install_hint
from voicebot_azure.account import SpeechAccount

DISTRIBUTION = "azure-cognitiveservices-speech"
_SCOPE = "https://cognitiveservices.azure.com/.default"


class SpeechSdk:
    """The Speech SDK with one account's credentials; `module` is `azure.cognitiveservices.speech`.

    Args:
        service: `stt` or `tts`.
    """

    def __init__(self, account: SpeechAccount, service: str) -> None:
        self.module = _load_module()
        self._account = account
        self._service = service
        self._credential: Any = None
        self._token_provider: Callable[[], str] | None = None
        if account.entra:
            self._credential, self._token_provider = _entra_credential()

    def config(self, endpoint: str | None = None) -> Any:
        """Return a new `SpeechConfig` with credentials and proxy.

        With Entra ID it carries a token that is valid for about an hour; a new one is fetched if the last one
        has expired.

        Args:
            endpoint: the address to connect to; the account's own when None.

        Raises:
            ProviderError: no token could be fetched.
        """
        account = self._account
        config = self._config_with_credentials(endpoint or account.endpoint)
        if account.proxy is not None:
            host, _, port = account.proxy.rpartition(":")
            password = account.proxy_password.get_secret_value() if account.proxy_password else None
            config.set_proxy(host, int(port), account.proxy_user, password)
        return config

    def apply_overrides(self, config: Any) -> Any:
        """Set the user's own headers and properties, which override all others; return the config."""
        for name, secret in self._account.headers.items():
            channel = self.module.ServicePropertyChannel.HttpHeader
            config.set_service_property(name, secret.get_secret_value(), channel)
        for name, value in self._account.properties.items():
            set_property(self.module, config, name, value)
        return config

    def close(self) -> None:
        """Close the credential."""
        if self._credential is not None:
            self._credential.close()

    def _config_with_credentials(self, endpoint: str | None) -> Any:
        account, make = self._account, self.module.SpeechConfig
        key = account.key.get_secret_value() if account.key else None
        if account.container:
            return make(host=endpoint, subscription=key)
        if key is not None:
            if endpoint is not None:
                return make(subscription=key, endpoint=endpoint)
            return make(subscription=key, region=account.region)
        if account.resource_id is None:  # a recogniser with a custom endpoint: the SDK renews the token
            self._token()  # raises a clearer error than the SDK does
            return make(token_credential=self._credential, endpoint=endpoint)
        token = f"aad#{account.resource_id}#{self._token()}"
        if endpoint is None:
            return make(auth_token=token, region=account.region)
        config = make(endpoint=endpoint)
        config.authorization_token = token
        return config

    def _token(self) -> str:
        from azure.core.exceptions import AzureError

        assert self._token_provider is not None
        try:
            return self._token_provider()
        except AzureError as error:
            raise ProviderError(
                f"{self._account.place}: not signed in to Microsoft Entra ID; run `az login`, or give this "
                "machine an identity with the role Cognitive Services Speech User"
            ) from error


def set_property(sdk: Any, config: Any, name: str, value: str) -> None:
    """Set a property of a config by name, whether or not the name is a `PropertyId`."""
    known = getattr(sdk.PropertyId, name, None)
    if known is not None:
        config.set_property(known, value)
    else:
        config.set_property_by_name(name, value)


def sdk_version() -> tuple[int, ...] | None:
    """Return the version of the installed SDK without loading it, None if it is not installed."""
    try:
        return tuple(int(number) for number in re.findall(r"\d+", version(DISTRIBUTION))[:3])
    except PackageNotFoundError:
        return None


def _load_module() -> Any:
    try:
        import azure.cognitiveservices.speech as sdk
    except ModuleNotFoundError as error:
        hint = install_hint("azure.cognitiveservices.speech", DISTRIBUTION)
        raise ProviderError(f"the Speech SDK is not installed; {hint}") from error
    except (ImportError, OSError) as error:
        raise ProviderError(
            "the Speech SDK cannot be loaded because a system library is missing; on Debian or Ubuntu run "
            "`apt-get install libssl3 libuuid1 ca-certificates`"
        ) from error
    return sdk


def _entra_credential() -> tuple[Any, Callable[[], str]]:
    """Return the credential and a function that returns its token, cached: not every credential caches."""
    try:
        from azure.identity import DefaultAzureCredential, get_bearer_token_provider
    except ImportError as error:
        hint = install_hint("azure.identity", "voicebot-framework[entra]")
        raise ProviderError(f"`entra: true` needs azure-identity, which is not installed; {hint}") from error
    credential = DefaultAzureCredential()
    return credential, get_bearer_token_provider(credential, _SCOPE)
