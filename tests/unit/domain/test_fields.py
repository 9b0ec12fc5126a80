import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.arguments import settable
from agentscaler.domain.fields import Field, field_name, to_column
from agentscaler.domain.meaning import column_type, meaning_of
from agentscaler.domain.tables import derive_tables
from agentscaler.graph.operation import read_operation


@pytest.mark.parametrize(
    ("resource", "name", "made"),
    [
        ("function", "FunctionName", "name"),
        ("contact_flow", "contactFlowState", "state"),
        ("contact_flow", "flowState", "flow_state"),
        ("job", "class", "job_class"),
        ("job", "db", "job_db"),
        ("disk", "sizeGb", "size_gb"),
        ("client", "OAuth2Url", "oauth2_url"),
    ],
)
def test_a_field_is_named_without_its_resource(resource: str, name: str, made: str) -> None:
    assert field_name(resource, name) == made


def test_secrets_and_blobs_make_no_columns() -> None:
    assert to_column(Field("client_secret", {"type": "string"}), "client") is None
    assert to_column(Field("picture", {"type": "string", "format": "byte"}), "user") is None


def test_an_enum_of_one_useful_value_makes_no_column() -> None:
    schema = {"type": "string", "enum": ["KIND_UNSPECIFIED", "ONLY"]}
    assert to_column(Field("kind_of", schema), "thing") is None


def test_a_status_without_its_values_makes_no_column() -> None:
    assert to_column(Field("status", {"type": "string"}), "job") is None


@pytest.mark.parametrize(
    ("name", "schema_type", "schema_format", "kind"),
    [
        ("createdAt", "string", "date-time", "timestamp"),
        ("birthDate", "string", "date", "date"),
        ("sizeGb", "string", "int64", "integer"),
        ("enabled", "boolean", None, "boolean"),
        ("price", "number", None, "real"),
        ("name", "string", None, "text"),
    ],
)
def test_a_schema_type_becomes_a_column_type(
    name: str, schema_type: str, schema_format: str | None, kind: str
) -> None:
    assert column_type(name, schema_type, schema_format) == kind


@pytest.mark.parametrize(
    ("noun", "name", "kind", "meaning"),
    [
        ("user", "name", "text", "person_name"),
        ("cluster", "contact_email", "text", "email"),
        ("server", "server_address", "text", "domain_name"),
        ("customer", "billing_address", "text", "street"),
        ("order", "total_amount", "real", "money"),
        ("job", "timeout", "integer", "seconds"),
        ("parcel", "weight_kg", "real", "kilograms"),
        ("route", "weight", "integer", "priority"),
        ("job", "failure_reason", "text", "trouble"),
        ("job", "frobnication", "text", "text"),
    ],
)
def test_a_column_means_what_its_name_says(noun: str, name: str, kind: str, meaning: str) -> None:
    assert meaning_of(noun, name, kind) == meaning


def test_the_state_of_a_part_is_not_the_state_of_the_whole() -> None:
    states = {"type": "string", "enum": ["ACTIVE", "FAILED"]}
    record = {
        "clusterId": {"type": "string"},
        "nodeType": {"type": "string"},
        "snapshotScheduleState": states,
    }
    for field, status in (
        ("", None),
        ("clusterStatus", "status"),
        ("lifecycleState", "lifecycle_state"),
    ):
        properties = {**record, field: states} if field else record
        spec = ToolSpec(
            id="acme.db.DescribeCluster",
            name="DescribeCluster",
            provider="acme",
            service="acme.db",
            service_title="DB",
            description="",
            parameters={"type": "object", "properties": {"clusterId": {"type": "string"}}},
            returns={"type": "object", "properties": properties},
            effect="read",
            source="functions",
            licence="",
        )
        table = derive_tables([read_operation(spec)], [])["cluster"]
        assert table.status == status


def test_the_new_value_of_an_update_is_a_value_of_the_field_that_it_changes() -> None:
    text = {"type": "string"}

    def tool(name: str, *parameters: str, gives: tuple[str, ...] = ()) -> ToolSpec:
        record = {"type": "object", "properties": dict.fromkeys(gives, text)}
        return ToolSpec(
            id=f"x.y.{name}",
            name=name,
            provider="x",
            service="x.y",
            service_title="Y",
            description="",
            parameters={
                "type": "object",
                "properties": dict.fromkeys(parameters, text),
                "required": list(parameters[:1]),
            },
            returns={"type": "object", "properties": {"User": record}},
            source="test",
            licence="",
        )

    update = read_operation(tool("UpdateUser", "UserName", "NewPath"))
    get = read_operation(tool("GetUser", "UserName", gives=("UserName", "Path", "City")))
    table = derive_tables([get, update], [])["user"]
    assert "path" in table.by_name
    assert "new_path" not in table.by_name
    assert [column.name for column in settable(update, table)] == ["path"]


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("weight_kg", "weight in kg"),
        ("size_in_gb", "size in gb"),
        ("days", "days"),
        ("city", "city"),
    ],
)
def test_a_column_says_in_what_it_is_measured(name: str, noun: str) -> None:
    column = to_column(Field(name, {"type": "number"}), "parcel")
    assert column is not None
    assert column.noun == noun
