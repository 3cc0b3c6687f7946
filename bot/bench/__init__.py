"""Benchmarks of raygen on the machine at hand: what is measured, and how it is shown."""
