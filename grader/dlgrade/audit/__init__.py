"""Proof that a chapter's suite accepts every right answer and rejects every wrong one: made-up submissions, graded."""
