"""What is found about the servers of a config: whether they can be reached, and their certificates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

from voicebot.cli.commands.doctor.network.certificates import trusted_finding, untrusted_finding
from voicebot.cli.commands.doctor.network.clock import clock_result
from voicebot.cli.commands.doctor.network.visit import TlsContexts, Visit, visit
from voicebot.cli.commands.doctor.result import Result, all_of, in_daemon_thread
from voicebot.diagnosis import Finding, ServerAddress
from voicebot.http_options import is_this_machine


async def server_results(servers: Mapping[ServerAddress, Collection[str]]) -> list[Result]:
    """Visit all servers at the same time, and return what was found about them and about the clock.

    Args:
        servers: those to visit, each with the parts of the config that need it.
    """
    if not servers:
        return []
    contexts = await in_daemon_thread(TlsContexts.load, "read root certificates")
    visits = await all_of(visit(address, contexts) for address in servers)
    results = [result for each in visits for result in _results(each, servers[each.address])]
    return [*results, clock_result(visits)]


def _results(visit: Visit, parts: Collection[str]) -> Iterator[Result]:
    address = visit.address
    about = f"{address.host}:{address.port}"
    if visit.skipped:
        yield Result(about, Finding("server", "skipped", visit.skipped))
        return
    if visit.failure is not None:
        message = f"{visit.failure}; needed by {', '.join(parts)}"
        yield Result(about, Finding("server", "problem", message, visit.failure.remedy), visit.seconds)
        return
    if visit.rejected is not None:
        yield Result(about, untrusted_finding(visit.rejected, visit.certificate, address.host))
        return
    way = f" through {visit.proxy}" if visit.proxy is not None else ""
    message = f"can be reached{way}, for {', '.join(parts)}"
    yield Result(about, Finding("server", "ok", message), visit.seconds)
    if visit.certificate is not None:
        publicly = None if is_this_machine(address.host) else visit.publicly_trusted
        finding = trusted_finding(visit.certificate, datetime.now(UTC), publicly=publicly)
        yield Result(about, finding)
