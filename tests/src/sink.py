"""A mail server that keeps nothing: prints one line of JSON for each mail it takes.

Arguments: plain, starttls or implicit; a port (0 takes a free one); with TLS a certificate and its key. With TLS it asks
for the user `door` and the password `hush hush`. The local part of a recipient says what becomes of a mail: `refused…` is
answered 550, `later…` once 451.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Sink:
    def __init__(self):
        self.put_off = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local.startswith("refused"):
            return "550 5.1.1 no such mailbox " + address
        if local.startswith("later") and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.7.1 try again later " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
            "signedIn": bool(session.authenticated),
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "defects": [str(defect) for defect in mail.defects],
            "body": mail.get_content(),
        }
        print(json.dumps(told), flush=True)
        return "250 OK"


def sign_in(server, session, envelope, mechanism, given):
    known = LoginPassword(b"door", b"hush hush")
    return AuthResult(success=isinstance(given, LoginPassword) and given == known)


async def main(mode, port, certificate=None, key=None):
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    sink = Sink()

    def connection():
        options = {"hostname": "sink.example"}
        if mode != "plain":
            options.update(authenticator=sign_in, auth_required=True, auth_require_tls=mode == "starttls")
        if mode == "starttls":
            options.update(tls_context=context, require_starttls=True)
        return SMTP(sink, **options)

    implicit = context if mode == "implicit" else None
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", int(port), ssl=implicit)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
