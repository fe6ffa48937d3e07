"""TLS: whom we trust, as whom we come, and what is wrong when one side does not trust the other."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

from yarl import URL

from amqpchat_tui.client.errors import ConnectionProblem, NotTrusted, Refused, Unreachable
from amqpchat_tui.client.transport.stream import Stream
from amqpchat_tui.files import check_pem, reason
from amqpchat_tui.wire.text import clean_line

if TYPE_CHECKING:
    from amqpchat_tui.config import BrokerAddress, Tls

OBJECTION_SECONDS = 2.0
"""How long the broker may take to say what it has against our certificate."""

# What OpenSSL says of a certificate (its x509_vfy.h).
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21}
_OTHER_NAME, _OTHER_ADDRESS = 62, 64


def context(settings: Tls) -> ssl.SSLContext:
    """Make what TLS connections begin with.

    Raises:
        Refused: if the files that the settings name are not what they should be.
    """
    for path in filter(None, (settings.ca_file, settings.cert_file, settings.key_file)):
        try:
            check_pem(path)
        except OSError as error:
            raise Refused(f"cannot read {clean_line(str(path))}: {reason(error).lower()}") from error
    try:
        made = ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError as error:
        raise Refused(f"{settings.ca_file} holds no certificates in PEM format") from error
    if settings.cert_file is not None:
        try:
            # Without a password given, OpenSSL would ask for it on the terminal.
            made.load_cert_chain(settings.cert_file, settings.key_file, password="")
        except (ssl.SSLError, ValueError) as error:
            files = " and ".join(
                str(path) for path in (settings.cert_file, settings.key_file) if path is not None
            )
            raise Refused(f"{files}: not a certificate and its key, unencrypted, in PEM format") from error
    if settings.insecure_skip_verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


async def objection(address: BrokerAddress, tls: ssl.SSLContext) -> ssl.SSLError | None:
    """Ask a broker that hung up what it has against our certificate; None when it is nothing.

    In TLS 1.3 it looks at that when our own handshake is over (RFC 8446, section 2). What we have sent by
    then makes its network drop the reason, so this time we only listen.
    """
    stream = Stream(address.host, address.port, tls)
    try:
        async with asyncio.timeout(OBJECTION_SECONDS):
            reader, _ = await stream.create(URL())
            await reader.read(1)
    except ssl.SSLError as error:
        return error
    except OSError:  # TimeoutError is one
        pass
    finally:
        stream.cut()
    return None


def explain(error: ssl.SSLError, address: BrokerAddress) -> ConnectionProblem:
    """Say what an error of OpenSSL means; the cases were measured against RabbitMQ."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotTrusted(_explain_theirs(error, clean_line(address.host)))
    match error.reason:
        case "WRONG_VERSION_NUMBER" | "RECORD_LAYER_FAILURE" | "HTTP_REQUEST":
            return Unreachable(f"{address.label} does not speak TLS; use amqp://")
        case "TLSV13_ALERT_CERTIFICATE_REQUIRED" | "SSLV3_ALERT_HANDSHAKE_FAILURE":
            return NotTrusted(
                "the broker asks for a client certificate: "
                "set connection.tls.cert_file and key_file to yours and its key"
            )
        case "SSLV3_ALERT_CERTIFICATE_EXPIRED":
            return NotTrusted("our client certificate has expired: get a new one")
        case "TLSV1_ALERT_UNKNOWN_CA":
            return NotTrusted(
                "the broker does not trust the authority of our client certificate: "
                "set connection.tls.cert_file to one from an authority that it trusts"
            )
        case str(code) if "ALERT" in code and "CERT" in code:
            return NotTrusted("the broker does not accept our client certificate")
        case _:
            words = clean_line((error.reason or "it failed").replace("_", " ").lower())
            return Unreachable(f"no TLS connection: {words}")


def _explain_theirs(error: ssl.SSLCertVerificationError, host: str) -> str:
    match error.verify_code:
        case code if code in _UNKNOWN_ISSUER:
            return (
                "the broker's certificate comes from an authority that is not trusted here: "
                "set connection.tls.ca_file to that authority's certificate"
            )
        case code if code in (_OTHER_NAME, _OTHER_ADDRESS):
            return f"the broker's certificate is not for {host}: use the host name that it is for"
        case code if code == _EXPIRED:
            return "the broker's certificate has expired: whoever runs it has to renew it"
        case code if code == _NOT_YET_VALID:
            return "the broker's certificate is not valid yet: is this machine's clock right?"
        case _:
            return f"the broker's certificate is not trusted: {clean_line(error.verify_message).rstrip('.')}"
