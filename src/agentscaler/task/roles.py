"""What single values in arguments mean: of an argument that takes the members of a list, each."""

from agentscaler.domain.domain import ArgumentRole, DomainManifest

__all__ = ["single_role"]


def single_role(manifest: DomainManifest, role: ArgumentRole) -> ArgumentRole:
    """The role of a single value: that of a member is to name a row, or to be a value in the table
    of members."""
    if role.kind != "members":
        return role
    field = manifest.table[role.table].list_field[role.column]
    target = field.columns[0].references
    if target is not None:
        return ArgumentRole(kind="key", table=target, column=manifest.table[target].key[0])
    return ArgumentRole(kind="value", table=field.table, column=field.order)
