"""HTTP by audience; no business rule lives here."""

from importlib import import_module

from flask import Flask

from webapp.web.routing import RowId, Word

# module: one Blueprint named `pages` each. Addresses: docs/addresses.md.
PAGES = (
    "public.home", "public.events", "public.register", "public.waitlist", "public.orders", "public.order_code", "public.order_approval",
    "public.order_cart", "public.order_calendar", "public.substituting", "public.cancelling", "public.transferring", "public.buying",
    "public.deferring", "public.badges",
    "public.approve", "public.approver", "public.balance", "public.receipts", "public.order_membership",
    "public.places", "public.sign_in", "public.verify", "public.invoices", "public.pay", "public.info", "public.offerings", "public.widget",
    "mine.home", "mine.registrations", "mine.hours", "mine.calendar", "mine.account", "mine.privacy",
    "mine.sharing", "manage.setasides",
    "manage.home", "manage.events", "manage.sessions", "manage.people", "manage.applications", "manage.waitlist", "manage.attendance",
    "manage.hours", "manage.finance", "manage.codes", "manage.funds", "manage.policies",
    "manage.transcripts", "manage.staff", "manage.calendars",
    "agency.home", "agency.booking", "agency.calendar", "agency.statement", "agency.team", "door.door", "door.paying",
    "feeds", "webhooks", "health",
)
DEV_PAGES = ("dev.style", "dev.mail")


def init_app(app: Flask) -> None:
    """Puts HTTP on the application: sign-in, access, errors, headers, filters, assets and every page."""
    for part in ("assets.init_assets", "security.init_app", "access.init_app", "errors.init_app", "templating.init_app"):
        module, function = part.split(".")
        getattr(import_module(f"webapp.web.{module}"), function)(app)
    app.url_map.converters |= {"int": RowId, "default": Word, "string": Word}
    for name in PAGES + (DEV_PAGES if app.config["SETTINGS"].demo else ()):
        app.register_blueprint(import_module(f"webapp.web.{name}").pages)
