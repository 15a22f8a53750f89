"""The command line, as ``python -m flexruimte``."""

from flexruimte.cli import main

if __name__ == "__main__":
    main()
