"""The trusted side of workers: start a worker, ask it, keep its deadlines, end it."""
