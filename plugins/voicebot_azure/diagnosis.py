"""Why there is no connection: the Speech SDK has one code for all reasons, so we look for ourselves."""

from __future__ import annotations

import base64
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from voicebot import ProviderError
from voicebot_azure.account import SpeechAccount
from voicebot_azure.remedies import Service, failure

_NOT_YET_VALID, _EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED


def diagnose(account: SpeechAccount, service: Service, *, timeout: float = 2.0) -> ProviderError | None:
    """Try to connect as the SDK would, and return why it fails; None if it does not.

    Blocks for up to `timeout` seconds, or twice that where a proxy is in between.
    """
    host, port, tls = account.server(service)
    trouble = _attempt(host, port, account, tls=tls, timeout=timeout)
    return failure(account, service, trouble, host=host, port=port) if trouble else None


def _attempt(host: str, port: int, account: SpeechAccount, *, tls: bool, timeout: float) -> str | None:
    kind = HTTPSConnection if tls else HTTPConnection
    if account.proxy is None:
        connection = kind(host, port, timeout=timeout)
    else:
        proxy, _, proxy_port = account.proxy.rpartition(":")
        connection = kind(proxy, int(proxy_port), timeout=timeout)
        connection.set_tunnel(host, port, headers=_login(account))
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        return "clock" if error.verify_code in {_NOT_YET_VALID, _EXPIRED} else "certificate"
    except ssl.SSLError:
        return "certificate"
    except UnicodeError:  # no name at all, as with two dots in a row
        return "name"
    except (OSError, HTTPException) as error:
        if account.proxy is not None:
            return "proxy-login" if "407" in str(error) else "proxy"
        return _reason(error)
    finally:
        connection.close()
    return None


def _login(account: SpeechAccount) -> dict[str, str]:
    if account.proxy_user is None:
        return {}
    password = account.proxy_password.get_secret_value() if account.proxy_password else ""
    login = base64.b64encode(f"{account.proxy_user}:{password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {login}"}


def _reason(error: Exception) -> str:
    match error:
        case socket.gaierror():
            return "name"
        case ConnectionRefusedError():
            return "refused"
        case _:
            return "unreachable"
