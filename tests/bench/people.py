"""A browser without a screen: one kept connection, cookies, and forms filled as a person would."""

import http.client
from urllib.parse import urlencode, urlsplit

from tests.support import html


class Visitor:
    """One person with a browser. Counts requests."""

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self.connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.requests = 0

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request; status, headers (lower case) and body as sent."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: list[tuple[str, str]]) -> tuple[int, dict[str, str], bytes]:
        """Sends a form."""
        return self._ask("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def submit(self, page: bytes, action: str, path: str, **typed: str) -> str:
        """Fills the form whose action ends so and sends it; the address it leads to."""
        form = html.parse(page.decode()).form(action)
        fields = html.filled(form) | {name: [value] for name, value in typed.items()}
        status, headers, body = self.post(form.attributes.get("action") or path, [(k, v) for k, values in fields.items() for v in values])
        assert status == 303, f"{status} from {path}: {html.parse(body.decode()).errors()}"
        return urlsplit(headers["location"]).path if headers["location"].startswith("/") else headers["location"]

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.cookies:
            headers = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self.requests += 1
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content
