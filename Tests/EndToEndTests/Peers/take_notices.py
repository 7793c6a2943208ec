"""Takes webhooks and mails and writes one JSON line for each: take_notices.py HTTP_PORT SMTP_PORT SECRET FOLDER

The first webhook is answered with 503, so that it has to come again."""

import asyncio
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import threading

from aiosmtpd.controller import Controller

http_port, smtp_port, secret, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode(), pathlib.Path(sys.argv[4])
lock = threading.Lock()


def note(**line):
    with lock, open(folder / "notices.jsonl", "a") as file:
        file.write(json.dumps(line) + "\n")


class Webhook(http.server.BaseHTTPRequestHandler):
    calls = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wanted = hmac.new(secret, self.headers["X-Hilum-Time"].encode() + b"." + body, hashlib.sha256).hexdigest()
        Webhook.calls += 1
        status = 503 if Webhook.calls == 1 else 200
        note(
            way="webhook", status=status, id=self.headers["X-Hilum-Notice"], body=json.loads(body),
            signed=hmac.compare_digest(self.headers["X-Hilum-Signature"], "sha256=" + wanted),
        )
        self.send_response(status)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Mails:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.strict)
        note(
            way="mail", sender=envelope.mail_from, receivers=envelope.rcpt_tos, subject=message["Subject"],
            text=message.get_content(), date=message["Date"].datetime.isoformat(), id=message["Message-ID"],
        )
        return "250 OK"


Controller(Mails(), hostname="127.0.0.1", port=smtp_port).start()
http.server.ThreadingHTTPServer(("127.0.0.1", http_port), Webhook).serve_forever()
