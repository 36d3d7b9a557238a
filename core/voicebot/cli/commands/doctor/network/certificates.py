"""Certificates: who issued one, until when it is valid, and whether this machine trusts it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from voicebot.diagnosis import Finding

_EXPIRES_SOON = timedelta(days=14)
_ORGANIZATION, _COMMON_NAME = b"\x55\x04\x0a", b"\x55\x04\x03"  # the object identifiers 2.5.4.10 and 2.5.4.3
_VERSION, _SET, _OID, _UTC_TIME, _UTF16 = 0xA0, 0x31, 0x06, 0x17, 0x1E
_NOT_YET_VALID, _EXPIRED, _SELF_SIGNED = 9, 10, 18  # X509_V_ERR_...
_OTHER_NAME = (62, 64)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who issued a certificate, and when it is valid."""

    issuer: str
    begins: datetime
    ends: datetime


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate, also one that is not trusted, which Python's `ssl` does not.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        fields = list(_elements(next(_elements(next(_elements(der))[1]))[1]))
        if fields[0][0] == _VERSION:
            del fields[0]
        _serial, _algorithm, issuer, validity = (content for _, content in fields[:4])
        begins, ends = (_time(tag, content) for tag, content in _elements(validity))
        return Certificate(_name(issuer), begins, ends)
    except (IndexError, StopIteration, UnicodeError) as error:
        raise ValueError("the certificate cannot be read") from error


def trusted_finding(certificate: Certificate, now: datetime, *, publicly: bool | None) -> Finding:
    """Return the finding about a certificate that this machine trusts.

    Args:
        publicly: whether a public authority issued it; None if that is not known.
    """
    until = f"valid until {certificate.ends:%Y-%m-%d}"
    if certificate.ends - now <= _EXPIRES_SOON:
        message = f"its certificate, from {certificate.issuer}, is only {until}"
        return Finding("certificate", "warning", message, "have the operator of the server renew it")
    if publicly is False:
        return Finding(
            "certificate",
            "warning",
            f"its certificate is from {certificate.issuer}, which is no public authority: a proxy of your "
            "organisation reads the connection, or the server is your organisation's own",
            "if a provider rejects it, let that trust the same root certificate (SSL_CERT_FILE)",
        )
    return Finding("certificate", "ok", f"from {certificate.issuer}, {until}")


def untrusted_finding(
    error: ssl.SSLCertVerificationError, certificate: Certificate | None, host: str
) -> Finding:
    """Return the finding about a certificate that this machine rejects."""
    issuer = certificate.issuer if certificate is not None else "an unknown issuer"
    renew = "set the clock of this machine if it is wrong; otherwise the server needs a new certificate"
    if error.verify_code == _EXPIRED:
        ended = f" on {certificate.ends:%Y-%m-%d}" if certificate is not None else ""
        return _problem(f"its certificate, from {issuer}, expired{ended}", renew)
    if error.verify_code == _NOT_YET_VALID:
        begins = f" before {certificate.begins:%Y-%m-%d}" if certificate is not None else " yet"
        return _problem(f"its certificate, from {issuer}, is not valid{begins}", renew)
    if error.verify_code in _OTHER_NAME:
        return _problem(
            f"its certificate, from {issuer}, is not for the name {host}",
            "use the name that the certificate is for; or something on the way answers in place of it",
        )
    if error.verify_code == _SELF_SIGNED:
        return _problem(
            f"its certificate is self-signed ({issuer}), and this machine does not trust it",
            "if the server is yours, add the certificate to the file that SSL_CERT_FILE names",
        )
    return _problem(
        f"its certificate is from {issuer}, which this machine does not trust",
        f"if {issuer} is your organisation, whose proxy then reads the connection, install its root "
        "certificate; otherwise update the package ca-certificates",
    )


def _problem(message: str, remedy: str) -> Finding:
    return Finding("certificate", "problem", message, remedy)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the tag and the content of each element of a DER sequence."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size])
            at += size
        if at + length > len(data):
            raise ValueError("a certificate is cut off")
        yield tag, data[at : at + length]
        at += length


def _name(issuer: bytes) -> str:
    """Return the organisation in a name, and the common name if it says more."""
    parts: dict[bytes, str] = {}
    for tag, group in _elements(issuer):
        for _, pair in _elements(group) if tag == _SET else ():
            (kind, oid), (encoding, text) = list(_elements(pair))[:2]
            if kind == _OID:
                parts[oid] = text.decode("utf-16-be" if encoding == _UTF16 else "utf-8", "replace")
    organization, common = parts.get(_ORGANIZATION, ""), parts.get(_COMMON_NAME, "")
    names = [each for each in (organization, common) if each]
    return f"'{', '.join(dict.fromkeys(names)) or 'somebody without a name'}'"


def _time(tag: int, content: bytes) -> datetime:
    form = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(content.decode("ascii"), form).replace(tzinfo=UTC)
