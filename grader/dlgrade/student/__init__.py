"""A student's own machine: the record of earlier checks, and the doctor."""
