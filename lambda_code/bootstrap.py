"""Stand in for the function until the pipeline brings its first release.

Not a byte of this file may ever change: CloudFormation would put it back on $LATEST,
over the released code, in every stack that updates.
"""

BODY = '{"message": "no release yet: upload the source to start the pipeline"}'


def handler(_event: object, _context: object) -> dict[str, object]:
    """Answer 503, in the shape that API Gateway and function URLs expect."""
    return {
        "statusCode": 503,
        "headers": {"Content-Type": "application/json"},
        "body": BODY,
    }
