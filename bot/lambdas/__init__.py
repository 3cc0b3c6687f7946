"""What runs in AWS Lambda: each module is the composition root of one function."""
