"""Who takes part: orders, lines, seats, holds, applications, pricing, deadlines, programme changes."""
