"""Signing up, in and out, and the links of the mails that go with it."""

from webapp.web.public.sign_in import entry, links, sign_up
from webapp.web.public.sign_in.blueprint import pages

__all__ = ["entry", "links", "pages", "sign_up"]
