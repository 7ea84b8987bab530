"""Writing of this room: drafts, issue, corrections, our own charges, decisions."""
