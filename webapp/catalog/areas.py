"""Competency areas and tags by code: names and codes only, because the wording of the guidelines belongs to others."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from webapp.catalog import datafiles


class Area(NamedTuple):
    """A competency area; `families` are the endorsement families it belongs to, `status` how sure its name is."""

    code: str
    name: str
    domain: str
    families: tuple[str, ...]
    status: str


class Domain(NamedTuple):
    """A domain of the guidelines with its areas; `core` is false for those of mentors only."""

    code: str
    name: str
    core: bool
    areas: tuple[Area, ...]


@cache
def domains() -> tuple[Domain, ...]:
    """All domains in their own order."""
    return tuple(
        Domain(entry["code"], entry["name"], entry["core"], tuple(
            Area(area["code"], area["name"], entry["code"], tuple(area["families"]), area["status"]) for area in entry["areas"]))
        for entry in datafiles.read("competencies.json")["domains"]
    )


@cache
def by_code() -> dict[str, Area]:
    """Every area by its code."""
    return {area.code: area for domain in domains() for area in domain.areas}


@cache
def tags() -> dict[str, str]:
    """The names of the tags (DEI, RSCP, AGE_0_3, AGE_3_6) by code."""
    return {tag["code"]: tag["name"] for tag in datafiles.read("competencies.json")["tags"]}


def name(code: str) -> str:
    """The name of an area or tag; a code that is no longer known stands for itself."""
    area = by_code().get(code)
    return area.name if area else tags().get(code, code)


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of code and name, in the order given (what the chips of a page take)."""
    return [(code, name(code)) for code in codes]
