"""Watches a seal's network from outside of it: its name server, and where connections want to go.

It runs in the seal's network namespace and in no other of its namespaces, so nothing sealed can see or signal it.
"""
