"""`python -m dlgrade` is the `dlgrade` command."""

from dlgrade.cli import main

if __name__ == "__main__":
    main()
