"""Printed parts that depend on nothing but their arguments, printed once: components are pure, so the same words give the same HTML.

Templates that reload themselves (development) are printed each time.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment
from markupsafe import Markup

MOST_MACROS = 2_000
MOST_TEMPLATES = 100


def macro(template: str, name: str, **arguments: Hashable) -> Markup:
    """A component called with these arguments."""
    env = current_app.jinja_env
    if env.auto_reload:
        return _macro.__wrapped__(env, template, name, tuple(arguments.items()))
    return _macro(env, template, name, tuple(arguments.items()))


def template(name: str, key: Hashable, **values: Any) -> Markup:
    """A partial printed with these values and nothing else (no viewer, no clock); `key` stands for all of them."""
    env = current_app.jinja_env
    printed = None if env.auto_reload else _printed.get((env, name, key))
    if printed is None:
        printed = Markup(env.get_template(name).render(**values))  # noqa: S704 - printed by Jinja, escaped there
        if len(_printed) >= MOST_TEMPLATES:
            _printed.clear()
        _printed[env, name, key] = printed
    return printed


@lru_cache(maxsize=MOST_MACROS)
def _macro(env: Environment, template: str, name: str, arguments: tuple[tuple[str, Hashable], ...]) -> Markup:
    printed: Markup = getattr(env.get_template(template).module, name)(**dict(arguments))
    return printed


_printed: dict[tuple[Environment, str, Hashable], Markup] = {}
