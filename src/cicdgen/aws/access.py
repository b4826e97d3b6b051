"""How AWS is reached: as whom, in which region, at which endpoint."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from cicdgen.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How AWS is reached.

    Attributes:
        profile: the profile of the AWS config; by default what AWS_PROFILE or the environment says.
        region: the region; by default AWS_REGION, AWS_DEFAULT_REGION, or the profile's.
        endpoint: where every service answers, if it is not AWS: shown before each question.
    """

    profile: str | None = None
    region: str | None = None
    endpoint: str | None = None

    @property
    def target(self) -> str | None:
        """The endpoint that stands in for AWS, from the flag or the environment."""
        return self.endpoint or os.environ.get("AWS_ENDPOINT_URL") or None


def client(service: str, access: Access, *, attempts: int = 3) -> Any:  # noqa: ANN401 - untyped
    """A client of a service, e.g. `cloudformation`.

    Retries are botocore's standard ones, with back-off on throttling.

    Args:
        service: as boto3 calls it.
        access: how AWS is reached.
        attempts: how often botocore tries a call; 1 for who retries on their own.

    Raises:
        UsageError: there is no such profile, or no region is known.
    """
    import boto3  # noqa: PLC0415 - see the package
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import NoRegionError, ProfileNotFound  # noqa: PLC0415

    region = access.region or os.environ.get("AWS_REGION")
    try:
        session = boto3.Session(profile_name=access.profile, region_name=region)
        return session.client(
            service,
            endpoint_url=access.endpoint,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": attempts},
                user_agent_extra="cicdgen",
            ),
        )
    except ProfileNotFound as error:
        raise UsageError(str(error), hint="name a profile of ~/.aws/config") from error
    except NoRegionError as error:
        raise UsageError(
            "no region is known", hint="set `region` in the config, or AWS_REGION"
        ) from error
