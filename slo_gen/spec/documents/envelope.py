"""What every document has in common: the envelope, the metadata and the rules between fields."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from slo_gen.spec.documents.scalars import LabelName, LabelValue, Name, Text

__all__ = ["API_VERSION", "Choice", "Envelope", "Metadata", "Section", "TemplateMetadata", "choice_message"]

API_VERSION = "slm/v1alpha1"


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping of fixed keys. Optional keys that are left out are ``UNSET``, which is false; null is refused."""


class Choice(Section, frozen=True, kw_only=True):
    """A section in which exactly one key of each group in ``exactly_one`` is to be written.

    The fast conversion checks it here; the JSON Schema says the same as ``oneOf``.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __post_init__(self) -> None:
        for keys in self.exactly_one:
            if sum(getattr(self, key) is not UNSET for key in keys) != 1:
                raise ValueError(choice_message(keys))


def choice_message(keys: tuple[str, ...]) -> str:
    """The rule in words, for the reader of an error."""
    return f"give exactly one of {', '.join(keys)}"


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
