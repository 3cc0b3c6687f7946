"""Work in flight as an earlier commit has stored it, and how such a recording is made."""
