"""Why an operation did not become a tool, or a community did not become a domain."""

from enum import StrEnum

__all__ = ["DomainReason"]


class DomainReason(StrEnum):
    """Reasons in the ledger of rejected tools and domains."""

    OTHER_SERVICE = "other_service"
    """The tool belongs to another service than most of its community."""
    NO_TABLE = "no_table"
    """The resource it acts on has too little schema to be a table."""
    NO_KEY = "no_key"
    """Nothing among its parameters says which row it means."""
    NO_FIELDS = "no_fields"
    """It sets or changes nothing that its table knows."""
    UNKNOWN_EFFECT = "unknown_effect"
    """An action whose effect on the database the description does not tell."""
    BATCH = "batch"
    """It works on many things at once, beyond scalars."""
    DUPLICATE = "duplicate"
    """Another tool of the domain does the same to the same table."""
    FAILED_CHECK = "failed_check"
    """It failed a check of the certificate."""
    UNCONNECTED = "unconnected"
    """No other tool feeds it or is fed by it."""
    TOO_FEW_TOOLS = "too_few_tools"
    """The domain: fewer tools left than the setting asks for."""
    TOO_FEW_TABLES = "too_few_tables"
    """The domain: fewer than two tables."""
    NO_FOREIGN_KEY = "no_foreign_key"
    """The domain: no table refers to another."""
    READ_ONLY = "read_only"
    """The domain: no tool that writes."""
    WRITE_ONLY = "write_only"
    """The domain: no tool that reads."""
    NOT_BUILT = "not_built"
    """The domain: what was made of it does not run; the detail says where."""
