"""Whose a file is: by a roster, by the names that platforms and people give, or by the gradebook."""
