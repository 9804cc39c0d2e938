"""Results and the forms they are written in."""
