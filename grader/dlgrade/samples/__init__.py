"""Submissions that come with dlgrade, for `dlgrade demo`."""
