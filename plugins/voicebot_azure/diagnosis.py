"""Finding out why a connection fails: the Speech SDK reports the same code for every reason."""

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
    """Connect the way the SDK does; return the error that explains why that fails, None if it works.

    Blocks for up to `timeout` seconds, or twice that through a proxy.
    """
    host, port, tls = account.server(service)
    code = _try_to_connect(host, port, account, tls=tls, timeout=timeout)
    return failure(account, service, code, host=host, port=port) if code else None


def _try_to_connect(host: str, port: int, account: SpeechAccount, *, tls: bool, timeout: float) -> str | None:
    """Return the code of the row in the table of remedies, None for success."""
    make = HTTPSConnection if tls else HTTPConnection
    if account.proxy is None:
        connection = make(host, port, timeout=timeout)
    else:
        proxy, _, proxy_port = account.proxy.rpartition(":")
        connection = make(proxy, int(proxy_port), timeout=timeout)
        connection.set_tunnel(host, port, headers=_proxy_authorization(account))
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        return "clock" if error.verify_code in {_NOT_YET_VALID, _EXPIRED} else "certificate"
    except ssl.SSLError:
        return "certificate"
    except UnicodeError:  # not a valid name, such as one with two dots in a row
        return "name"
    except (OSError, HTTPException) as error:
        if account.proxy is not None:
            return "proxy-login" if "407" in str(error) else "proxy"
        return _code_of(error)
    finally:
        connection.close()
    return None


def _proxy_authorization(account: SpeechAccount) -> dict[str, str]:
    if account.proxy_user is None:
        return {}
    password = account.proxy_password.get_secret_value() if account.proxy_password else ""
    login = base64.b64encode(f"{account.proxy_user}:{password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {login}"}


def _code_of(error: Exception) -> str:
    match error:
        case socket.gaierror():
            return "name"
        case ConnectionRefusedError():
            return "refused"
        case _:
            return "unreachable"
