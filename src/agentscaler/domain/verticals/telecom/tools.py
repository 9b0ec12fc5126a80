"""Tools of the mobile phone company."""

OPTION_PRICES = {"Data Boost": 6, "Night Surf": 4, "Family Calls": 3, "World Calls": 9}
PACK_GB = 5
PACK_PRICE = 7
MOST_PACKS = 5
PAUSE = 20
SIM_PRICE = 10
MOST_OPTIONS = 3
DISPUTE_DAYS = 60
MONTHS_CHARGED = 3


def fetch(db, table, key, value, lookup):
    row = db.one(f"SELECT * FROM {table} WHERE {key} = ?", value)
    if row is None:
        raise ToolError(f"there is no {key} {value}; look it up with {lookup}")
    return row


def fetch_customer(db, customer_id):
    return fetch(db, "customers", "customer_id", customer_id, "find_customers")


def fetch_plan(db, plan_id):
    return fetch(db, "plans", "plan_id", plan_id, "list_plans")


def fetch_line(db, line_id):
    line = fetch(db, "lines", "line_id", line_id, "list_lines")
    line["roaming"] = bool(line["roaming"])
    return line


def fetch_sim(db, sim_id):
    return fetch(db, "sims", "sim_id", sim_id, "list_sims")


def fetch_bill(db, bill_id):
    return fetch(db, "bills", "bill_id", bill_id, "list_bills")


def fetch_fault(db, fault_id):
    return fetch(db, "faults", "fault_id", fault_id, "list_faults")


def fetch_active_line(db, line_id):
    line = fetch_line(db, line_id)
    if line["status"] != "active":
        raise ToolError(f"the line is {line['status']}; it must be active")
    return line


def today(db):
    return db.now()[:10]


def is_bound(db, line):
    return line["bound_until"] is not None and line["bound_until"] >= today(db)


def charge_balance(db, customer_id, amount):
    balance = fetch_customer(db, customer_id)["prepaid"]
    if balance < amount:
        raise ToolError(f"it costs {amount} euros, the prepaid balance is {balance}")
    db.run("UPDATE customers SET prepaid = ? WHERE customer_id = ?", balance - amount, customer_id)


def count_bills(db, line_id, statuses):
    bills = db.all("SELECT status FROM bills WHERE line_id = ?", line_id)
    return len([bill for bill in bills if bill["status"] in statuses])


def find_customers(db, email: str) -> dict:
    """Find the customers who have an e-mail address. Needs the whole address. Returns customers
    with their customer_id, name, email, city and prepaid balance in euros.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT customer_id, name, email, city, prepaid FROM customers WHERE email = ?"
        " ORDER BY name, customer_id",
        email,
    )
    return {"customers": rows}


def get_customer(db, customer_id: str) -> dict:
    """Read a customer's record. Needs customer_id. Returns the customer with the prepaid balance
    in euros."""
    return fetch_customer(db, customer_id)


def list_plans(db, status: str = None) -> dict:
    """List the plans. Returns plans with their plan_id, name, monthly price in euros, data
    allowance in GB, least number of months and status.

    Args:
        status: only plans in this status.
    """
    rows = db.all(
        "SELECT plan_id, name, monthly, data_gb, min_months, status FROM plans"
        " WHERE ? IS NULL OR status = ? ORDER BY name, plan_id",
        status,
        status,
    )
    return {"plans": rows}


def list_lines(db, customer_id: str, status: str = None) -> dict:
    """List a customer's lines. Needs customer_id. Returns lines with their line_id, number,
    plan_id, status and data used in GB.

    Args:
        status: only lines in this status.
    """
    fetch_customer(db, customer_id)
    rows = db.all(
        "SELECT line_id, customer_id, plan_id, status, number, used_gb FROM lines"
        " WHERE customer_id = ? AND (? IS NULL OR status = ?) ORDER BY number, line_id",
        customer_id,
        status,
        status,
    )
    return {"lines": rows}


def get_line(db, line_id: str) -> dict:
    """Read a line. Needs line_id. Returns the line with its data in GB, its contract term, its days
    of pause left and whether roaming is on."""
    return fetch_line(db, line_id)


def list_options(db, line_id: str) -> dict:
    """List the options of a line. Needs line_id. Returns options with their option_id, name,
    monthly price in euros and booked_on."""
    fetch_line(db, line_id)
    rows = db.all(
        "SELECT option_id, line_id, name, monthly, booked_on FROM options WHERE line_id = ?"
        " ORDER BY name, option_id",
        line_id,
    )
    return {"options": rows}


def list_sims(db, line_id: str) -> dict:
    """List the SIM cards of a line. Needs line_id. Returns sims with their sim_id, serial, form,
    status and sent_on."""
    fetch_line(db, line_id)
    rows = db.all(
        "SELECT sim_id, line_id, serial, form, status, sent_on FROM sims WHERE line_id = ?"
        " ORDER BY serial, sim_id",
        line_id,
    )
    return {"sims": rows}


def list_bills(db, line_id: str, status: str = None) -> dict:
    """List the bills of a line. Needs line_id. Returns bills with their bill_id, status, issued_on,
    amount in euros and due_on.

    Args:
        status: only bills in this status.
    """
    fetch_line(db, line_id)
    rows = db.all(
        "SELECT bill_id, line_id, status, issued_on, amount, due_on FROM bills"
        " WHERE line_id = ? AND (? IS NULL OR status = ?) ORDER BY bill_id",
        line_id,
        status,
        status,
    )
    return {"bills": rows}


def list_faults(db, line_id: str) -> dict:
    """List the fault reports of a line. Needs line_id. Returns faults with their fault_id, status,
    reported_on, symptom and appointment."""
    fetch_line(db, line_id)
    rows = db.all(
        "SELECT fault_id, line_id, status, reported_on, symptom, visit_id FROM faults"
        " WHERE line_id = ? ORDER BY fault_id",
        line_id,
    )
    return {"faults": rows}


def list_visits(db, city: str) -> dict:
    """List the appointments for mending faults in a city. Needs city. Returns visits with their
    visit_id, day, part of the day and number of free places.

    Args:
        city: the city where the customer lives.
    """
    rows = db.all(
        "SELECT visit_id, city, day, part, places FROM visits WHERE city = ? ORDER BY visit_id",
        city,
    )
    return {"visits": rows}


def change_plan(db, line_id: str, plan_id: str) -> dict:
    """Move an active line to another plan; a new contract term starts today where the plan has one.
    Needs line_id and plan_id. Returns the changed line.

    Args:
        plan_id: the plan that the line is to have.
    """
    line = fetch_active_line(db, line_id)
    plan = fetch_plan(db, plan_id)
    if plan["status"] != "offered":
        raise ToolError(f"the plan {plan['name']} is retired; choose one that is offered")
    if line["plan_id"] == plan_id:
        raise ToolError(f"the line is on the plan {plan['name']} already")
    present = fetch_plan(db, line["plan_id"])
    if is_bound(db, line) and plan["monthly"] < present["monthly"]:
        raise ToolError(
            f"the line is bound until {line['bound_until']}, and {plan['name']} costs less than"
            f" the present {present['monthly']} euros"
        )
    bound_until = None
    if plan["min_months"] > 0:
        days = 30 * plan["min_months"]
        bound_until = db.one("SELECT add_days(?, ?) AS day", today(db), days)["day"]
    db.run(
        "UPDATE lines SET plan_id = ?, bound_until = ? WHERE line_id = ?",
        plan_id,
        bound_until,
        line_id,
    )
    return fetch_line(db, line_id)


def buy_data(db, line_id: str, packs: int) -> dict:
    """Buy packs of 5 GB of extra data for an active line, 7 euros each from the prepaid balance.
    Needs line_id and packs. Returns the line with its extra data in GB.

    Args:
        packs: how many packs, from 1 to 5.
    """
    line = fetch_active_line(db, line_id)
    if packs < 1 or packs > MOST_PACKS:
        raise ToolError(f"1 to {MOST_PACKS} packs can be bought at once")
    charge_balance(db, line["customer_id"], packs * PACK_PRICE)
    db.run("UPDATE lines SET extra_gb = extra_gb + ? WHERE line_id = ?", packs * PACK_GB, line_id)
    return fetch_line(db, line_id)


def pause_line(db, line_id: str) -> dict:
    """Pause an active line for 20 days. Needs line_id. Returns the paused line with the days of
    pause that are left."""
    line = fetch_active_line(db, line_id)
    if line["pause_days"] < PAUSE:
        raise ToolError(f"a pause takes {PAUSE} days, the line has {line['pause_days']} left")
    db.run(
        "UPDATE lines SET status = 'paused', pause_days = ? WHERE line_id = ?",
        line["pause_days"] - PAUSE,
        line_id,
    )
    return fetch_line(db, line_id)


def resume_line(db, line_id: str) -> dict:
    """Bring a paused or barred line back into service. Needs line_id. Returns the active line."""
    line = fetch_line(db, line_id)
    if line["status"] not in ("paused", "barred"):
        raise ToolError(f"the line is {line['status']}, neither paused nor barred")
    overdue = count_bills(db, line_id, ("overdue",))
    if overdue:
        raise ToolError(f"{overdue} bills of the line are overdue; pay them first with pay_bill")
    db.run("UPDATE lines SET status = 'active' WHERE line_id = ?", line_id)
    return fetch_line(db, line_id)


def switch_roaming(db, line_id: str, roaming: bool) -> dict:
    """Switch roaming of an active line on or off. Needs line_id and roaming. Returns the changed
    line.

    Args:
        roaming: true switches it on, false off.
    """
    line = fetch_active_line(db, line_id)
    if line["roaming"] == roaming:
        raise ToolError(f"roaming is {'on' if roaming else 'off'} already")
    db.run("UPDATE lines SET roaming = ? WHERE line_id = ?", int(roaming), line_id)
    return fetch_line(db, line_id)


def end_line(db, line_id: str) -> dict:
    """End a line for good: its SIM cards are blocked and its options dropped. Needs line_id.
    Returns line_id, its status and the charge in euros for a contract term that is not over."""
    line = fetch_line(db, line_id)
    if line["status"] not in ("active", "paused", "ordered"):
        raise ToolError(f"the line is {line['status']} and cannot be ended")
    unpaid = count_bills(db, line_id, ("open", "overdue"))
    if unpaid:
        raise ToolError(f"{unpaid} bills of the line are not paid; pay them first with pay_bill")
    monthly = fetch_plan(db, line["plan_id"])["monthly"]
    charge = MONTHS_CHARGED * monthly if is_bound(db, line) else 0
    db.run("UPDATE lines SET status = 'ended', roaming = 0 WHERE line_id = ?", line_id)
    db.run("UPDATE sims SET status = 'blocked' WHERE line_id = ?", line_id)
    db.run("DELETE FROM options WHERE line_id = ?", line_id)
    return {"line_id": line_id, "status": "ended", "charge": charge}


def add_option(
    db,
    line_id: str,
    name: Literal["Data Boost", "Night Surf", "Family Calls", "World Calls"],
) -> dict:
    """Add an option to an active line. Needs line_id and name. Returns the new option with its
    monthly price in euros.

    Args:
        name: which option.
    """
    fetch_active_line(db, line_id)
    names = [row["name"] for row in db.all("SELECT name FROM options WHERE line_id = ?", line_id)]
    if name in names:
        raise ToolError(f"the line has {name} already")
    if len(names) >= MOST_OPTIONS:
        raise ToolError(f"the line has {MOST_OPTIONS} options; drop one first with drop_option")
    option_id = db.new_id("options")
    db.run(
        "INSERT INTO options (option_id, line_id, name, monthly, booked_on) VALUES (?, ?, ?, ?, ?)",
        option_id,
        line_id,
        name,
        OPTION_PRICES[name],
        today(db),
    )
    return db.one("SELECT * FROM options WHERE option_id = ?", option_id)


def drop_option(db, option_id: str) -> dict:
    """Drop an option from its line. Needs option_id. Returns option_id and that it is deleted."""
    fetch(db, "options", "option_id", option_id, "list_options")
    db.run("DELETE FROM options WHERE option_id = ?", option_id)
    return {"option_id": option_id, "deleted": True}


def order_sim(db, line_id: str, form: str) -> dict:
    """Order a new SIM card for an active or paused line. Needs line_id and form. Returns the SIM
    card, which is on its way and is to be activated when it arrives.

    Args:
        form: a card, for 10 euros from the prepaid balance, or an esim, which is free.
    """
    line = fetch_line(db, line_id)
    if line["status"] not in ("active", "paused"):
        raise ToolError(f"the line is {line['status']}; it must be active or paused")
    sent = db.one("SELECT * FROM sims WHERE line_id = ? AND status = 'sent'", line_id)
    if sent is not None:
        raise ToolError(f"SIM card {sent['serial']} is on its way already")
    if form == "card":
        charge_balance(db, line["customer_id"], SIM_PRICE)
    sim_id = db.new_id("sims")
    db.run(
        "INSERT INTO sims (sim_id, line_id, serial, form, status, sent_on)"
        " VALUES (?, ?, ?, ?, 'sent', ?)",
        sim_id,
        line_id,
        f"new {form}",
        form,
        today(db),
    )
    return fetch_sim(db, sim_id)


def activate_sim(db, sim_id: str) -> dict:
    """Put a SIM card that was sent into use; the one in use so far is blocked, and an ordered line
    becomes active. Needs sim_id. Returns the SIM card."""
    sim = fetch_sim(db, sim_id)
    if sim["status"] != "sent":
        raise ToolError(f"the SIM card is {sim['status'].replace('_', ' ')}, it must be sent")
    db.run(
        "UPDATE sims SET status = 'blocked' WHERE line_id = ? AND status = 'in_use'",
        sim["line_id"],
    )
    db.run("UPDATE sims SET status = 'in_use' WHERE sim_id = ?", sim_id)
    db.run(
        "UPDATE lines SET status = 'active' WHERE line_id = ? AND status = 'ordered'",
        sim["line_id"],
    )
    return fetch_sim(db, sim_id)


def pay_bill(db, bill_id: str) -> dict:
    """Pay an open or overdue bill from the prepaid balance. Needs bill_id. Returns the paid
    bill."""
    bill = fetch_bill(db, bill_id)
    if bill["status"] not in ("open", "overdue"):
        raise ToolError(f"the bill is {bill['status']}, there is nothing to pay")
    charge_balance(db, fetch_line(db, bill["line_id"])["customer_id"], bill["amount"])
    db.run("UPDATE bills SET status = 'paid' WHERE bill_id = ?", bill_id)
    return fetch_bill(db, bill_id)


def dispute_bill(db, bill_id: str, dispute: str) -> dict:
    """Dispute an unpaid bill of the last 60 days. Needs bill_id and dispute. Returns the disputed
    bill.

    Args:
        dispute: what is wrong with the bill.
    """
    bill = fetch_bill(db, bill_id)
    if bill["status"] not in ("open", "overdue"):
        raise ToolError(f"the bill is {bill['status']} and cannot be disputed")
    age = db.one("SELECT days_between(?, ?) AS days", bill["issued_on"], db.now())["days"]
    if age > DISPUTE_DAYS:
        raise ToolError(f"the bill is {age} days old, more than {DISPUTE_DAYS}")
    db.run("UPDATE bills SET status = 'disputed', dispute = ? WHERE bill_id = ?", dispute, bill_id)
    return fetch_bill(db, bill_id)


def report_fault(db, line_id: str, symptom: str) -> dict:
    """Report a fault of an active line. Needs line_id and symptom. Returns the new fault report.

    Args:
        symptom: what does not work.
    """
    fetch_active_line(db, line_id)
    for fault in db.all("SELECT * FROM faults WHERE line_id = ?", line_id):
        if fault["status"] in ("open", "planned"):
            raise ToolError(f"fault {fault['fault_id']} of the line is {fault['status']} already")
    fault_id = db.new_id("faults")
    db.run(
        "INSERT INTO faults (fault_id, line_id, status, reported_on, symptom)"
        " VALUES (?, ?, 'open', ?, ?)",
        fault_id,
        line_id,
        today(db),
        symptom,
    )
    return fetch_fault(db, fault_id)


def plan_visit(db, fault_id: str, visit_id: str) -> dict:
    """Plan an open fault for an appointment in the customer's city. Needs fault_id and visit_id.
    Returns the planned fault report."""
    fault = fetch_fault(db, fault_id)
    if fault["status"] != "open":
        raise ToolError(f"the fault is {fault['status']}, it must be open")
    visit = fetch(db, "visits", "visit_id", visit_id, "list_visits")
    if visit["places"] < 1:
        raise ToolError("the appointment has no free place; choose another one")
    line = fetch_line(db, fault["line_id"])
    city = fetch_customer(db, line["customer_id"])["city"]
    if visit["city"] != city:
        raise ToolError(f"the appointment is in {visit['city']}, the customer lives in {city}")
    db.run("UPDATE visits SET places = places - 1 WHERE visit_id = ?", visit_id)
    db.run(
        "UPDATE faults SET status = 'planned', visit_id = ? WHERE fault_id = ?", visit_id, fault_id
    )
    return fetch_fault(db, fault_id)


def withdraw_fault(db, fault_id: str) -> dict:
    """Withdraw an open or planned fault report; its appointment has a place again. Needs fault_id.
    Returns the withdrawn fault report."""
    fault = fetch_fault(db, fault_id)
    if fault["status"] not in ("open", "planned"):
        raise ToolError(f"the fault is {fault['status']} already")
    if fault["visit_id"] is not None:
        db.run("UPDATE visits SET places = places + 1 WHERE visit_id = ?", fault["visit_id"])
    db.run("UPDATE faults SET status = 'withdrawn', visit_id = NULL WHERE fault_id = ?", fault_id)
    return fetch_fault(db, fault_id)
