"""Questions and answers: of a registration, an application, an evaluation."""
