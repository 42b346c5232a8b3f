"""Which organisation of Grafana gets which dashboards, and with whose login.

A customer's dashboards go into the customer's organisation and nowhere else. Numbers stand in the environment, by the names that the
provisioning files use too. A number that two customers share, or that the provider uses too, would show one the other's page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from slo_gen.fetch import AddressError, Credentials
from slo_gen.outputs.isolation import organisation_variable
from slo_gen.publish.compiled import Compiled, Page

__all__ = ["ENVIRONMENT", "Destination", "destinations"]

ENVIRONMENT: Final = "SLO_GEN_GRAFANA"
"""Beginning of the environment variables with the address of Grafana and the login that all organisations share."""

_OF_A_CUSTOMER: Final = re.compile(r"SLM_CUSTOMER_[A-Z0-9_]+_ORG_ID")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Destination:
    """An organisation. ``number`` is 0 for the one that the login is in; ``whose`` names it in messages."""

    whose: str
    number: int
    credentials: Credentials
    pages: tuple[Page, ...]
    of_customer: bool = True


def destinations(
    compiled: Compiled, environment: Mapping[str, str], number: int = 0, *, single: bool = False
) -> tuple[Destination, ...]:
    """Every organisation to look at: the provider's first, then those of customers.

    A login, or the variable of a customer, for which there is no dashboard any more gives a destination without pages: what was
    pushed before may be there. ``single``: all dashboards go into the provider's. Raises AddressError that names all that is missing.
    """
    shared = Credentials.from_environment(ENVIRONMENT, environment)
    customers = sorted({page.folder.customer for page in compiled.pages} - {""})
    found = []
    own = tuple(page for page in compiled.pages if single or not page.folder.customer)
    if own or shared.token or shared.username:
        found.append(Destination("the provider", number, replace(shared, organisation=number), own, of_customer=False))
    if not single:
        variables = {organisation_variable(customer): customer for customer in customers}
        gone = {name: name.removesuffix("_ORG_ID") for name in environment if _OF_A_CUSTOMER.fullmatch(name) and name not in variables}
        _refuse_missing(environment, variables)
        for variable, whose in sorted((variables | gone).items(), key=lambda each: (each[0] in gone, each[1])):
            pages = tuple(page for page in compiled.pages if page.folder.customer == variables.get(variable, "-"))
            chosen = _number(environment, variable)
            if variable in gone and chosen in {each.number for each in found}:
                continue        # the customer's other name
            login = Credentials.from_environment(f"{variable.removesuffix('_ORG_ID')}_GRAFANA", environment)
            login = replace(login if login.token or login.username else shared, organisation=chosen)
            found.append(Destination(whose, chosen, login, pages))
    _refuse_shared(found)
    _refuse_no_login(found)
    return tuple(found)


def _refuse_missing(environment: Mapping[str, str], variables: Mapping[str, str]) -> None:
    missing = [name for name in variables if not environment.get(name)]
    if missing:
        raise AddressError(
            f"The organisations of customers are not known; set {', '.join(missing)} to their numbers. "
            "With --single-organisation everything goes into one, where each customer would see all others."
        )


def _number(environment: Mapping[str, str], variable: str) -> int:
    written = environment[variable].strip()
    if not _NUMBER.fullmatch(written):
        raise AddressError(f"{variable} is {written!r}, which is not the number of an organisation, like 7.")
    return int(written)


def _refuse_shared(found: list[Destination]) -> None:
    seen: dict[int, str] = {}
    for each in found:
        if each.number and each.number in seen:
            raise AddressError(
                f"{seen[each.number]} and {each.whose} have the same organisation, {each.number}; each would see what is the other's."
            )
        seen[each.number] = each.whose


def _refuse_no_login(found: list[Destination]) -> None:
    without = [each.whose for each in found if not (each.credentials.token or each.credentials.username)]
    if without:
        raise AddressError(
            f"There is no login for {', '.join(without[:5])}{' and others' * (len(without) > 5)}: set {ENVIRONMENT}_TOKEN or _TOKEN_FILE, "
            f"or {ENVIRONMENT}_USERNAME with _PASSWORD or _PASSWORD_FILE."
        )
