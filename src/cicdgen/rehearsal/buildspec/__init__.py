"""A build as CodeBuild would do it: the buildspec, read strictly, and run in a real shell."""
