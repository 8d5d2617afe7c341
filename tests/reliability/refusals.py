"""What somebody gets whose words could not be stored: 503, when to try again, and the words in a form to be sent again."""

from dataclasses import dataclass

import html5lib

from tests import factories as make
from tests.house import Answer, Client


@dataclass
class Form:
    """A form of a page, as it stands there."""

    path: str
    fields: dict[str, str]

    def send(self, client: Client) -> Answer:
        return client.post(self.path, **self.fields)


def refused(answer: Answer) -> Answer:
    """It says that it cannot save, when to try again, and claims nothing else."""
    assert answer.status == 503, answer.text[:2000]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "<h1>We cannot save right now</h1>" in answer.text
    assert "Nothing was saved" in answer.text
    return answer


def form_of(answer: Answer, words: str) -> Form:
    """The form in which these words come back, ready to be sent again."""
    page = html5lib.parse(refused(answer).text, namespaceHTMLElements=False)
    (form,) = page.findall(".//main/form")
    fields = {each.get("name"): each.get("value") for each in form.iter("input")}
    fields |= {each.get("name"): each.text for each in form.iter("textarea")}
    assert form.get("method") == "post"
    assert words in fields.values(), "what was typed came back"
    return Form(form.get("action"), fields)


def picture_in_a_form(**fields: str) -> tuple[bytes, str]:
    """The body and its type of a form that brings a picture along."""
    edge = "edge-of-the-parts"
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    about = b'Content-Disposition: form-data; name="picture"; filename="lamp.png"\r\nContent-Type: image/png\r\n\r\n'
    parts.append(about + make.image(size=(80, 60)))
    body = b"".join(f"--{edge}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"
