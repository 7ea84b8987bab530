"""Writing of this room."""
