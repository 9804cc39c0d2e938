"""The trusted side of workers: starting them, asking them, ending them, and the processes that make them."""
