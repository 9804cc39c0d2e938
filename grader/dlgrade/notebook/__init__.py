"""dlgrade in a Jupyter notebook: the magic, the executed cells, the report below a cell."""
