"""What a check found."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """Errors and warnings in the order found, and the names of the parsers that read the text."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    parsers: list[str] = field(default_factory=list)

    def error(self, code: str, sentence: str, line: int | None = None) -> None:
        """A rule is broken."""
        self.errors.append(_written(code, sentence, line))

    def warning(self, code: str, sentence: str, line: int | None = None) -> None:
        """Allowed, but some client will do badly with it."""
        self.warnings.append(_written(code, sentence, line))


def _written(code: str, sentence: str, line: int | None) -> str:
    return f"{code}: {sentence}" + (f" (line {line})" if line else "")
