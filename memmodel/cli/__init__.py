"""The command: arguments in, exit status out; one module for each subcommand."""
