"""What every document has in common: the envelope, the metadata and the rules between fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from slo_gen.spec.documents.scalars import LabelName, LabelValue, Name, Text

__all__ = ["API_VERSION", "Alternatives", "Choice", "Envelope", "Metadata", "Section", "TemplateMetadata"]

API_VERSION = "slm/v1alpha1"


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A rule between optional fields of one section: how many of them may be written.

    ``least`` and ``most`` count the fields that are given. The same rule becomes a check of the fast conversion
    and a ``oneOf``/``anyOf`` of the JSON Schema, so that both accept the same documents.
    """

    fields: tuple[str, ...]
    least: int = 1
    most: int = 1

    @property
    def message(self) -> str:
        """The rule in words, for the reader of an error."""
        listed = ", ".join(self.fields)
        if (self.least, self.most) == (1, 1):
            return f"give exactly one of {listed}"
        if self.least == 0:
            return f"give at most {'one' if self.most == 1 else self.most} of {listed}"
        return f"give at least one of {listed}"


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping of fixed keys. Optional keys that are left out are ``UNSET``, which is false; null is refused."""


class Choice(Section, frozen=True, kw_only=True):
    """A section in which the number of given keys is limited by its ``alternatives``."""

    alternatives: ClassVar[tuple[Alternatives, ...]] = ()

    def __post_init__(self) -> None:
        for rule in self.alternatives:
            given = sum(getattr(self, attribute) is not UNSET for attribute in rule.fields)
            if not rule.least <= given <= rule.most:
                raise ValueError(rule.message)


class Metadata(Section, frozen=True, kw_only=True):
    """Name and description of a document."""

    name: Annotated[Name, Meta(description="Unique among documents of the same kind. Other documents refer to it by this name.")]
    title: Annotated[Text | UnsetType, Meta(description="The name that people see on pages, reports and alerts; by default the name.")] = (
        UNSET
    )
    description: Annotated[str, Meta(description="What a colleague should know about it; shown on pages and in `slo-gen explain`.")] = ""
    labels: Annotated[
        Mapping[LabelName, LabelValue],
        Meta(description="Labels of your own, for filters and for finding things again. They change no measurement."),
    ] = {}


class TemplateMetadata(Metadata, frozen=True, kw_only=True):
    """Metadata of a template, which has a version besides."""

    version: Annotated[
        int,
        Meta(
            ge=1,
            description="Version of the template. Agreements pin it (`extends: gold@3`); keep old versions as long as an agreement "
            "uses them.",
        ),
    ] = 1


class Envelope(Section, frozen=True, kw_only=True):
    """The outermost mapping of every document."""

    api_version: Annotated[Literal["slm/v1alpha1"], Meta(description="Version of the document format. May be left out.")] = field(
        default="slm/v1alpha1", name="apiVersion"
    )
    metadata: Annotated[Metadata, Meta(description="Name, title and labels of the document.")]
