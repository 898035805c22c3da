"""What tests share: databases, servers, browsers, calendar checkers. No test lives here."""
