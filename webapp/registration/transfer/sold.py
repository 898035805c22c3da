"""What is sold: between the file's form and the values of `registration.offers`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from webapp.catalog.transfer import read_moment, write_moment
from webapp.core.errors import Unacceptable
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, InstalmentSpec, Offers, PriceSpec, TypeSpec
from webapp.registration.transfer.form import AddOnForm, Document, GroupRuleForm, InstalmentForm, PriceForm, TypeForm


def unresolved(document: Document) -> Iterator[str]:
    """What the types and add-ons name and the file does not have, each with its place."""
    blocks = {one.name for one in document.blocks}
    for at, type_ in enumerate(document.types, 1):
        yield from (f"types[{at}].sessions: the file has no session number {number}"
                    for number in type_.sessions if not 1 <= number <= len(document.sessions))
        yield from _dates(type_, f"types[{at}]", document.zone)
    for at, add_on in enumerate(document.add_ons, 1):
        if add_on.unlocks and add_on.unlocks not in blocks:
            yield f"add_ons[{at}].unlocks: the file has no block called {add_on.unlocks}"
        yield from _dates(add_on, f"add_ons[{at}]", document.zone)


def to_offers(document: Document, sessions: Sequence[int], blocks: Mapping[str, int]) -> Offers:
    """The offers of a file whose references were checked; `sessions` are ids in the file's order."""
    zone = document.zone
    return Offers(
        types=[TypeSpec(
            name=one.name, prices=_prices(one.prices, zone), audience=one.audience, hint=one.hint, mode=one.mode,
            session_ids=[sessions[number - 1] for number in one.sessions], on_request=one.on_request, account_code=one.account_code,
            opens_at=read_moment(one.opens_at, zone), closes_at=read_moment(one.closes_at, zone), capacity=one.capacity,
            shares=one.shares, takes_seat=one.takes_seat, badges=one.badges,
            instalments=[InstalmentSpec(date.fromisoformat(part.due_on), part.share) for part in one.instalments])
            for one in document.types],
        add_ons=[AddOnSpec(
            name=one.name, prices=_prices(one.prices, zone), is_required=one.required, capacity=one.capacity,
            unlocks_block_id=blocks.get(one.unlocks), account_code=one.account_code, badges=one.badges) for one in document.add_ons],
        group_rules=[GroupRuleSpec(one.min_count, one.percent) for one in document.group_rules])


def to_forms(sold: Offers, numbers: Mapping[int, int], blocks: Mapping[int, str],
             zone: str) -> tuple[list[TypeForm], list[AddOnForm], list[GroupRuleForm]]:
    """Types, add-ons and group rules for the file; `numbers` are session ids to numbers, `blocks` block ids to names."""
    return (
        [TypeForm(
            name=one.name, hint=one.hint, audience=one.audience, mode=one.mode, on_request=one.on_request,  # type: ignore[arg-type]
            account_code=one.account_code, opens_at=write_moment(one.opens_at, zone), closes_at=write_moment(one.closes_at, zone),
            capacity=one.capacity, shares=one.shares, takes_seat=one.takes_seat, badges=one.badges, prices=_price_forms(one.prices, zone),
            instalments=[InstalmentForm(due_on=part.due_on.isoformat(), share=part.share) for part in one.instalments],
            sessions=sorted(numbers[session_id] for session_id in one.session_ids)) for one in sold.types],
        [AddOnForm(name=one.name, required=one.is_required, capacity=one.capacity, account_code=one.account_code, badges=one.badges,
                   unlocks=blocks.get(one.unlocks_block_id or 0, ""), prices=_price_forms(one.prices, zone)) for one in sold.add_ons],
        [GroupRuleForm(min_count=one.min_count, percent=one.percent) for one in sold.group_rules])


def _prices(forms: Sequence[PriceForm], zone: str) -> list[PriceSpec]:
    return [PriceSpec(one.cents, one.label, read_moment(one.since, zone), read_moment(one.until, zone), one.audience) for one in forms]


def _price_forms(prices: Sequence[PriceSpec], zone: str) -> list[PriceForm]:
    return [PriceForm(cents=one.cents, label=one.label, since=write_moment(one.valid_from, zone),
                      until=write_moment(one.valid_until, zone), audience=one.audience) for one in prices]  # type: ignore[arg-type]


def _dates(sold: TypeForm | AddOnForm, at: str, zone: str) -> Iterator[str]:
    moments = [(f"prices[{n}]", moment) for n, price in enumerate(sold.prices, 1) for moment in (price.since, price.until)]
    if isinstance(sold, TypeForm):
        moments += [("opens_at", sold.opens_at), ("closes_at", sold.closes_at)]
        yield from (f"{at}.instalments[{n}].due_on: {part.due_on} is not a date"
                    for n, part in enumerate(sold.instalments, 1) if not _is_date(part.due_on))
    for name, moment in moments:
        try:
            read_moment(moment, zone)
        except (Unacceptable, ValueError) as error:
            yield f"{at}.{name}: {error}"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
