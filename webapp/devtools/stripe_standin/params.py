"""Reads a request's form into typed values, by the library's own `stripe.params` types.

Names, nesting, required fields and allowed values come from there; refusals are worded like Stripe's.
"""

from __future__ import annotations

import builtins
import sys
import typing
from collections.abc import Iterable
from functools import cache
from types import UnionType
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions
from stripe import RequestOptions
from typing_extensions import is_typeddict

from webapp.devtools.stripe_standin.refusals import StripeRefusal, invalid

METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500


class _Names(dict[str, Any]):
    """The names a types module can see; those it imports only for type checkers count as `Any`."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, Any)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return `a[b][0]=c` pairs as nested dictionaries; `[]` counts up. Types tell lists later."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        head, *rest = key.replace("]", "").split("[")
        branch, path = tree, [head, *rest]
        for part in path[:-1]:
            below = branch.setdefault(part, {})
            if not isinstance(below, dict):
                raise invalid(f"Invalid object: {key}", param=key)
            branch = below
        branch[path[-1] or str(len(branch))] = value
    return tree


def read(shape: type, tree: dict[str, Any]) -> dict[str, Any]:
    """Return the form as the given parameters type says, or refuse what does not fit it."""
    return _struct(shape, tree, "")


@cache
def _fields(shape: type) -> dict[str, Any]:
    names = _Names({**vars(typing), **vars(typing_extensions), **vars(sys.modules[shape.__module__])})
    options = RequestOptions.__annotations__ if RequestOptions in getattr(shape, "__orig_bases__", ()) else {}
    return {
        name: _resolve(annotation, names)
        for name, annotation in shape.__annotations__.items()
        if name not in options
    }


def _resolve(annotation: Any, names: _Names) -> Any:
    """Evaluate a forward reference and take off NotRequired."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = eval(annotation, {}, names)  # the library's own source
    if get_origin(annotation) in (NotRequired, Required):
        return _resolve(get_args(annotation)[0], names)
    if get_origin(annotation) is list:
        return list[_resolve(get_args(annotation)[0], names)]  # type: ignore[misc]
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(_resolve(part, names) for part in get_args(annotation))]  # noqa: UP007
    return annotation


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _value(annotation: Any, value: Any, path: str) -> Any:
    choices = _alternatives(annotation)
    if isinstance(value, dict):
        return _branch(choices, value, path)
    allowed = [text for choice in choices if get_origin(choice) is Literal for text in get_args(choice)]
    if value == "":
        return _empty(allowed, path)
    if int in choices:
        return _integer(value, path)
    if bool in choices:
        return _boolean(value, path)
    if [text for text in allowed if text] and value not in allowed:
        raise invalid(f"Invalid {path}: must be one of {_spoken(allowed)}", param=path)
    if not allowed and not any(choice is str or not _is_branch(choice) for choice in choices):
        raise invalid(f"Invalid {'array' if _is_list(choices) else 'object'}", param=path)
    return value


def _branch(choices: tuple[Any, ...], value: dict[str, Any], path: str) -> Any:
    for choice in choices:
        if is_typeddict(choice):
            return _struct(choice, value, path)
        if get_origin(choice) is list:
            inner = get_args(choice)[0]
            return [_value(inner, item, f"{path}[{index}]") for index, item in enumerate(value.values())]
        if get_origin(choice) is dict:
            return _metadata(value, path)
    raise invalid(f"Invalid string: {value}", param=path)


def _struct(shape: type, tree: dict[str, Any], path: str) -> dict[str, Any]:
    fields = _fields(shape)
    where = {name: f"{path}[{name}]" if path else name for name in (*tree, *fields)}
    for name in tree:
        if name not in fields:
            raise invalid(
                f"Received unknown parameter: {where[name]}", code="parameter_unknown", param=where[name]
            )
    for name in shape.__required_keys__:  # type: ignore[attr-defined]
        if name in fields and name not in tree:
            raise missing_parameter(where[name])
    return {name: _value(fields[name], value, where[name]) for name, value in tree.items()}


def missing_parameter(param: str) -> StripeRefusal:
    """The refusal of a call without a parameter that Stripe requires."""
    return invalid(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _is_branch(choice: Any) -> bool:
    return is_typeddict(choice) or get_origin(choice) in (list, dict)


def _is_list(choices: tuple[Any, ...]) -> bool:
    return any(get_origin(choice) is list for choice in choices)


def _empty(allowed: list[str], path: str) -> str:
    if "" in allowed:
        return ""
    raise invalid(
        f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
        f"parameter; however '{path}' cannot be unset. You should remove '{path}' from your "
        "request or supply a non-empty value.",
        code="parameter_invalid_empty",
        param=path,
    )


def _integer(value: str, path: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path) from None


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=path)
    return value == "true"


def _metadata(value: dict[str, Any], path: str) -> dict[str, str]:
    if len(value) > METADATA_KEYS:
        raise invalid(
            f"Metadata can have up to {METADATA_KEYS} keys, but you passed {len(value)}.", param=path
        )
    for key, text in value.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise invalid(
                f"Metadata keys can be up to {METADATA_KEY_LENGTH} characters long: {key}", param=path
            )
        if not isinstance(text, str) or len(text) > METADATA_VALUE_LENGTH:
            raise invalid(
                f"Metadata values can be up to {METADATA_VALUE_LENGTH} characters long: {key}", param=path
            )
    return {key: text for key, text in value.items() if text}


def _spoken(choices: list[str]) -> str:
    *others, last = [choice for choice in choices if choice]
    return f"{', '.join(others)}, or {last}" if others else last
