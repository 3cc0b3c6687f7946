"""Imported by a sample app that asks none of these models here."""
