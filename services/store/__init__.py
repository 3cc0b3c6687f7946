"""Raygen's own records in SQL, behind one repository per record."""

from services.store.database import open_database
from services.store.repositories import Store

__all__ = ["Store", "open_database"]
