"""The untrusted side: a process that imports one submission and runs probes on it."""
