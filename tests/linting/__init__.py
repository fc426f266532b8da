"""The linter of migrations: `make lint` runs it with `--settings tests.linting.settings`."""
