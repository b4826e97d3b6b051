"""Alarms over metric math and over other alarms.

An alarm over metric math is stored and described. It is not evaluated: its state stays
INSUFFICIENT_DATA, which is what it is, until somebody sets it.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners
from ministack.services.cloudformation.provisioners import _physical_name

from .stored import Json, add_type

_PLAIN = provisioners._cw_metric_alarm_record  # noqa: SLF001 - what it refuses is handled first


def teach() -> None:
    """Take alarms over metric math, and composite alarms."""
    provisioners._cw_metric_alarm_record = _record  # noqa: SLF001 - as above
    add_type("AWS::CloudWatch::CompositeAlarm", create=_create, update=_update, delete=_delete)


def _record(name: str, properties: Json) -> Json:
    if not properties.get("Metrics"):
        plain: Json = _PLAIN(name, properties)
        return plain
    both = {"MetricName", "Namespace", "Dimensions", "Period", "Statistic"} & properties.keys()
    if both:
        # AmazonCloudWatch/API_PutMetricAlarm, Metrics.
        message = f"Metrics and {', '.join(sorted(both))} do not go together"
        raise ValueError(message)
    # What a metric alarm has beside its metric is read by the code that knows it.
    placeholder = {"MetricName": "-", "Namespace": "-"}
    rest = {key: value for key, value in properties.items() if key != "Metrics"}
    alarm = _PLAIN(name, rest | placeholder)
    for key in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period"):
        del alarm[key]
    return {**alarm, "Dimensions": [], "Metrics": _typed(properties["Metrics"])}


def _typed(metrics: list[Json]) -> list[Json]:
    """The queries with the types of the API: a template may write numbers as text."""
    typed = []
    for metric in metrics:
        query: dict[str, Any] = dict(metric)
        if "ReturnData" in query:
            query["ReturnData"] = str(query["ReturnData"]).lower() == "true"
        if "MetricStat" in query:
            query["MetricStat"] = {
                **query["MetricStat"],
                "Period": int(query["MetricStat"]["Period"]),
            }
        typed.append(query)
    return typed


def _create(logical_id: str, properties: Json, stack: str) -> tuple[str, Json]:
    return _put(properties.get("AlarmName") or _physical_name(stack, logical_id), properties)


def _update(name: str, old: Json, new: Json, _stack: str) -> tuple[str, Json]:
    if (new.get("AlarmName") or name) != name:
        _delete(name, old)
        name = new["AlarmName"]
    return _put(name, new)


def _put(name: str, properties: Json) -> tuple[str, Json]:
    request = {key: value for key, value in properties.items() if key != "Tags"}
    request |= {"AlarmName": name, "Tags": properties.get("Tags") or []}
    status, _, body = cloudwatch._put_composite_alarm({}, request, is_cbor=False, is_json=True)  # noqa: SLF001 - the service's own reading of a rule
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        raise ValueError(body.decode())
    arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
    return name, {"Arn": arn}


def _delete(name: str, _properties: Json) -> None:
    cloudwatch._composite_alarms.pop(name, None)  # noqa: SLF001 - it has no door
