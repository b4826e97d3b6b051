"""The two calls of the AWS CLI that the buildspecs make, over a folder.

`AWS_STUB` names the folder. An object's version is the file `BUCKET/KEY/VERSION` in it. In a file
beside the buckets a test decides what S3 would do:

- `versioning` holds the VersionId that the next puts answer with: `Enabled` counts versions, and
  `null` (suspended) or `None` (never enabled) is what the CLI prints for such a bucket.
- `refusal` makes every call fail with its text.

A call, an option or a value beyond those two calls is an error, never skipped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path


def main() -> None:
    """Answer one call, as the CLI does: text on stdout, 254 for what the service refuses."""
    folder = Path(os.environ["AWS_STUB"])
    call = _parser().parse_args()
    refusal = folder / "refusal"
    if refusal.exists():
        _refuse(refusal.read_text(encoding="utf-8"))
    if not (folder / call.bucket).is_dir():
        _refuse("NoSuchBucket")
    versions = folder / call.bucket / call.key
    match call.operation:
        case "put-object":
            sys.stdout.write(_put(Path(call.body), versions, folder / "versioning") + "\n")
        case "get-object":
            if not (versions / call.version_id).is_file():
                _refuse("NoSuchVersion")
            shutil.copyfile(versions / call.version_id, call.outfile)
            sys.stdout.write("{}\n")


def _put(body: Path, versions: Path, versioning: Path) -> str:
    versions.mkdir(parents=True, exist_ok=True)
    version = versioning.read_text(encoding="utf-8")
    if version == "Enabled":
        version = f"version-{len(list(versions.iterdir())) + 1}"
    shutil.copyfile(body, versions / version)
    return version


def _refuse(reason: str) -> None:
    sys.stderr.write(f"An error occurred ({reason}) when calling the operation\n")
    raise SystemExit(254)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aws", allow_abbrev=False)
    services = parser.add_subparsers(required=True)
    s3api = services.add_parser("s3api", allow_abbrev=False)
    operations = s3api.add_subparsers(dest="operation", required=True)
    put = operations.add_parser("put-object", allow_abbrev=False)
    get = operations.add_parser("get-object", allow_abbrev=False)
    for operation in put, get:
        operation.add_argument("--bucket", required=True)
        operation.add_argument("--key", required=True)
    put.add_argument("--body", required=True)
    put.add_argument("--checksum-algorithm", choices=["SHA256"], required=True)
    put.add_argument("--query", choices=["VersionId"], required=True)
    put.add_argument("--output", choices=["text"], required=True)
    get.add_argument("--version-id", required=True)
    get.add_argument("outfile")
    return parser


if __name__ == "__main__":
    main()
