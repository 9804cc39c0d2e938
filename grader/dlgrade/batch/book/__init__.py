"""The gradebook: a database of students, hand-ins, results and the points that staff changed."""
