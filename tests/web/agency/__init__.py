"""What an agency's contacts see and do."""
