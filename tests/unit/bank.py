"""A bank with contracts: accounts that hold money, and transfers between them."""

from typing import Any

from agentscaler.domain.certificate import Check
from agentscaler.world.contract import Answer, Contract, Requirement
from agentscaler.world.database import create_image
from agentscaler.world.toolbox import ToolDefinition

NOW = "2026-03-01T09:00:00"
TEXT = {"type": "string"}

SCHEMA = """
CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY, owner TEXT NOT NULL, balance INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')), is_joint INTEGER NOT NULL
) STRICT;
CREATE TABLE transfers (
    transfer_id TEXT PRIMARY KEY, payer_id TEXT NOT NULL REFERENCES accounts (account_id),
    payee_id TEXT NOT NULL REFERENCES accounts (account_id), amount INTEGER NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
"""


def image(count: int = 6) -> bytes:
    accounts = [
        {
            "account_id": f"account-{number:08d}",
            "owner": ("Ada", "Ben", "Cleo")[number % 3],
            "balance": 100 * number,
            "status": "closed" if number % 4 == 3 else "open",
            "is_joint": number % 2,
        }
        for number in range(count)
    ]
    transfers = [
        {
            "transfer_id": f"transfer-{number:08d}",
            "payer_id": f"account-{number:08d}",
            "payee_id": f"account-{(number + 1) % count:08d}",
            "amount": 10 * number,
            "made_at": NOW,
        }
        for number in range(count - 2)
    ]
    return create_image(SCHEMA, {"accounts": accounts, "transfers": transfers})


def is_open(argument: str) -> Requirement:
    return Requirement(
        condition="status = 'open'", argument=argument, table="accounts", key="account_id"
    )


def there(argument: str, table: str = "accounts", key: str = "account_id") -> Requirement:
    return Requirement(argument=argument, table=table, key=key)


MOVE = Contract(
    requirements=(
        there("payer_id"),
        there("payee_id"),
        is_open("payer_id"),
        is_open("payee_id"),
        Requirement(
            condition="balance >= :amount", argument="payer_id", table="accounts", key="account_id"
        ),
        Requirement(condition=":payer_id <> :payee_id", text="the two accounts differ"),
    ),
    effects=(
        "UPDATE accounts SET balance = balance - :amount WHERE account_id = :payer_id",
        "UPDATE accounts SET balance = balance + :amount WHERE account_id = :payee_id",
        "INSERT INTO transfers VALUES (:_id, :payer_id, :payee_id, :amount, :_now)",
    ),
    answer=Answer(sql="SELECT * FROM transfers WHERE transfer_id = :_id"),
    mints="transfer_id",
)
GET = Contract(
    requirements=(there("account_id"),),
    answer=Answer(sql="SELECT * FROM accounts WHERE account_id = :account_id", flags=("is_joint",)),
)
UNDO = Contract(
    requirements=(
        there("transfer_id", "transfers", "transfer_id"),
        Requirement(
            condition="payer_id = :payer_id",
            argument="transfer_id",
            table="transfers",
            key="transfer_id",
        ),
        there("payer_id"),
    ),
    effects=("DELETE FROM transfers WHERE transfer_id = :transfer_id",),
    answer=Answer(sql="SELECT :transfer_id AS transfer_id, 1 AS undone", flags=("undone",)),
)
CLOSE_ALL = Contract(
    requirements=(there("account_ids"), is_open("account_ids")),
    effects=(
        "UPDATE accounts SET status = 'closed'"
        " WHERE account_id IN (SELECT value FROM json_each(:account_ids))",
    ),
    answer=Answer(
        sql="SELECT account_id, status FROM accounts"
        " WHERE account_id IN (SELECT value FROM json_each(:account_ids)) ORDER BY account_id",
        field="accounts",
    ),
)
LIST = Contract(
    answer=Answer(
        sql="SELECT account_id, balance FROM accounts WHERE (:owner IS NULL OR owner = :owner)"
        " ORDER BY account_id",
        field="accounts",
    )
)

SOURCE = """
def fetch_account(db, account_id):
    row = db.one("SELECT * FROM accounts WHERE account_id = ?", account_id)
    if row is None:
        raise ToolError(f"account {account_id} not found")
    row["is_joint"] = bool(row["is_joint"])
    return row

def get_account(db, account_id):
    return fetch_account(db, account_id)

def list_accounts(db, owner=None):
    rows = db.all(
        "SELECT account_id, balance FROM accounts WHERE (? IS NULL OR owner = ?) "
        "ORDER BY account_id",
        owner, owner,
    )
    return {"accounts": rows}

def move_money(db, payer_id, payee_id, amount):
    payer = fetch_account(db, payer_id)
    payee = fetch_account(db, payee_id)
    if payer_id == payee_id:
        raise ToolError("the two accounts are the same")
    if payer["status"] != "open" or payee["status"] != "open":
        raise ToolError("both accounts must be open")
    if payer["balance"] < amount:
        raise ToolError(f"account {payer_id} holds {payer['balance']}, {amount} is more")
    transfer_id = db.new_id("transfers")
    db.run(
        "UPDATE accounts SET balance = balance - ? WHERE account_id = ?", amount, payer_id
    )
    db.run(
        "UPDATE accounts SET balance = balance + ? WHERE account_id = ?", amount, payee_id
    )
    db.run(
        "INSERT INTO transfers (transfer_id, payer_id, payee_id, amount, made_at) "
        "VALUES (?, ?, ?, ?, ?)",
        transfer_id, payer_id, payee_id, amount, db.now(),
    )
    return db.one("SELECT * FROM transfers WHERE transfer_id = ?", transfer_id)

def undo_transfer(db, transfer_id, payer_id):
    row = db.one("SELECT * FROM transfers WHERE transfer_id = ?", transfer_id)
    if row is None:
        raise ToolError(f"transfer {transfer_id} not found")
    fetch_account(db, payer_id)
    if row["payer_id"] != payer_id:
        raise ToolError(f"transfer {transfer_id} is not one of {payer_id}")
    db.run("DELETE FROM transfers WHERE transfer_id = ?", transfer_id)
    return {"transfer_id": transfer_id, "undone": True}

def close_accounts(db, account_ids):
    for account_id in account_ids:
        if fetch_account(db, account_id)["status"] != "open":
            raise ToolError(f"account {account_id} is closed already")
    for account_id in account_ids:
        db.run("UPDATE accounts SET status = 'closed' WHERE account_id = ?", account_id)
    rows = [fetch_account(db, account_id) for account_id in sorted(set(account_ids))]
    return {
        "accounts": [{"account_id": row["account_id"], "status": row["status"]} for row in rows]
    }
"""


def tool(
    name: str,
    contract: Contract | None,
    properties: dict[str, dict[str, Any]],
    *writes: str,
    optional: tuple[str, ...] = (),
    returns: dict[str, Any] | None = None,
) -> ToolDefinition:
    return ToolDefinition(
        name=name,
        description=f"{name}.",
        parameters={
            "type": "object",
            "properties": properties,
            "required": [one for one in properties if one not in optional],
            "additionalProperties": False,
        },
        returns=returns or {"type": "object"},
        effect="write" if writes else "read",
        writes=writes,
        contract=contract,
    )


ACCOUNT = {
    "type": "object",
    "properties": {"is_joint": {"type": "boolean"}, "balance": {"type": "integer"}},
    "required": ["account_id", "owner", "balance", "status", "is_joint"],
}
TOOLS = (
    tool("get_account", GET, {"account_id": TEXT}, returns=ACCOUNT),
    tool("list_accounts", LIST, {"owner": TEXT}, optional=("owner",)),
    tool(
        "move_money",
        MOVE,
        {
            "payer_id": TEXT,
            "payee_id": TEXT,
            "amount": {"type": "integer", "minimum": 1, "maximum": 100_000},
        },
        "accounts",
        "transfers",
    ),
    tool("undo_transfer", UNDO, {"transfer_id": TEXT, "payer_id": TEXT}, "transfers"),
    tool(
        "close_accounts",
        CLOSE_ALL,
        {"account_ids": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 3}},
        "accounts",
    ),
)

BY_CONTRACT = {
    Check.CONTRACT_RUNS,
    Check.ACCEPTS_THE_MET,
    Check.REFUSES_THE_UNMET,
    Check.CHANGES_AS_PROMISED,
    Check.ANSWERS_AS_PROMISED,
    Check.RULES_HOLD,
}
