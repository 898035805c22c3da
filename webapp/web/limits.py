"""How often one may try: by address typed and by where one comes from. The form comes back with 429 and what was typed."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Response, current_app, make_response, render_template, request
from limits import RateLimitItem, parse

from webapp.core import clock, logs, tokens
from webapp.core.errors import Refusal
from webapp.web.security import limiter

log = logs.logger(__name__)

# Per address and per network; an office behind one network signs in many people.
ALLOWED = {
    "sign_in": ("10 per 15 minutes", "100 per 15 minutes"),
    "sign_up": ("5 per hour", "40 per hour"),
    "link": ("5 per hour", "40 per hour"),
    "waitlist": ("10 per hour", "60 per hour"),
    "verify": ("30 per hour", "60 per hour"),  # per code, and per network so that nobody tries codes
}


class TooOften(Refusal):
    """Too many tries; `seconds` is how long to wait."""

    status = 429
    code = "too_often"

    def __init__(self, seconds: int) -> None:
        minutes = max(1, -(-seconds // 60))
        super().__init__(f"Too many tries in a short time. Please wait {minutes} {'minute' if minutes == 1 else 'minutes'} and try again.")
        self.seconds = max(1, seconds)


def spend(what: str, address: str) -> None:
    """Counts one try of `what` (a key of ALLOWED) with the address; refuses it as `TooOften` when there were too many."""
    if not current_app.config.get("RATELIMIT_ENABLED", True):
        return
    per_address, per_network = ALLOWED[what]
    _hit(parse(per_address), what, "address", tokens.digest(address.strip().lower()))
    _hit(parse(per_network), what, "network", _network())


def page(template: str, form: Any, refusal: TooOften, **context: Any) -> Response:
    """The form again with 429: nothing typed is lost, and the answer says when to try again."""
    form.refuse(refusal)
    answer = make_response(render_template(template, form=form, **context), 429)
    answer.headers["Retry-After"] = str(refusal.seconds)
    return answer


def _hit(item: RateLimitItem, *key: str) -> None:
    """Counts one. Where the counter cannot be reached, people still get in: a slow hash and the log stand guard until then."""
    try:
        free = limiter.limiter.hit(item, *key)
    except limiter.limiter.storage.base_exceptions as fault:
        log.error("limits_unreachable", exc_info=fault)
        return
    if not free:
        ends = limiter.limiter.get_window_stats(item, *key).reset_time
        raise TooOften(int(ends - clock.now().timestamp()))


def _network() -> str:
    """The caller's address; of IPv6 its /64, which one household or office has to itself."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(found.exploded[:19]) if isinstance(found, IPv6Address) else str(found)


