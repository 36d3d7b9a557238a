"""What is found about the servers of a config: whether they can be reached, and their certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from voicebot.cli.commands.doctor.network.certificates import trusted_finding, untrusted_finding
from voicebot.cli.commands.doctor.network.clock import clock_result
from voicebot.cli.commands.doctor.network.visit import TlsContexts, Visit, visit
from voicebot.cli.commands.doctor.result import Result, all_of, in_daemon_thread
from voicebot.diagnosis import Finding, ServerAddress
from voicebot.http_options import is_this_machine


@dataclass(slots=True)
class Users:
    """The parts of a config that use a server; not `required` if others may step in, as in a `fallback`."""

    parts: list[str] = field(default_factory=list)
    required: bool = False

    def __str__(self) -> str:
        return ", ".join(dict.fromkeys(self.parts))


async def server_results(servers: Mapping[ServerAddress, Users]) -> list[Result]:
    """Visit all servers at the same time, and return what was found about them and about the clock."""
    if not servers:
        return []
    contexts = TlsContexts()
    if any(address.tls for address in servers):
        contexts = await in_daemon_thread(TlsContexts.load, "read root certificates")
    visits = await all_of(visit(address, contexts) for address in servers)
    results = [result for each in visits for result in _weighed(each, servers[each.address])]
    return [*results, clock_result(visits)]


def _weighed(visit: Visit, users: Users) -> Iterator[Result]:
    """Yield what was found about a server; what is not required is no problem."""
    for result in _results(visit, users):
        optional = result.finding.verdict == "problem" and not users.required
        yield replace(result, finding=replace(result.finding, verdict="warning")) if optional else result


def _results(visit: Visit, users: Users) -> Iterator[Result]:
    address = visit.address
    about = f"{address.host}:{address.port}"
    if visit.skipped:
        yield Result(about, Finding("server", "skipped", visit.skipped))
        return
    if visit.failure is not None:
        message = f"{visit.failure}; needed by {users}"
        yield Result(about, Finding("server", "problem", message, visit.failure.remedy), visit.seconds)
        return
    if visit.rejected is not None:
        yield Result(about, untrusted_finding(visit.rejected, visit.certificate, address.host))
        return
    way = f" through {visit.proxy}" if visit.proxy is not None else ""
    message = f"can be reached{way}, for {users}"
    yield Result(about, Finding("server", "ok", message), visit.seconds)
    if visit.certificate is not None:
        publicly = None if is_this_machine(address.host) else visit.publicly_trusted
        finding = trusted_finding(visit.certificate, datetime.now(UTC), publicly=publicly)
        yield Result(about, finding)
