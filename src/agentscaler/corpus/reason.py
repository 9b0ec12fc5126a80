"""Why an API operation does not enter the pool."""

from enum import StrEnum

__all__ = ["PoolReason"]


class PoolReason(StrEnum):
    """Why an operation, a record or a whole file was turned away."""

    BAD_FILE = "bad_file"
    """The file cannot be read: no permission, no text, no whole JSON or YAML, or empty."""
    UNKNOWN_FORM = "unknown_form"
    """The file can be read, and holds no API description in a form that we know."""
    BAD_RECORD = "bad_record"
    """The record is no operation: not an object, no usable name, or broken JSON."""
    BAD_SCHEMA = "bad_schema"
    """The parameters are not a JSON Schema of type object."""
    DEPRECATED = "deprecated"
    """The document marks the operation as deprecated, or its description begins by saying so."""
    OLDER_VERSION = "older_version"
    """A newer or more stable version of the same API is in the same source."""
    NOT_ENGLISH = "not_english"
    """The description is in another language."""
    TOO_MANY_PARAMETERS = "too_many_parameters"
    """More parameters than `PoolSettings.max_parameters`."""
    DUPLICATE_NAME = "duplicate_name"
    """An operation with the same id is in the pool already."""
    DUPLICATE = "duplicate"
    """Same method name, description and parameters as an operation of its own service."""
    DUPLICATE_ELSEWHERE = "duplicate_elsewhere"
    """The same as an operation of another service of its provider."""
    DUPLICATE_SOURCE = "duplicate_source"
    """Another reader gave the same operation of the same service."""
    OVER_SERVICE_CAP = "over_service_cap"
    """Its service has more tools than `PoolSettings.service_cap`."""
    OVER_PROVIDER_CAP = "over_provider_cap"
    """With its service, its provider would have more tools than `PoolSettings.provider_cap`."""
