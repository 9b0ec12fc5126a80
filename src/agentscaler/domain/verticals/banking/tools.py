"""Tools of the neighbourhood bank."""

DAY_LIMIT = 1000
CARD_FEE = 8
DISPUTE_DAYS = 90
FURTHEST = 365


def fetch(db, table, key, value, lookup):
    row = db.one(f"SELECT * FROM {table} WHERE {key} = ?", value)
    if row is None:
        raise ToolError(f"there is no {key} {value}; look it up with {lookup}")
    return row


def fetch_customer(db, customer_id):
    return fetch(db, "customers", "customer_id", customer_id, "find_customers")


def fetch_account(db, account_id):
    return fetch(db, "accounts", "account_id", account_id, "list_accounts")


def fetch_payee(db, payee_id):
    payee = fetch(db, "payees", "payee_id", payee_id, "list_payees")
    payee["trusted"] = bool(payee["trusted"])
    return payee


def fetch_transfer(db, transfer_id):
    return fetch(db, "transfers", "transfer_id", transfer_id, "list_transfers")


def fetch_standing_order(db, standing_id):
    return fetch(db, "standing_orders", "standing_id", standing_id, "list_standing_orders")


def fetch_card(db, card_id):
    return fetch(db, "cards", "card_id", card_id, "list_cards")


def fetch_payment(db, payment_id):
    return fetch(db, "payments", "payment_id", payment_id, "list_card_payments")


def fetch_loan(db, loan_id):
    return fetch(db, "loans", "loan_id", loan_id, "list_loans")


def today(db):
    return db.now()[:10]


def open_account(db, account_id):
    account = fetch_account(db, account_id)
    if account["status"] != "open":
        raise ToolError(f"account {account['number']} is {account['status']}; it must be open")
    return account


def sending_account(db, account_id, payee_id, amount):
    account = open_account(db, account_id)
    if account["kind"] != "current":
        raise ToolError("savings go to the customer's own accounts only; use move_money")
    if fetch_payee(db, payee_id)["customer_id"] != account["customer_id"]:
        raise ToolError("the payee is not one of the account holder's; see list_payees")
    refuse_if_too_little(amount)
    return account


def refuse_if_too_little(amount):
    if amount < 1:
        raise ToolError("the amount must be at least 1 euro")


def refuse_if_uncovered(account, amount):
    cover = account["balance"] + account["overdraft"]
    if amount > cover:
        raise ToolError(
            f"account {account['number']} covers {cover} euros with its overdraft limit, not"
            f" {amount}"
        )


def add_to_balance(db, account_id, amount):
    db.run("UPDATE accounts SET balance = balance + ? WHERE account_id = ?", amount, account_id)


def find_customers(db, email: str) -> dict:
    """Find the customers who have an e-mail address. Needs the whole address. Returns customers
    with their customer_id, name, email and segment.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT customer_id, name, email, segment FROM customers WHERE email = ?"
        " ORDER BY name, customer_id",
        email,
    )
    return {"customers": rows}


def list_accounts(db, customer_id: str, kind: str = None) -> dict:
    """List a customer's accounts. Needs customer_id. Returns accounts with their account_id,
    number, kind, status and balance in euros.

    Args:
        kind: only accounts of this kind.
    """
    fetch_customer(db, customer_id)
    rows = db.all(
        "SELECT account_id, customer_id, number, kind, status, balance FROM accounts"
        " WHERE customer_id = ? AND (? IS NULL OR kind = ?) ORDER BY number, account_id",
        customer_id,
        kind,
        kind,
    )
    return {"accounts": rows}


def get_account(db, account_id: str) -> dict:
    """Read an account. Needs account_id. Returns the account with its balance and overdraft limit
    in euros."""
    return fetch_account(db, account_id)


def list_payees(db, customer_id: str) -> dict:
    """List the payees that a customer has saved. Needs customer_id. Returns payees with their
    payee_id, name, iban and whether they are trusted."""
    fetch_customer(db, customer_id)
    rows = db.all(
        "SELECT payee_id, customer_id, name, iban, trusted FROM payees WHERE customer_id = ?"
        " ORDER BY name, payee_id",
        customer_id,
    )
    for row in rows:
        row["trusted"] = bool(row["trusted"])
    return {"payees": rows}


def list_transfers(db, account_id: str, status: str = None) -> dict:
    """List the transfers from an account. Needs account_id. Returns transfers with their
    transfer_id, payee_id, status, amount in euros and made_on.

    Args:
        status: only transfers in this status.
    """
    fetch_account(db, account_id)
    rows = db.all(
        "SELECT transfer_id, account_id, payee_id, status, amount, made_on FROM transfers"
        " WHERE account_id = ? AND (? IS NULL OR status = ?) ORDER BY transfer_id",
        account_id,
        status,
        status,
    )
    return {"transfers": rows}


def list_standing_orders(db, account_id: str) -> dict:
    """List the standing orders of an account. Needs account_id. Returns standing_orders with their
    standing_id, payee_id, status, amount in euros and day of the month."""
    fetch_account(db, account_id)
    rows = db.all(
        "SELECT standing_id, account_id, payee_id, status, amount, day FROM standing_orders"
        " WHERE account_id = ? ORDER BY standing_id",
        account_id,
    )
    return {"standing_orders": rows}


def list_cards(db, account_id: str) -> dict:
    """List the cards of an account. Needs account_id. Returns cards with their card_id, number,
    status, kind and daily limit in euros."""
    fetch_account(db, account_id)
    rows = db.all(
        "SELECT card_id, account_id, number, status, kind, daily_limit FROM cards"
        " WHERE account_id = ? ORDER BY number, card_id",
        account_id,
    )
    return {"cards": rows}


def list_card_payments(db, card_id: str, status: str = None) -> dict:
    """List the payments with a card. Needs card_id. Returns payments with their payment_id,
    merchant, amount in euros, paid_on and status.

    Args:
        status: only payments in this status.
    """
    fetch_card(db, card_id)
    rows = db.all(
        "SELECT payment_id, card_id, merchant, amount, paid_on, status FROM payments"
        " WHERE card_id = ? AND (? IS NULL OR status = ?) ORDER BY payment_id",
        card_id,
        status,
        status,
    )
    return {"payments": rows}


def list_loans(db, account_id: str) -> dict:
    """List the loans that are paid back from an account. Needs account_id. Returns loans with their
    loan_id, number, status, sum lent and remaining debt in euros."""
    fetch_account(db, account_id)
    rows = db.all(
        "SELECT loan_id, account_id, number, status, principal, remaining FROM loans"
        " WHERE account_id = ? ORDER BY number, loan_id",
        account_id,
    )
    return {"loans": rows}


def add_payee(db, customer_id: str, name: str, iban: str) -> dict:
    """Save a payee for a customer. Needs customer_id, name and iban. Returns the new payee, who is
    not trusted yet.

    Args:
        name: whom the account belongs to.
        iban: the IBAN of the payee's account.
    """
    fetch_customer(db, customer_id)
    twin = db.one("SELECT * FROM payees WHERE customer_id = ? AND iban = ?", customer_id, iban)
    if twin is not None:
        raise ToolError(f"the IBAN is saved already, as payee {twin['name']}")
    payee_id = db.new_id("payees")
    db.run(
        "INSERT INTO payees (payee_id, customer_id, name, iban, trusted) VALUES (?, ?, ?, ?, 0)",
        payee_id,
        customer_id,
        name,
        iban,
    )
    return fetch_payee(db, payee_id)


def trust_payee(db, payee_id: str) -> dict:
    """Mark a payee as trusted, so that the limit of the day does not count for transfers to them.
    Needs payee_id. Returns the changed payee."""
    if fetch_payee(db, payee_id)["trusted"]:
        raise ToolError("the payee is trusted already")
    db.run("UPDATE payees SET trusted = 1 WHERE payee_id = ?", payee_id)
    return fetch_payee(db, payee_id)


def make_transfer(db, account_id: str, payee_id: str, amount: int, purpose: str) -> dict:
    """Transfer money from a current account to a saved payee at once. Needs account_id, payee_id,
    amount and purpose. Returns the booked transfer.

    Args:
        amount: in whole euros.
        purpose: what it is for, as the payee will read it.
    """
    account = sending_account(db, account_id, payee_id, amount)
    refuse_if_uncovered(account, amount)
    if not fetch_payee(db, payee_id)["trusted"]:
        sent = db.one(
            "SELECT coalesce(sum(t.amount), 0) AS euros FROM transfers AS t JOIN payees AS p"
            " ON p.payee_id = t.payee_id WHERE t.account_id = ? AND t.status = 'booked'"
            " AND t.made_on = ? AND p.trusted = 0",
            account_id,
            today(db),
        )["euros"]
        if sent + amount > DAY_LIMIT:
            raise ToolError(
                f"{DAY_LIMIT - sent} euros of the limit of {DAY_LIMIT} a day are left for payees"
                " who are not trusted; the customer can trust the payee with trust_payee"
            )
    add_to_balance(db, account_id, -amount)
    transfer_id = db.new_id("transfers")
    db.run(
        "INSERT INTO transfers (transfer_id, account_id, payee_id, status, amount, made_on, due_on,"
        " purpose) VALUES (?, ?, ?, 'booked', ?, ?, ?, ?)",
        transfer_id,
        account_id,
        payee_id,
        amount,
        today(db),
        today(db),
        purpose,
    )
    return fetch_transfer(db, transfer_id)


def move_money(db, account_id: str, to_account_id: str, amount: int) -> dict:
    """Move money between two accounts of the same customer. Needs account_id, to_account_id and
    amount. Returns the account that the money left, with its new balance.

    Args:
        to_account_id: the account that the money goes to.
        amount: in whole euros.
    """
    account = open_account(db, account_id)
    other = open_account(db, to_account_id)
    if account_id == to_account_id:
        raise ToolError("the two accounts are the same")
    if account["customer_id"] != other["customer_id"]:
        raise ToolError("the accounts belong to different customers; use make_transfer")
    refuse_if_too_little(amount)
    refuse_if_uncovered(account, amount)
    add_to_balance(db, account_id, -amount)
    add_to_balance(db, to_account_id, amount)
    return fetch_account(db, account_id)


def schedule_transfer(
    db, account_id: str, payee_id: str, amount: int, due_on: str, purpose: str
) -> dict:
    """Schedule a transfer from a current account to a saved payee for a later day. Needs
    account_id, payee_id, amount, due_on and purpose. Returns the scheduled transfer.

    Args:
        amount: in whole euros.
        due_on: the day it is to be booked (YYYY-MM-DD), tomorrow or later.
        purpose: what it is for, as the payee will read it.
    """
    sending_account(db, account_id, payee_id, amount)
    days = db.one("SELECT days_between(?, ?) AS days", db.now(), due_on)["days"]
    if days is None or len(due_on) != 10:
        raise ToolError(f"{due_on} is not a day in the form YYYY-MM-DD")
    if days < 1 or days > FURTHEST:
        raise ToolError(f"the day must lie 1 to {FURTHEST} days from now, it lies {days} days off")
    transfer_id = db.new_id("transfers")
    db.run(
        "INSERT INTO transfers (transfer_id, account_id, payee_id, status, amount, made_on, due_on,"
        " purpose) VALUES (?, ?, ?, 'scheduled', ?, ?, ?, ?)",
        transfer_id,
        account_id,
        payee_id,
        amount,
        today(db),
        due_on,
        purpose,
    )
    return fetch_transfer(db, transfer_id)


def stop_transfer(db, transfer_id: str) -> dict:
    """Stop a scheduled transfer before its due day. Needs transfer_id. Returns the stopped
    transfer."""
    transfer = fetch_transfer(db, transfer_id)
    if transfer["status"] != "scheduled":
        raise ToolError(f"the transfer is {transfer['status']} and cannot be stopped")
    if transfer["due_on"] <= today(db):
        raise ToolError(f"the transfer is due on {transfer['due_on']}, it is too late to stop it")
    db.run("UPDATE transfers SET status = 'stopped' WHERE transfer_id = ?", transfer_id)
    return fetch_transfer(db, transfer_id)


def change_standing_order(db, standing_id: str, amount: int) -> dict:
    """Change the amount of an active standing order. Needs standing_id and amount. Returns the
    changed standing order.

    Args:
        amount: the new amount in whole euros.
    """
    order = fetch_standing_order(db, standing_id)
    if order["status"] != "active":
        raise ToolError("the standing order has ended")
    refuse_if_too_little(amount)
    if order["amount"] == amount:
        raise ToolError(f"the standing order is over {amount} euros already")
    db.run("UPDATE standing_orders SET amount = ? WHERE standing_id = ?", amount, standing_id)
    return fetch_standing_order(db, standing_id)


def end_standing_order(db, standing_id: str) -> dict:
    """End a standing order for good. Needs standing_id. Returns the ended standing order."""
    if fetch_standing_order(db, standing_id)["status"] != "active":
        raise ToolError("the standing order has ended already")
    db.run("UPDATE standing_orders SET status = 'ended' WHERE standing_id = ?", standing_id)
    return fetch_standing_order(db, standing_id)


def set_card_limit(db, card_id: str, daily_limit: int) -> dict:
    """Set how much an active card can spend a day. Needs card_id and daily_limit. Returns the
    changed card.

    Args:
        daily_limit: in whole euros.
    """
    card = fetch_card(db, card_id)
    if card["status"] != "active":
        raise ToolError("the card is blocked; it can only be replaced")
    if card["daily_limit"] == daily_limit:
        raise ToolError(f"the limit is {daily_limit} euros already")
    db.run("UPDATE cards SET daily_limit = ? WHERE card_id = ?", daily_limit, card_id)
    return fetch_card(db, card_id)


def replace_card(db, card_id: str) -> dict:
    """Block a card and send a new one of the same kind for 8 euros. Needs card_id. Returns the new
    card.

    Args:
        card_id: the card that is lost, stolen or damaged.
    """
    card = fetch_card(db, card_id)
    account = open_account(db, card["account_id"])
    refuse_if_uncovered(account, CARD_FEE)
    if card["status"] == "blocked":
        newer = db.one(
            "SELECT * FROM cards WHERE account_id = ? AND kind = ? AND status = 'active'",
            card["account_id"],
            card["kind"],
        )
        if newer is not None:
            raise ToolError(f"the card was replaced before, by {newer['number']}")
    add_to_balance(db, card["account_id"], -CARD_FEE)
    new_card_id = db.new_id("cards")
    db.run(
        "INSERT INTO cards (card_id, account_id, number, status, kind, daily_limit)"
        " VALUES (?, ?, ?, 'active', ?, ?)",
        new_card_id,
        card["account_id"],
        f"{card['number']} new",
        card["kind"],
        card["daily_limit"],
    )
    db.run("UPDATE cards SET status = 'blocked' WHERE card_id = ?", card_id)
    return fetch_card(db, new_card_id)


def dispute_payment(db, payment_id: str) -> dict:
    """Dispute a card payment of the last 90 days that the customer did not make; its amount is
    credited to the account for now. Needs payment_id. Returns the disputed payment."""
    payment = fetch_payment(db, payment_id)
    if payment["status"] != "booked":
        raise ToolError(f"the payment is {payment['status']} already")
    age = db.one("SELECT days_between(?, ?) AS days", payment["paid_on"], db.now())["days"]
    if age > DISPUTE_DAYS:
        raise ToolError(f"the payment is {age} days old, more than {DISPUTE_DAYS}")
    account = open_account(db, fetch_card(db, payment["card_id"])["account_id"])
    add_to_balance(db, account["account_id"], payment["amount"])
    db.run("UPDATE payments SET status = 'disputed' WHERE payment_id = ?", payment_id)
    return fetch_payment(db, payment_id)


def repay_loan(db, loan_id: str, amount: int) -> dict:
    """Pay back a part or all of a running loan from its account. Needs loan_id and amount. Returns
    the loan with its remaining debt.

    Args:
        amount: in whole euros, no more than the remaining debt.
    """
    loan = fetch_loan(db, loan_id)
    if loan["status"] != "running":
        raise ToolError("the loan is repaid already")
    if amount < 1 or amount > loan["remaining"]:
        raise ToolError(f"the amount must be between 1 and the remaining {loan['remaining']} euros")
    refuse_if_uncovered(open_account(db, loan["account_id"]), amount)
    add_to_balance(db, loan["account_id"], -amount)
    left = loan["remaining"] - amount
    db.run(
        "UPDATE loans SET remaining = ?, status = ? WHERE loan_id = ?",
        left,
        "repaid" if left == 0 else "running",
        loan_id,
    )
    return fetch_loan(db, loan_id)


def close_account(db, account_id: str) -> dict:
    """Close an empty account for good; its cards are blocked and its standing orders end. Needs
    account_id. Returns the closed account."""
    account = open_account(db, account_id)
    if account["balance"] != 0:
        raise ToolError(f"the balance is {account['balance']} euros; bring it to 0 first")
    loan = db.one("SELECT * FROM loans WHERE account_id = ? AND status = 'running'", account_id)
    if loan is not None:
        raise ToolError(f"loan {loan['number']} on it is running; repay it first")
    waiting = db.one(
        "SELECT * FROM transfers WHERE account_id = ? AND status = 'scheduled'", account_id
    )
    if waiting is not None:
        raise ToolError(f"transfer {waiting['transfer_id']} is scheduled; stop it first")
    db.run("UPDATE accounts SET status = 'closed' WHERE account_id = ?", account_id)
    db.run("UPDATE cards SET status = 'blocked' WHERE account_id = ?", account_id)
    db.run("UPDATE standing_orders SET status = 'ended' WHERE account_id = ?", account_id)
    return fetch_account(db, account_id)
