"""Hand-ins as trees of files: folders, zips and branches, read and never run."""
