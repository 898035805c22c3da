"""What a set-aside is called and how it stands: pure, over plain values."""

KIND_WORDS = {"presenters": "Presenters", "scholarships": "Scholarships", "agency": "An agency", "phone": "Door and phone",
              "other": "Somebody else"}


def words(kind: str, label: str, agency: str | None) -> str:
    """For whom it is, in words: the agency's name, or the kind, with what staff wrote beside it."""
    if kind == "other":
        return label
    named = agency or KIND_WORDS[kind]
    return f"{named}: {label}" if label else named
