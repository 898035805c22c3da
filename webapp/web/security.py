"""Headers, CSRF, rate limits: what every answer carries and every form proves."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, strategy="moving-window")

# form-action names Stripe's page (and, in a demo, the stand-in): a form that is answered by a redirect there needs it.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
          "manifest-src 'self'; form-action 'self' https://checkout.stripe.com {pay}; frame-ancestors {frames}; base-uri 'none'")


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but the answer to a form is not said to vary with the cookie: a browser keeps a refused form for its Back button only
    under the same cookie, and every page renews it (docs/decisions/back-button.md). What caches keep for everybody (a style sheet, our
    list on another site) and what calendar programs read carries no cookie and does not depend on one."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not session.modified and (response.cache_control.public or response.mimetype == "text/calendar"):
            return
        super().save_session(app, session, response)
        if request.method == "POST":
            response.vary.discard("Cookie")


def init_app(app: Flask) -> None:
    """Puts CSRF, rate limits and headers on the application."""
    app.session_interface = Sessions()
    settings = app.config["SETTINGS"]
    if settings.trusted_proxies:  # else every visitor would have the proxy's address, and share one rate limit
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = generate_csrf
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings.redis_url.get_secret_value() or "memory://")
    limiter.init_app(app)
    pay = settings.stripe_api_base if settings.demo else ""
    secure = settings.base_url.startswith("https:")

    @app.after_request
    def _headers(answer: Response) -> Response:
        frames = "*" if answer.headers.pop("X-Embeddable", None) else "'none'"
        answer.headers.setdefault("Content-Security-Policy", POLICY.format(pay=pay, frames=frames))
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "same-origin")
        answer.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if secure:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer
