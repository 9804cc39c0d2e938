"""dlgrade in a Jupyter notebook: the magic, the cells that were run, the report below a cell."""
