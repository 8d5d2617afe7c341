"""Sending a mail: over SMTP, or into a folder (Maildir) until a server is set up."""

import mailbox
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

SMTP_TIMEOUT = 20


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str


class Mailer:
    """Sends with `smtp_url` (smtp:// with STARTTLS where offered, or smtps://), else puts mails into `folder`."""

    def __init__(self, sender: str, smtp_url: str, folder: Path) -> None:
        self._sender = sender
        self._server = urlsplit(smtp_url) if smtp_url else None
        self._folder = folder

    def send(self, mail: Mail) -> None:
        """Send one mail. Raises ValueError for an address that is none, and smtplib's errors when the server refuses."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain="askwell")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        if self._server is None:
            self.mailbox().add(message)
        else:
            self._deliver(message)

    def mailbox(self) -> mailbox.Maildir:
        """The folder of mails that were not sent over SMTP."""
        for name in ("tmp", "new", "cur"):  # the mailbox makes them too, but not when two come at once
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        return mailbox.Maildir(self._folder)

    def _deliver(self, message: EmailMessage) -> None:
        with self._connect() as server:
            server.send_message(message)

    def check(self) -> None:
        """Raise an error unless mail can be handed over: the server answers and lets us in, or the folder is writable."""
        if self._server is None:
            self.mailbox()
        else:
            self._connect().quit()

    def _connect(self) -> smtplib.SMTP:
        url = self._server
        assert url is not None
        host, context = url.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if url.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, url.port or 465, timeout=SMTP_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, url.port or 25, timeout=SMTP_TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        return server


def plain_name(text: str) -> str:
    """Text from people for a text mail, so written that mail programs do not turn a name into a link."""
    return text.replace("://", " ").replace(".", "\u2024").replace("@", "(at)")
