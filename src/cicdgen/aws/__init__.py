"""The only door to boto3, imported inside the functions: it costs as much as a render."""
