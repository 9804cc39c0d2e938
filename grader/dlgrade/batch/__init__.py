"""Many submissions: reading what was handed in, grading it on an executor, keeping the gradebook, exporting scores."""
