"""Refusals: what the rules say no to, in the user's words. One module in `web` turns them into HTTP."""


class Refusal(Exception):
    """A rule said no. `sentence` names the rule and `way_out` what to do instead; both are shown to the person.

    `field` names the form field it belongs to, when there is one. `code` is stable, for tests and the API.
    """

    status = 409
    code = "refused"

    def __init__(self, sentence: str, *, way_out: str = "", field: str | None = None, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = way_out
        self.field = field
        self.code = code or self.code


class Unacceptable(Refusal):
    """What was typed cannot be used: the form comes back with 422 and everything still in it."""

    status = 422
    code = "unacceptable"


class NotFound(Refusal):
    """It does not exist, or it is somebody else's: the answer is the same."""

    status = 404
    code = "not_found"

    def __init__(self, sentence: str = "There is nothing at this address.", **kw: str) -> None:
        super().__init__(sentence, way_out=kw.get("way_out", ""))


class Forbidden(Refusal):
    """The person is known, and this is not hers to do."""

    status = 403
    code = "forbidden"


class Full(Refusal):
    """No place is left at one of the levels that have a capacity."""

    code = "full"


class Closed(Refusal):
    """Too early, too late, or cancelled."""

    code = "closed"


class Stale(Refusal):
    """Somebody changed it since the form was opened."""

    code = "stale"


class AlreadyDone(Refusal):
    """The same thing was done before; nothing was done twice."""

    code = "already_done"
