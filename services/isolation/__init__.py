"""What every bubblewrap sandbox of raygen shares: the seal of a validation and the view of a local cluster."""
