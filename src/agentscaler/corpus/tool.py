"""`ToolSpec`: one real API operation, in the same form whatever document it came from."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Effect", "ToolSpec"]

Effect = Literal["read", "write"]


class ToolSpec(BaseModel):
    """One API operation.

    Attributes:
        id: unique in a pool, `provider.service.operation` ("aws.connect.CreateContactFlow").
        name: as the API spells it; a discovery document's nested method is dotted
            ("projects.locations.clusters.create").
        provider: the vendor ("aws", "google", or a user's own word).
        service: `provider.service` ("aws.connect").
        service_title: the service's name for people ("Amazon Connect Service").
        description: plain text, white space folded, at most 400 characters.
        parameters: JSON Schema of type object.  Each property may carry `x-in` (path, query or
            body) and each object or string `x-shape` (the name its document gives the type).
        returns: JSON Schema of the result, or None where the document has none.
        method: HTTP method, where the document has one.
        path: HTTP path template, where the document has one.
        effect: what the document itself says of reading or writing; None where it is silent.
        source: the reader that made this record ("botocore", "discovery", "functions").
        licence: of the description, as far as its document or package states one.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    provider: str
    service: str
    service_title: str
    description: str
    parameters: dict[str, Any]
    returns: dict[str, Any] | None = None
    method: str | None = None
    path: str | None = None
    effect: Effect | None = None
    source: str
    licence: str
