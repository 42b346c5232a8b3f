"""What lets the exporter into a system that it reads."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Section
from slo_gen.spec.documents.scalars import LabelName, Text

__all__ = ["SourceCredentials"]


class SourceCredentials(Section, frozen=True, kw_only=True):
    """What lets the exporter in. Secrets stand in files or in the environment, never in a document."""

    username: Annotated[Text | UnsetType, Meta(description="User name, where the system wants one beside the secret.")] = UNSET
    password_file: Annotated[Text | UnsetType, Meta(description="File with the password.")] = UNSET
    password_env: Annotated[LabelName | UnsetType, Meta(description="Variable of the environment with the password.")] = UNSET
    token_file: Annotated[Text | UnsetType, Meta(description="File with the token or API key.")] = UNSET
    token_env: Annotated[
        LabelName | UnsetType, Meta(description="Variable of the environment with the token or API key.", examples=["REDMINE_KEY"])
    ] = UNSET
