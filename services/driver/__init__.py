"""The driver wrapper: one way to execute a program, in a validation and in a run."""
