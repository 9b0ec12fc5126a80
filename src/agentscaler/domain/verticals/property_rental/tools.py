"""Tools of the letting office."""

FIRST_MONDAY = "2026-01-05"
MOST_VIEWINGS = 3
RENTS_OF_INCOME = 3
DEPOSIT_RENTS = 2
MOVE_IN_DAYS = 90
LEASE_DAYS = 364
YEAR = 365


def fetch_flat(db, flat_id):
    row = db.one("SELECT * FROM flats WHERE flat_id = ?", flat_id)
    if row is None:
        raise ToolError(f"there is no flat {flat_id}; look it up with list_flats")
    return row


def fetch_client(db, client_id):
    row = db.one("SELECT * FROM clients WHERE client_id = ?", client_id)
    if row is None:
        raise ToolError(f"there is no client {client_id}; look it up with list_clients")
    return row


def fetch_viewing(db, viewing_id):
    row = db.one("SELECT * FROM viewings WHERE viewing_id = ?", viewing_id)
    if row is None:
        raise ToolError(f"there is no viewing {viewing_id}; look it up with list_viewings")
    return row


def fetch_application(db, application_id):
    row = db.one("SELECT * FROM applications WHERE application_id = ?", application_id)
    if row is None:
        raise ToolError(
            f"there is no application {application_id}; look it up with list_applications"
        )
    return row


def fetch_lease(db, lease_id):
    row = db.one("SELECT * FROM leases WHERE lease_id = ?", lease_id)
    if row is None:
        raise ToolError(f"there is no lease {lease_id}; look it up with list_leases")
    return row


def fetch_charge(db, charge_id):
    row = db.one("SELECT * FROM charges WHERE charge_id = ?", charge_id)
    if row is None:
        raise ToolError(f"there is no charge {charge_id}; look it up with list_charges")
    return row


def fetch_contractor(db, contractor_id):
    row = db.one("SELECT * FROM contractors WHERE contractor_id = ?", contractor_id)
    if row is None:
        raise ToolError(f"there is no contractor {contractor_id}; look it up with list_contractors")
    return row


def fetch_repair(db, repair_id):
    row = db.one("SELECT * FROM repairs WHERE repair_id = ?", repair_id)
    if row is None:
        raise ToolError(f"there is no repair {repair_id}; look it up with list_repairs")
    return row


def fetch_vacant_flat(db, flat_id):
    flat = fetch_flat(db, flat_id)
    if flat["status"] != "vacant":
        raise ToolError(f"the flat {flat['name']} is {flat['status']}, not vacant")
    return flat


def fetch_active_lease(db, lease_id):
    lease = fetch_lease(db, lease_id)
    if lease["status"] != "active":
        raise ToolError(f"the lease is not active but {lease['status']}; its end is fixed")
    return lease


def today(db):
    return db.now()[:10]


def days_between(db, first, last):
    return db.one("SELECT days_between(?, ?) AS days", first, last)["days"]


def set_flat(db, flat_id, status):
    db.run("UPDATE flats SET status = ? WHERE flat_id = ?", status, flat_id)


def set_application(db, application_id, status):
    db.run("UPDATE applications SET status = ? WHERE application_id = ?", status, application_id)


def add_balance(db, lease_id, amount):
    db.run("UPDATE leases SET balance = balance + ? WHERE lease_id = ?", amount, lease_id)


def add_jobs(db, contractor_id, count):
    db.run(
        "UPDATE contractors SET jobs_open = jobs_open + ? WHERE contractor_id = ?",
        count,
        contractor_id,
    )


def check_time(db, moment):
    bounds = db.one(
        "SELECT add_minutes(?, 0) AS plain, add_minutes(?, 120) AS first, add_days(?, 14) AS last",
        moment,
        db.now(),
        db.now(),
    )
    if len(moment) != 19 or bounds["plain"] != moment:
        raise ToolError("scheduled_at must be a time like 2026-06-10T11:00:00")
    if moment < bounds["first"] or moment > bounds["last"]:
        raise ToolError(f"viewings can be from {bounds['first']} to {bounds['last']}")
    if days_between(db, FIRST_MONDAY, moment) % 7 > 4:
        raise ToolError("viewings are from Monday to Friday")
    clock = moment[11:]
    if clock < "09:00:00" or clock > "17:30:00" or clock[3:] not in ("00:00", "30:00"):
        raise ToolError("viewings are on the hour or half hour between 9:00 and 17:30")


def list_flats(db, rooms: int | None = None, status: str | None = None) -> dict:
    """List the flats, all or those with a number of rooms or in one status. Returns flats with
    their flat_id, address, number of rooms, rent in euros, rule about pets and status.

    Args:
        rooms: only flats with so many rooms.
        status: only flats in this status.
    """
    rows = db.all(
        "SELECT flat_id, name, rooms, rent, pets, status FROM flats"
        " WHERE (? IS NULL OR rooms = ?) AND (? IS NULL OR status = ?) ORDER BY name, flat_id",
        rooms,
        rooms,
        status,
        status,
    )
    return {"flats": rows}


def get_flat(db, flat_id: str) -> dict:
    """Read about a flat. Needs flat_id. Returns the flat with its rent in euros, its rule about
    pets and the earliest move-in."""
    return fetch_flat(db, flat_id)


def list_clients(db, pet: str | None = None) -> dict:
    """List the clients: people who look for a flat or have a lease, all or those with a kind of
    pet. Returns clients with their client_id, name, email, phone, monthly income in euros and pet.

    Args:
        pet: only clients with this kind of pet, or none.
    """
    rows = db.all(
        "SELECT client_id, name, email, phone, income, pet FROM clients"
        " WHERE ? IS NULL OR pet = ? ORDER BY name, client_id",
        pet,
        pet,
    )
    return {"clients": rows}


def list_viewings(db, flat_id: str, status: str | None = None) -> dict:
    """List the viewings of a flat. Needs flat_id. Returns viewings with their viewing_id,
    client_id, time and status.

    Args:
        status: only viewings in this status.
    """
    fetch_flat(db, flat_id)
    rows = db.all(
        "SELECT viewing_id, flat_id, client_id, scheduled_at, status FROM viewings"
        " WHERE flat_id = ? AND (? IS NULL OR status = ?) ORDER BY viewing_id",
        flat_id,
        status,
        status,
    )
    return {"viewings": rows}


def list_applications(db, flat_id: str, status: str | None = None) -> dict:
    """List the applications for a flat. Needs flat_id. Returns applications with their
    application_id, client_id, day of filing, move-in and status.

    Args:
        status: only applications in this status.
    """
    fetch_flat(db, flat_id)
    rows = db.all(
        "SELECT application_id, flat_id, client_id, filed_on, move_in, status FROM applications"
        " WHERE flat_id = ? AND (? IS NULL OR status = ?) ORDER BY application_id",
        flat_id,
        status,
        status,
    )
    return {"applications": rows}


def list_leases(db, flat_id: str | None = None, status: str | None = None) -> dict:
    """List the leases, all or those of one flat or in one status. Returns leases with their
    lease_id, number, flat_id, client_id, status and rent in euros.

    Args:
        flat_id: only leases of this flat.
        status: only leases in this status.
    """
    if flat_id is not None:
        fetch_flat(db, flat_id)
    rows = db.all(
        "SELECT lease_id, flat_id, client_id, code, status, rent FROM leases"
        " WHERE (? IS NULL OR flat_id = ?) AND (? IS NULL OR status = ?) ORDER BY code, lease_id",
        flat_id,
        flat_id,
        status,
        status,
    )
    return {"leases": rows}


def get_lease(db, lease_id: str) -> dict:
    """Read a lease. Needs lease_id. Returns the lease with its rent, what is owed and its deposit
    in euros, its start, its last rent rise and its end."""
    return fetch_lease(db, lease_id)


def list_charges(db, lease_id: str, status: str | None = None) -> dict:
    """List the charges of a lease. Needs lease_id. Returns charges with their charge_id, what they
    are about, amount in euros, due date and status.

    Args:
        status: only charges in this status.
    """
    fetch_lease(db, lease_id)
    rows = db.all(
        "SELECT charge_id, lease_id, about, amount, due_on, status FROM charges"
        " WHERE lease_id = ? AND (? IS NULL OR status = ?) ORDER BY charge_id",
        lease_id,
        status,
        status,
    )
    return {"charges": rows}


def list_contractors(db, trade: str | None = None) -> dict:
    """List the contractors, all or those of one trade. Returns contractors with their
    contractor_id, name, trade, hours, open jobs and the greatest number of jobs they take.

    Args:
        trade: only contractors of this trade.
    """
    rows = db.all(
        "SELECT contractor_id, name, trade, hours, jobs_open, most_jobs FROM contractors"
        " WHERE ? IS NULL OR trade = ? ORDER BY name, contractor_id",
        trade,
        trade,
    )
    return {"contractors": rows}


def list_repairs(db, flat_id: str, status: str | None = None) -> dict:
    """List the repairs in a flat. Needs flat_id. Returns repairs with their repair_id, trade, day
    of the report, contractor_id and status.

    Args:
        status: only repairs in this status.
    """
    fetch_flat(db, flat_id)
    rows = db.all(
        "SELECT repair_id, flat_id, contractor_id, trade, reported_on, status FROM repairs"
        " WHERE flat_id = ? AND (? IS NULL OR status = ?) ORDER BY repair_id",
        flat_id,
        status,
        status,
    )
    return {"repairs": rows}


def book_viewing(db, flat_id: str, client_id: str, scheduled_at: str) -> dict:
    """Book a viewing of a vacant flat for a client. Needs flat_id, client_id and scheduled_at.
    Returns the new viewing.

    Args:
        scheduled_at: the time, YYYY-MM-DDTHH:MM:SS.
    """
    fetch_vacant_flat(db, flat_id)
    fetch_client(db, client_id)
    check_time(db, scheduled_at)
    taken = db.one(
        "SELECT * FROM viewings WHERE scheduled_at = ? AND status = 'booked'"
        " AND (flat_id = ? OR client_id = ?)",
        scheduled_at,
        flat_id,
        client_id,
    )
    if taken is not None:
        whose = "the flat" if taken["flat_id"] == flat_id else "the client"
        raise ToolError(f"{whose} has a viewing at that time; choose another")
    ahead = db.all(
        "SELECT 1 FROM viewings WHERE client_id = ? AND status = 'booked' AND scheduled_at > ?",
        client_id,
        db.now(),
    )
    if len(ahead) >= MOST_VIEWINGS:
        raise ToolError(f"the client has {len(ahead)} viewings to come; cancel one first")
    viewing_id = db.new_id("viewings")
    db.run(
        "INSERT INTO viewings (viewing_id, flat_id, client_id, scheduled_at, status)"
        " VALUES (?, ?, ?, ?, 'booked')",
        viewing_id,
        flat_id,
        client_id,
        scheduled_at,
    )
    return fetch_viewing(db, viewing_id)


def close_viewing(db, viewing_id: str, outcome: str) -> dict:
    """Note what became of a booked viewing. Needs viewing_id and outcome. Returns the changed
    viewing.

    Args:
        outcome: cancelled before its time, attended or missed after it.
    """
    viewing = fetch_viewing(db, viewing_id)
    if viewing["status"] != "booked":
        raise ToolError(f"the viewing is {viewing['status']} already")
    if outcome == "booked":
        raise ToolError("the outcome must be attended, missed or cancelled")
    ahead = viewing["scheduled_at"] > db.now()
    if ahead and outcome != "cancelled":
        raise ToolError(f"the viewing is at {viewing['scheduled_at']}; it can only be cancelled")
    if not ahead and outcome == "cancelled":
        raise ToolError("the viewing is past; it was attended or missed")
    db.run("UPDATE viewings SET status = ? WHERE viewing_id = ?", outcome, viewing_id)
    return fetch_viewing(db, viewing_id)


def file_application(db, flat_id: str, client_id: str, move_in: str) -> dict:
    """File a client's application for a vacant flat. Needs flat_id, client_id and move_in. Returns
    the new application, which is open.

    Args:
        move_in: the day on which the client wants to move in, YYYY-MM-DD.
    """
    flat = fetch_vacant_flat(db, flat_id)
    client = fetch_client(db, client_id)
    seen = db.one(
        "SELECT 1 FROM viewings WHERE client_id = ? AND flat_id = ? AND status = 'attended'",
        client_id,
        flat_id,
    )
    if seen is None:
        raise ToolError(f"{client['name']} has not seen the flat; book a viewing first")
    if client["income"] < RENTS_OF_INCOME * flat["rent"]:
        raise ToolError(
            f"the income of {client['income']} euros is less than three rents,"
            f" {RENTS_OF_INCOME * flat['rent']}"
        )
    if client["pet"] != "none" and flat["pets"] == "not_allowed":
        raise ToolError(f"pets are not allowed there and {client['name']} has a {client['pet']}")
    under_way = db.one(
        "SELECT 1 FROM applications WHERE client_id = ? AND status IN ('open', 'approved')",
        client_id,
    )
    if under_way is not None:
        raise ToolError(f"{client['name']} has an application under way; it must be closed first")
    days = days_between(db, flat["free_from"], move_in)
    if len(move_in) != 10 or days is None:
        raise ToolError("move_in must be a day like 2026-07-01")
    if move_in < today(db) or days < 0 or days > MOVE_IN_DAYS:
        raise ToolError(
            f"the move-in must be within {MOVE_IN_DAYS} days from {flat['free_from']} and not past"
        )
    application_id = db.new_id("applications")
    db.run(
        "INSERT INTO applications (application_id, flat_id, client_id, filed_on, move_in, status)"
        " VALUES (?, ?, ?, ?, ?, 'open')",
        application_id,
        flat_id,
        client_id,
        today(db),
        move_in,
    )
    return fetch_application(db, application_id)


def approve_application(db, application_id: str) -> dict:
    """Approve an open application and reserve its flat. Needs application_id. Returns the approved
    application."""
    application = fetch_application(db, application_id)
    if application["status"] != "open":
        raise ToolError(f"the application is {application['status']}, not open")
    fetch_vacant_flat(db, application["flat_id"])
    set_flat(db, application["flat_id"], "reserved")
    set_application(db, application_id, "approved")
    return fetch_application(db, application_id)


def decline_application(db, application_id: str) -> dict:
    """Decline an application; a flat that was reserved for it is vacant again. Needs
    application_id. Returns the declined application."""
    application = fetch_application(db, application_id)
    if application["status"] not in ("open", "approved"):
        raise ToolError(f"the application is {application['status']} already")
    if application["status"] == "approved":
        set_flat(db, application["flat_id"], "vacant")
    set_application(db, application_id, "declined")
    return fetch_application(db, application_id)


def sign_lease(db, application_id: str) -> dict:
    """Sign the lease for an approved application, with a deposit of two rents; the flat is let and
    other applications for it are declined. Needs application_id. Returns the new lease with its
    number, rent and deposit in euros."""
    application = fetch_application(db, application_id)
    if application["status"] != "approved":
        raise ToolError(f"the application is {application['status']}; approve it first")
    if application["move_in"] < today(db):
        raise ToolError(f"its move-in on {application['move_in']} is past")
    flat = fetch_flat(db, application["flat_id"])
    for other in db.all(
        "SELECT * FROM applications WHERE flat_id = ? AND status = 'open'", flat["flat_id"]
    ):
        set_application(db, other["application_id"], "declined")
    set_application(db, application_id, "signed")
    set_flat(db, flat["flat_id"], "let")
    lease_id = db.new_id("leases")
    db.run(
        "INSERT INTO leases (lease_id, flat_id, client_id, code, status, rent, starts_on, balance,"
        " deposit_held, deposit_returned) VALUES (?, ?, ?, ?, 'active', ?, ?, 0, ?, 0)",
        lease_id,
        flat["flat_id"],
        application["client_id"],
        "L-" + lease_id[-5:].upper(),
        flat["rent"],
        application["move_in"],
        DEPOSIT_RENTS * flat["rent"],
    )
    return fetch_lease(db, lease_id)


def pay_charge(db, charge_id: str, payment: int) -> dict:
    """Book a payment on an open charge, in full or in part. Needs charge_id and payment. Returns
    the changed charge with what is paid of it.

    Args:
        payment: how many euros are paid.
    """
    charge = fetch_charge(db, charge_id)
    if charge["status"] != "open":
        raise ToolError(f"the charge is {charge['status']} already")
    left = charge["amount"] - charge["paid"]
    if payment < 1 or payment > left:
        raise ToolError(f"the payment must be between 1 and {left} euros, which are left to pay")
    add_balance(db, charge["lease_id"], -payment)
    db.run(
        "UPDATE charges SET paid = ?, status = ? WHERE charge_id = ?",
        charge["paid"] + payment,
        "paid" if payment == left else "open",
        charge_id,
    )
    return fetch_charge(db, charge_id)


def waive_fee(db, charge_id: str) -> dict:
    """Waive a late fee of which nothing is paid. Needs charge_id. Returns the waived charge."""
    charge = fetch_charge(db, charge_id)
    if charge["status"] != "open" or charge["about"] != "late_fee":
        raise ToolError(f"the charge is {charge['status']} and about {charge['about']}")
    if charge["paid"] != 0:
        raise ToolError(f"{charge['paid']} euros of the fee are paid, so it stays")
    waived = db.one(
        "SELECT 1 FROM charges WHERE lease_id = ? AND status = 'waived'", charge["lease_id"]
    )
    if waived is not None:
        raise ToolError("a late fee of this lease was waived before; it can be paid in parts")
    add_balance(db, charge["lease_id"], -charge["amount"])
    db.run("UPDATE charges SET status = 'waived' WHERE charge_id = ?", charge_id)
    return fetch_charge(db, charge_id)


def give_notice(db, lease_id: str, ends_on: str) -> dict:
    """Enter a notice for an active lease. Needs lease_id and ends_on. Returns the lease with its
    end.

    Args:
        ends_on: the last day of the lease, YYYY-MM-DD.
    """
    lease = fetch_active_lease(db, lease_id)
    days = days_between(db, today(db), ends_on)
    if len(ends_on) != 10 or days is None:
        raise ToolError("ends_on must be a day like 2026-08-31")
    if days < 60 or days > YEAR:
        raise ToolError(f"the end must be 60 to {YEAR} days away, not {days}")
    after = db.one("SELECT add_days(?, 1) AS day", ends_on)["day"]
    if after[8:] != "01":
        raise ToolError("a lease ends on the last day of a month")
    if days_between(db, lease["starts_on"], ends_on) < LEASE_DAYS:
        raise ToolError(f"the lease began on {lease['starts_on']} and lasts at least 12 months")
    db.run("UPDATE leases SET status = 'notice', ends_on = ? WHERE lease_id = ?", ends_on, lease_id)
    return fetch_lease(db, lease_id)


def raise_rent(db, lease_id: str, rent: int) -> dict:
    """Raise the rent of an active lease. Needs lease_id and rent. Returns the changed lease.

    Args:
        rent: the new rent a month in euros.
    """
    lease = fetch_active_lease(db, lease_id)
    since = lease["raised_on"] or lease["starts_on"]
    if days_between(db, since, today(db)) < YEAR:
        raise ToolError(f"the rent has stood since {since}; it must stand for a year")
    most = lease["rent"] + lease["rent"] // 10
    if rent <= lease["rent"] or rent > most:
        raise ToolError(f"the new rent must be above {lease['rent']} and at most {most} euros")
    db.run(
        "UPDATE leases SET rent = ?, raised_on = ? WHERE lease_id = ?", rent, today(db), lease_id
    )
    return fetch_lease(db, lease_id)


def end_lease(db, lease_id: str) -> dict:
    """Close a lease whose last day is reached; its flat is vacant and free in a week. Needs
    lease_id. Returns the ended lease."""
    lease = fetch_lease(db, lease_id)
    if lease["status"] != "notice":
        raise ToolError(f"the lease is {lease['status']}; only one under notice can end")
    if lease["ends_on"] > today(db):
        raise ToolError(f"the lease runs until {lease['ends_on']}")
    db.run("UPDATE leases SET status = 'ended' WHERE lease_id = ?", lease_id)
    db.run(
        "UPDATE flats SET status = 'vacant', free_from = add_days(?, 7) WHERE flat_id = ?",
        today(db),
        lease["flat_id"],
    )
    return fetch_lease(db, lease_id)


def settle_deposit(db, lease_id: str) -> dict:
    """Settle the deposit of an ended lease: open charges are paid from it and the rest is returned.
    Needs lease_id. Returns the lease with the returned deposit in euros."""
    lease = fetch_lease(db, lease_id)
    if lease["status"] != "ended":
        raise ToolError(f"the lease has not ended; it is {lease['status']}")
    if lease["deposit_held"] == 0:
        raise ToolError(f"the deposit is settled; {lease['deposit_returned']} euros were returned")
    if lease["balance"] > lease["deposit_held"]:
        raise ToolError(
            f"{lease['balance']} euros are owed, more than the deposit of {lease['deposit_held']};"
            " book payments first"
        )
    db.run(
        "UPDATE charges SET status = 'paid', paid = amount WHERE lease_id = ? AND status = 'open'",
        lease_id,
    )
    db.run(
        "UPDATE leases SET deposit_returned = ?, deposit_held = 0, balance = 0 WHERE lease_id = ?",
        lease["deposit_held"] - lease["balance"],
        lease_id,
    )
    return fetch_lease(db, lease_id)


def report_repair(db, flat_id: str, trade: str, urgency: str) -> dict:
    """Report that something in a flat needs repair. Needs flat_id, trade and urgency. Returns the
    new repair.

    Args:
        trade: the trade that can mend it.
        urgency: how soon it is needed.
    """
    flat = fetch_flat(db, flat_id)
    if flat["status"] == "withdrawn":
        raise ToolError(f"the flat {flat['name']} is withdrawn; it is being rebuilt")
    twin = db.one(
        "SELECT * FROM repairs WHERE flat_id = ? AND trade = ? AND status != 'done'",
        flat_id,
        trade,
    )
    if twin is not None:
        raise ToolError(f"the repair {twin['repair_id']} of that trade is {twin['status']} already")
    repair_id = db.new_id("repairs")
    db.run(
        "INSERT INTO repairs (repair_id, flat_id, trade, reported_on, urgency, status)"
        " VALUES (?, ?, ?, ?, ?, 'reported')",
        repair_id,
        flat_id,
        trade,
        today(db),
        urgency,
    )
    return fetch_repair(db, repair_id)


def assign_contractor(db, repair_id: str, contractor_id: str) -> dict:
    """Send a contractor to a reported repair. Needs repair_id and contractor_id. Returns the
    changed repair."""
    repair = fetch_repair(db, repair_id)
    contractor = fetch_contractor(db, contractor_id)
    if repair["status"] != "reported":
        raise ToolError(f"the repair is {repair['status']} already")
    if contractor["trade"] != repair["trade"]:
        raise ToolError(f"{contractor['name']} does {contractor['trade']}, not {repair['trade']}")
    if repair["urgency"] == "urgent" and contractor["hours"] != "round_the_clock":
        raise ToolError(f"the repair is urgent and {contractor['name']} keeps office hours")
    if contractor["jobs_open"] >= contractor["most_jobs"]:
        raise ToolError(f"{contractor['name']} takes no more than {contractor['most_jobs']} jobs")
    db.run(
        "UPDATE repairs SET status = 'assigned', contractor_id = ? WHERE repair_id = ?",
        contractor_id,
        repair_id,
    )
    add_jobs(db, contractor_id, 1)
    return fetch_repair(db, repair_id)


def finish_repair(db, repair_id: str, cost: int) -> dict:
    """Close a repair that a contractor has done. Needs repair_id and cost. Returns the finished
    repair.

    Args:
        cost: what the contractor charges in euros.
    """
    repair = fetch_repair(db, repair_id)
    if repair["status"] != "assigned":
        raise ToolError(f"the repair is {repair['status']}, not assigned")
    contractor = fetch_contractor(db, repair["contractor_id"])
    if cost < 0 or cost > contractor["cost_limit"]:
        raise ToolError(
            f"the limit agreed with {contractor['name']} is {contractor['cost_limit']} euros;"
            " ask them for a lower invoice"
        )
    add_jobs(db, contractor["contractor_id"], -1)
    db.run("UPDATE repairs SET status = 'done', cost = ? WHERE repair_id = ?", cost, repair_id)
    return fetch_repair(db, repair_id)
