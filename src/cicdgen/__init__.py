"""Pipelines for AWS Lambda functions: one config file in, one CloudFormation template out."""

# A constant, not a metadata look-up: importlib.metadata costs a third of a start (docs/decisions).
__version__ = "0.1.0"
