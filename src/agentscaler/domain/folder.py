"""A domain on disk: `domain.json`, `schema.sql`, `tools.py`, `policy.md`, `states/*.sqlite`,
`certificate.json`."""

from pathlib import Path

import orjson
from pydantic import BaseModel, ValidationError

from agentscaler.domain.certificate import Certificate
from agentscaler.domain.domain import Domain, DomainManifest
from agentscaler.domain.provenance import is_own
from agentscaler.errors import InputError

__all__ = ["load_domain", "save_domain"]


def save_domain(domain: Domain, folder: Path) -> None:
    """Writes a domain into `folder`, which is made if it is not there."""
    states = folder / "states"
    states.mkdir(parents=True, exist_ok=True)
    (folder / "domain.json").write_bytes(_json(domain.manifest))
    (folder / "schema.sql").write_text(domain.schema_sql, encoding="utf-8")
    (folder / "tools.py").write_text(domain.source, encoding="utf-8")
    (folder / "policy.md").write_text(domain.policy, encoding="utf-8")
    (folder / "certificate.json").write_bytes(_json(domain.certificate))
    for name, image in domain.states.items():
        (states / f"{name}.sqlite").write_bytes(image)


def load_domain(folder: Path) -> Domain:
    """Reads a domain back; it is `trusted` if its tools are this package's own.

    Raises:
        InputError: a file is missing or does not hold what it should.
    """
    try:
        manifest = DomainManifest.model_validate_json((folder / "domain.json").read_bytes())
        source = (folder / "tools.py").read_text(encoding="utf-8")
        return Domain(
            manifest=manifest,
            schema_sql=(folder / "schema.sql").read_text(encoding="utf-8"),
            source=source,
            policy=(folder / "policy.md").read_text(encoding="utf-8"),
            states={
                path.stem: path.read_bytes()
                for path in sorted((folder / "states").glob("*.sqlite"))
            },
            certificate=Certificate.model_validate_json((folder / "certificate.json").read_bytes()),
            trusted=is_own(manifest, source),
        )
    except (OSError, ValidationError) as error:
        raise InputError(
            f"The domain folder {folder} cannot be read: {error}.",
            "Make it again with the domains stage.",
        ) from error


def _json(record: BaseModel) -> bytes:
    return orjson.dumps(record.model_dump(mode="json"), option=orjson.OPT_INDENT_2) + b"\n"
