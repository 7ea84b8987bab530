"""Pages: money that came in, and what it settles."""
