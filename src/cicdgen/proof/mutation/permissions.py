"""Mutants of policies: a statement, an action, a condition, a principal, resources."""

from collections.abc import Iterator, Mapping, Sequence

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation.change import GONE, Change
from cicdgen.proof.mutation.kinds import Kind

_SERVICE = "elasticbeanstalk.amazonaws.com"


def statements(path: Path, value: Json, _: str) -> Iterator[Change]:
    """Every statement of a policy, and what it is made of."""
    if path[-1] != "Statement" or not isinstance(value, list):
        return
    for number, statement in enumerate(value):
        if isinstance(statement, dict):
            sid = str(statement.get("Sid", f"statement {number + 1}"))
            if len(value) > 1:
                what = f"{path[1]} without {sid}"
                yield Change(Kind.DROP_STATEMENT, (*path, number), what, GONE)
            yield from _parts((*path, number), statement, sid)
    yield from _swapped(path, value)


def _parts(at: Path, statement: Mapping[str, Json], sid: str) -> Iterator[Change]:
    for key in ("Action", "NotAction"):
        actions = statement.get(key)
        if isinstance(actions, list) and len(actions) > 1:
            for index, action in enumerate(actions):
                what = f"{sid} without {action}"
                yield Change(Kind.DROP_ACTION, (*at, key, index), what, GONE)
    conditions = statement.get("Condition")
    for operator, tests in conditions.items() if isinstance(conditions, dict) else ():
        for key in tests if isinstance(tests, dict) else ():
            where = (*at, "Condition", operator, key)
            what = f"{sid} without {operator} {key}"
            yield Change(Kind.DROP_CONDITION, where, what, GONE)
    yield from _principals(at, statement.get("Principal"), sid)


def _principals(at: Path, principal: Json, sid: str) -> Iterator[Change]:
    services = principal.get("Service") if isinstance(principal, dict) else None
    where: Path = (*at, "Principal", "Service")
    if isinstance(services, list):
        for index, service in enumerate(services):
            what = f"{sid} for {_SERVICE}, not {service}"
            yield Change(Kind.CHANGE_PRINCIPAL, (*where, index), what, _SERVICE)
            if len(services) > 1:
                what = f"{sid} not for {service}"
                yield Change(Kind.CHANGE_PRINCIPAL, (*where, index), what, GONE)
    elif services is not None:
        what = f"{sid} for {_SERVICE}, not {services}"
        yield Change(Kind.CHANGE_PRINCIPAL, where, what, _SERVICE)


def _swapped(path: Path, listed: Sequence[Json]) -> Iterator[Change]:
    """Each statement with the resources of the next, and the next with its own."""
    for number in range(len(listed) - 1):
        one, other = listed[number], listed[number + 1]
        if not isinstance(one, dict) or not isinstance(other, dict):
            continue
        if _but(one) == _but(other):
            continue
        if "Resource" not in one or "Resource" not in other or one["Resource"] == other["Resource"]:
            continue
        swapped = [*listed]
        swapped[number] = {**one, "Resource": other["Resource"]}
        swapped[number + 1] = {**other, "Resource": one["Resource"]}
        names = [str(each.get("Sid", "a statement")) for each in (one, other)]
        what = f"{path[1]}: {names[0]} and {names[1]} change resources"
        yield Change(Kind.SWAP_RESOURCES, (*path, number, "Resource"), what, swapped)


def _but(statement: Mapping[str, Json]) -> Mapping[str, Json]:
    """A statement without what it is about and called: two that are alike so are one."""
    return {key: value for key, value in statement.items() if key not in {"Sid", "Resource"}}
