"""When work was due, and when it was handed in."""
