"""One event in its organizers' hands: made, described, published, priced, asked about, followed and ended."""

from webapp.web.manage.events import acting, creating, duplicating, editing, history, messages, overview, prices, questions
from webapp.web.manage.events.blueprint import pages

__all__ = ["acting", "creating", "duplicating", "editing", "history", "messages", "overview", "pages", "prices", "questions"]
