"""What CreateChangeSet is asked for, from the order and the stack that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.aws import change_sets, template_bucket
from cicdgen.deploying import capabilities
from cicdgen.deploying.order import digest, fingerprint
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.happenings import Target
    from cicdgen.deploying.order import Bucket, Order


def request_of(
    caller: Caller,
    order: Order,
    target: Target,
    stack: Stack | None,
    deployed: str,
    run: str,
) -> change_sets.Request:
    """The request, whose name is the hash of all that it brings.

    Args:
        caller: who calls; a template that is too long is stored first.
        order: what a person asks for.
        target: where.
        stack: as it is now.
        deployed: its template; empty if it has none.
        run: marks what this run makes.
    """
    parameters = order.parameters_for(tuple(name for name, _ in stack.parameters) if stack else ())
    document = order.document
    wanted = capabilities.needed(document) if order.capabilities is None else order.capabilities
    content = digest(
        order.body,
        parameters,
        order.tags,
        wanted,
        order.role_arn,
        order.notification_arns,
        order.on_failure,
        order.imports_existing,
        fingerprint(deployed) if deployed else "",
    )
    url = None
    if (bucket := bucket_for(order)) is not None:
        url = _stored(caller, order, bucket, target)
    return change_sets.Request(
        stack=order.address.stack,
        name=f"cicdgen-{content[:16]}",
        kind="UPDATE" if deployed else "CREATE",
        token=run,
        body=None if url else order.body,
        url=url,
        parameters=parameters,
        tags=order.tags,
        capabilities=wanted,
        role_arn=order.role_arn,
        notification_arns=order.notification_arns,
        on_failure=order.on_failure,
        imports_existing=order.imports_existing,
        description=f"cicdgen, run {run}",
    )


def _stored(caller: Caller, order: Order, bucket: Bucket, target: Target) -> str:
    return template_bucket.store(
        caller,
        order.body,
        bucket=bucket.name,
        key=bucket.key(digest(order.body)),
        account=target.account,
        kms_key=bucket.kms_key,
    )


def bucket_for(order: Order) -> Bucket | None:
    """The bucket that the template has to go through; None if it is sent inline.

    Raises:
        UsageError: it needs one, and none is named.
    """
    size = len(order.body.encode())
    if size <= template_bucket.INLINE_BYTES:
        return None
    if order.bucket is None:
        raise UsageError(
            f"the template has {size} bytes, and CloudFormation takes "
            f"{template_bucket.INLINE_BYTES} inline",
            hint="name a bucket of yours for it: --s3-bucket NAME",
        )
    return order.bucket
