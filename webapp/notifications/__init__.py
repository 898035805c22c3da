"""Messages to people: outbox rows, their texts, and the courier that sends them."""
