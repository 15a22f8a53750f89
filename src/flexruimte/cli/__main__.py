"""The command line, as ``python -m flexruimte.cli``."""

from flexruimte.cli import main

if __name__ == "__main__":
    main()
