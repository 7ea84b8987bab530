"""Reading of this room."""
