"""What the environment says about the network: proxies, and the certificates to trust."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from voicebot.cli.commands.doctor.network.failure import Failure
from voicebot.cli.commands.doctor.network.proxies import (
    Unsupported,
    is_exempt,
    parse_proxy,
    variable_for,
    variables,
)
from voicebot.cli.commands.doctor.network.tunnel import connect_to_proxy
from voicebot.cli.commands.doctor.result import Result, all_of
from voicebot.diagnosis import Finding, ServerAddress

_FILE, _FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
_ABOUT = "root certificates"


async def proxy_results(addresses: Sequence[ServerAddress]) -> list[Result]:
    """Return what is found about the proxies that the environment names, and which servers they are for."""
    found = variables()
    if not found:
        return [Result("proxies", Finding("proxy", "ok", "the environment names no proxy"))]
    used = {variable_for(each) for each in addresses}
    results = await all_of(_proxy_result(*each, used=each[0] in used) for each in found.items())
    exempt = [f"{each.host}:{each.port}" for each in addresses if each.environment_proxy and is_exempt(each)]
    if exempt:
        message = f"NO_PROXY has {', '.join(dict.fromkeys(exempt))} reached directly"
        results.append(Result("NO_PROXY", Finding("proxy", "ok", message)))
    return results


async def _proxy_result(variable: str, value: str, *, used: bool) -> Result:
    try:
        proxy = parse_proxy(value, variable)
        seconds = await connect_to_proxy(proxy)
    except Unsupported as reason:
        return Result(variable, Finding("proxy", "skipped", str(reason)))
    except Failure as failure:
        remedy = f"{failure.remedy}, or unset {variable}"
        return Result(variable, Finding("proxy", "problem" if used else "warning", str(failure), remedy))
    login = ", with a login" if proxy.login else ""
    message = f"the proxy at {proxy.host}:{proxy.port} answers{login}"
    return Result(variable, Finding("proxy", "ok", message), {"connect": seconds})


def trust_results() -> list[Result]:
    """Return whether there are certificates to trust. Blocks."""
    return [Result(_ABOUT, finding) for finding in _trust_findings()]


def _trust_findings() -> Iterator[Finding]:
    named = {name: os.environ[name] for name in (_FILE, _FOLDER) if os.environ.get(name)}
    wrong = [finding for name, value in named.items() if (finding := _named_finding(name, Path(value)))]
    if wrong:
        yield from wrong
        return
    if sys.platform in ("win32", "darwin"):
        yield Finding("root-certificates", "ok", "those of the system are used")
        return
    paths = ssl.get_default_verify_paths()
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    folder = named.get(_FOLDER) or (paths.capath if _FILE not in named else None)
    if count or (folder and any(Path(folder).glob("*.0"))):
        whose = f"those that {' and '.join(named)} name" if named else "those of the system"
        yield Finding("root-certificates", "ok", f"{whose} are used")
        return
    yield Finding(
        "root-certificates",
        "problem",
        "this machine trusts no certificate at all, so that no encrypted connection works",
        "install the package ca-certificates",
    )


def _named_finding(name: str, path: Path) -> Finding | None:
    """Return what is wrong with the file or folder that a variable names, if anything is."""
    remedy = f"unset {name}, or let it name the file of root certificates of your organisation"
    if name == _FOLDER:
        if all(Path(each).is_dir() for each in str(path).split(os.pathsep)):
            return None
        return Finding("root-certificates", "problem", f"{name} names {path}, which is not a folder", remedy)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        message = f"{name} names {path}, which contains no certificate (PEM)"
    except OSError as error:
        message = f"{name} names {path}, which cannot be read: {error.strerror or type(error).__name__}"
    else:
        return None
    return Finding("root-certificates", "problem", message, remedy)
