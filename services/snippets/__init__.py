"""The snippet sandbox: small computations for the model, run at once and without approval, where they can reach nothing."""
