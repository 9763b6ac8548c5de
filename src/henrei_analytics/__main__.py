"""`python -m henrei_analytics` is the `henrei` command."""

from henrei_analytics.cli import main

main()
