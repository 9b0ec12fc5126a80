"""Tools of the town library."""

LOAN_DAYS = 28
RENEWAL_DAYS = 14
MOST_RENEWALS = 2
PICKUP_DAYS = 7
MOST_HOLDS = 3
MOST_FEES = 10
HIGHEST_FINE = 12
LOST_FEE = 25
LIMITS = {"child": 3, "student": 5, "adult": 4}


def fetch_member(db, member_id):
    row = db.one("SELECT * FROM members WHERE member_id = ?", member_id)
    if row is None:
        raise ToolError(f"there is no member {member_id}; look it up with find_members")
    return row


def fetch_branch(db, branch):
    row = db.one("SELECT * FROM branches WHERE branch = ?", branch)
    if row is None:
        names = ", ".join([one["branch"] for one in db.all("SELECT * FROM branches ORDER BY 1")])
        raise ToolError(f"there is no branch {branch}; the branches are {names}")
    return row


def fetch_book(db, book_id):
    row = db.one("SELECT * FROM books WHERE book_id = ?", book_id)
    if row is None:
        raise ToolError(f"there is no book {book_id}; look it up with list_books")
    return row


def fetch_copy(db, copy_id):
    row = db.one("SELECT * FROM copies WHERE copy_id = ?", copy_id)
    if row is None:
        raise ToolError(f"there is no copy {copy_id}; look it up with list_copies")
    return row


def fetch_loan(db, loan_id):
    row = db.one("SELECT * FROM loans WHERE loan_id = ?", loan_id)
    if row is None:
        raise ToolError(f"there is no loan {loan_id}; look it up with list_loans")
    return row


def fetch_hold(db, hold_id):
    row = db.one("SELECT * FROM holds WHERE hold_id = ?", hold_id)
    if row is None:
        raise ToolError(f"there is no hold {hold_id}; look it up with list_holds")
    return row


def fetch_event(db, event_id):
    row = db.one("SELECT * FROM events WHERE event_id = ?", event_id)
    if row is None:
        raise ToolError(f"there is no event {event_id}; look it up with list_events")
    return row


def fetch_registration(db, registration_id):
    row = db.one("SELECT * FROM registrations WHERE registration_id = ?", registration_id)
    if row is None:
        raise ToolError(
            f"there is no registration {registration_id}; look it up with list_registrations"
        )
    return row


def fetch_open_loan(db, loan_id):
    loan = fetch_loan(db, loan_id)
    if loan["status"] != "open":
        raise ToolError(f"the loan is {loan['status']} already")
    return loan


def today(db):
    return db.now()[:10]


def later(db, day, count):
    return db.one("SELECT add_days(?, ?) AS day", day, count)["day"]


def open_loans(db, member_id):
    return db.all(
        "SELECT l.*, c.book_id FROM loans AS l JOIN copies AS c USING (copy_id)"
        " WHERE l.member_id = ? AND l.status = 'open' ORDER BY l.loan_id",
        member_id,
    )


def check_card(db, member):
    if member["valid_until"] < today(db):
        raise ToolError(f"the card was good until {member['valid_until']}; it must be extended")
    if member["fees"] > MOST_FEES:
        raise ToolError(
            f"{member['fees']} euros of fees are owed; no more than {MOST_FEES} may be, see"
            " pay_fees"
        )


def check_limit(db, member):
    most = LIMITS[member["category"]]
    if len(open_loans(db, member["member_id"])) >= most:
        raise ToolError(f"the member has {most} open loans, the most that the card allows")


def add_fees(db, member_id, amount):
    db.run("UPDATE members SET fees = fees + ? WHERE member_id = ?", amount, member_id)


def lend(db, member_id, copy_id, title):
    loan_id = db.new_id("loans")
    db.run(
        "INSERT INTO loans (loan_id, member_id, copy_id, title, due_on, lent_on, renewals, fine,"
        " status) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 'open')",
        loan_id,
        member_id,
        copy_id,
        title,
        later(db, today(db), LOAN_DAYS),
        today(db),
    )
    db.run("UPDATE copies SET status = 'on loan' WHERE copy_id = ?", copy_id)
    return fetch_loan(db, loan_id)


def first_waiting(db, book_id):
    return db.one(
        "SELECT * FROM holds WHERE book_id = ? AND status = 'waiting' ORDER BY placed_on, hold_id",
        book_id,
    )


def pass_on(db, copy_id):
    """Keeps a copy that came free for who has waited longest, else puts it on the shelf."""
    hold = first_waiting(db, fetch_copy(db, copy_id)["book_id"])
    if hold is None:
        db.run("UPDATE copies SET status = 'available' WHERE copy_id = ?", copy_id)
        return
    db.run(
        "UPDATE copies SET status = 'kept', branch = ? WHERE copy_id = ?", hold["branch"], copy_id
    )
    db.run(
        "UPDATE holds SET status = 'ready', copy_id = ?, pickup_by = ? WHERE hold_id = ?",
        copy_id,
        later(db, today(db), PICKUP_DAYS),
        hold["hold_id"],
    )


def find_members(db, card_number: str) -> dict:
    """Find the member with a library card. Needs the card_number. Returns members with their
    member_id, card_number, name, email, category and expiry date of the card; none where there is
    no such card.

    Args:
        card_number: as printed on the card, for example L-1234.
    """
    rows = db.all(
        "SELECT member_id, card_number, name, email, category, valid_until FROM members"
        " WHERE card_number = ? ORDER BY name, member_id",
        card_number,
    )
    return {"members": rows}


def get_member(db, member_id: str) -> dict:
    """Read a member's record. Needs member_id. Returns the member with the expiry date of the card,
    how to reach them and the fees owed in euros."""
    return fetch_member(db, member_id)


def change_contact(db, member_id: str, email: str = None, phone: str = None) -> dict:
    """Change how a member can be reached. Needs member_id and a new email, a new phone or both.
    Returns the changed member.

    Args:
        email: the new e-mail address.
        phone: the new phone number.
    """
    fetch_member(db, member_id)
    if email is None and phone is None:
        raise ToolError("there is nothing to change: give email, phone or both")
    if email is not None:
        for other in db.all("SELECT * FROM members WHERE email = ?", email):
            if other["member_id"] != member_id:
                raise ToolError(f"another member has the address {email}; ask for a different one")
        db.run("UPDATE members SET email = ? WHERE member_id = ?", email, member_id)
    if phone is not None:
        db.run("UPDATE members SET phone = ? WHERE member_id = ?", phone, member_id)
    return fetch_member(db, member_id)


def list_books(db, genre: str = None) -> dict:
    """List the books of the catalogue, all or those of one genre. Returns books with their book_id,
    title, author, genre and year.

    Args:
        genre: only books of this genre.
    """
    rows = db.all(
        "SELECT book_id, title, author, genre, year FROM books WHERE ? IS NULL OR genre = ?"
        " ORDER BY title, book_id",
        genre,
        genre,
    )
    return {"books": rows}


def list_copies(db, book_id: str, branch: str = None, status: str = None) -> dict:
    """List the copies of a book. Needs book_id. Returns copies with their copy_id, barcode, branch,
    shelf and status.

    Args:
        branch: only copies that are at this branch.
        status: only copies in this status; a kept one waits for the member who holds it.
    """
    fetch_book(db, book_id)
    if branch is not None:
        fetch_branch(db, branch)
    rows = db.all(
        "SELECT copy_id, barcode, book_id, branch, shelf, status FROM copies WHERE book_id = ?"
        " AND (? IS NULL OR branch = ?) AND (? IS NULL OR status = ?) ORDER BY barcode, copy_id",
        book_id,
        branch,
        branch,
        status,
        status,
    )
    return {"copies": rows}


def borrow_copy(db, member_id: str, copy_id: str) -> dict:
    """Lend an available copy to a member for four weeks. Needs member_id and copy_id. Returns the
    new loan with its due day."""
    member = fetch_member(db, member_id)
    copy = fetch_copy(db, copy_id)
    check_card(db, member)
    check_limit(db, member)
    for loan in open_loans(db, member_id):
        if loan["due_on"] < today(db):
            raise ToolError(f"the loan of {loan['title']} was due on {loan['due_on']}; return it")
        if loan["book_id"] == copy["book_id"]:
            raise ToolError(f"the member has borrowed {loan['title']} already")
    if copy["status"] != "available":
        raise ToolError(f"the copy is {copy['status']}; look for an available one or place a hold")
    return lend(db, member_id, copy_id, fetch_book(db, copy["book_id"])["title"])


def list_loans(db, member_id: str, status: str = None) -> dict:
    """List a member's loans, returned ones too. Needs member_id. Returns loans with their loan_id,
    copy_id, title, due day and status.

    Args:
        status: only loans in this status.
    """
    fetch_member(db, member_id)
    rows = db.all(
        "SELECT loan_id, member_id, copy_id, title, due_on, status FROM loans WHERE member_id = ?"
        " AND (? IS NULL OR status = ?) ORDER BY title, loan_id",
        member_id,
        status,
        status,
    )
    return {"loans": rows}


def renew_loan(db, loan_id: str) -> dict:
    """Renew an open loan: it is due two weeks later. Needs loan_id. Returns the loan with its new
    due day."""
    loan = fetch_open_loan(db, loan_id)
    if loan["due_on"] < today(db):
        raise ToolError(f"the loan was due on {loan['due_on']}; it must be returned")
    if loan["renewals"] >= MOST_RENEWALS:
        raise ToolError(f"the loan was renewed {loan['renewals']} times already")
    if first_waiting(db, fetch_copy(db, loan["copy_id"])["book_id"]) is not None:
        raise ToolError(f"another member waits for {loan['title']}, so it cannot be renewed")
    db.run(
        "UPDATE loans SET renewals = ?, due_on = ? WHERE loan_id = ?",
        loan["renewals"] + 1,
        later(db, loan["due_on"], RENEWAL_DAYS),
        loan_id,
    )
    return fetch_loan(db, loan_id)


def return_loan(db, loan_id: str) -> dict:
    """Take back the copy of an open loan; what is late is fined, and the copy is kept for who has
    waited longest for the book. Needs loan_id. Returns the loan with its fine in euros."""
    loan = fetch_open_loan(db, loan_id)
    late = db.one("SELECT days_between(?, ?) AS days", loan["due_on"], db.now())["days"]
    fine = min(HIGHEST_FINE, late) if late > 0 else 0
    db.run("UPDATE loans SET status = 'returned', fine = ? WHERE loan_id = ?", fine, loan_id)
    add_fees(db, loan["member_id"], fine)
    pass_on(db, loan["copy_id"])
    return fetch_loan(db, loan_id)


def report_lost(db, loan_id: str) -> dict:
    """Note that a member has lost the copy of an open loan; it is charged. Needs loan_id. Returns
    the loan."""
    loan = fetch_open_loan(db, loan_id)
    db.run("UPDATE loans SET status = 'lost', fine = ? WHERE loan_id = ?", LOST_FEE, loan_id)
    db.run("UPDATE copies SET status = 'lost' WHERE copy_id = ?", loan["copy_id"])
    add_fees(db, loan["member_id"], LOST_FEE)
    return fetch_loan(db, loan_id)


def place_hold(db, member_id: str, book_id: str, branch: str) -> dict:
    """Put a member on the waiting list of a book. Needs member_id, book_id and branch. Returns the
    new hold.

    Args:
        branch: where the member picks the book up.
    """
    member = fetch_member(db, member_id)
    book = fetch_book(db, book_id)
    fetch_branch(db, branch)
    check_card(db, member)
    present = db.all(
        "SELECT * FROM holds WHERE member_id = ? AND status IN ('waiting', 'ready')", member_id
    )
    if len(present) >= MOST_HOLDS:
        raise ToolError(f"the member has {len(present)} holds; cancel one first")
    for hold in present:
        if hold["book_id"] == book_id:
            raise ToolError(f"the member has the hold {hold['hold_id']} on it already")
    for loan in open_loans(db, member_id):
        if loan["book_id"] == book_id:
            raise ToolError(f"the member has borrowed {loan['title']}; it can be renewed")
    statuses = [one["status"] for one in db.all("SELECT * FROM copies WHERE book_id = ?", book_id)]
    if "available" in statuses:
        raise ToolError(f"a copy of {book['title']} is available; it can be borrowed at once")
    if "on loan" not in statuses and "kept" not in statuses:
        raise ToolError(f"no copy of {book['title']} will come back, so nobody can wait for one")
    hold_id = db.new_id("holds")
    db.run(
        "INSERT INTO holds (hold_id, member_id, book_id, branch, title, status, placed_on)"
        " VALUES (?, ?, ?, ?, ?, 'waiting', ?)",
        hold_id,
        member_id,
        book_id,
        branch,
        book["title"],
        today(db),
    )
    return fetch_hold(db, hold_id)


def list_holds(db, member_id: str, status: str = None) -> dict:
    """List a member's holds. Needs member_id. Returns holds with their hold_id, book_id, branch,
    title, status and the copy that is kept.

    Args:
        status: only holds in this status.
    """
    fetch_member(db, member_id)
    rows = db.all(
        "SELECT hold_id, member_id, book_id, branch, copy_id, title, status FROM holds"
        " WHERE member_id = ? AND (? IS NULL OR status = ?) ORDER BY title, hold_id",
        member_id,
        status,
        status,
    )
    return {"holds": rows}


def change_pickup(db, hold_id: str, branch: str) -> dict:
    """Change where a member picks up the book of a waiting hold. Needs hold_id and branch. Returns
    the changed hold.

    Args:
        branch: the new branch.
    """
    hold = fetch_hold(db, hold_id)
    fetch_branch(db, branch)
    if hold["status"] != "waiting":
        raise ToolError(f"the hold is {hold['status']}; only waiting ones can be changed")
    if hold["branch"] == branch:
        raise ToolError(f"the book is to be picked up at {branch} already")
    db.run("UPDATE holds SET branch = ? WHERE hold_id = ?", branch, hold_id)
    return fetch_hold(db, hold_id)


def cancel_hold(db, hold_id: str) -> dict:
    """Cancel a hold that is waiting or ready; a copy that was kept goes to the next who waits.
    Needs hold_id. Returns the cancelled hold."""
    hold = fetch_hold(db, hold_id)
    if hold["status"] not in ("waiting", "ready"):
        raise ToolError(f"the hold is {hold['status']} already")
    db.run(
        "UPDATE holds SET status = 'cancelled', copy_id = NULL, pickup_by = NULL WHERE hold_id = ?",
        hold_id,
    )
    if hold["copy_id"] is not None:
        pass_on(db, hold["copy_id"])
    return fetch_hold(db, hold_id)


def collect_hold(db, hold_id: str) -> dict:
    """Hand the kept copy of a ready hold to its member, as a loan of four weeks. Needs hold_id.
    Returns the new loan with its due day."""
    hold = fetch_hold(db, hold_id)
    if hold["status"] != "ready":
        raise ToolError(f"the hold is {hold['status']}, not ready")
    if hold["pickup_by"] < today(db):
        raise ToolError(f"the copy was kept until {hold['pickup_by']}; cancel the hold")
    member = fetch_member(db, hold["member_id"])
    check_card(db, member)
    check_limit(db, member)
    db.run(
        "UPDATE holds SET status = 'collected', copy_id = NULL, pickup_by = NULL WHERE hold_id = ?",
        hold_id,
    )
    return lend(db, hold["member_id"], hold["copy_id"], hold["title"])


def pay_fees(db, member_id: str, amount: int) -> dict:
    """Take a payment of fees. Needs member_id and amount. Returns the member with the fees that are
    left.

    Args:
        amount: whole euros.
    """
    member = fetch_member(db, member_id)
    if member["fees"] == 0:
        raise ToolError("no fees are owed")
    if amount < 1 or amount > member["fees"]:
        raise ToolError(f"the amount must be between 1 and {member['fees']}")
    add_fees(db, member_id, -amount)
    return fetch_member(db, member_id)


def list_events(db, audience: str = None) -> dict:
    """List the events at all branches. Returns events with their event_id, branch, name, starts_at,
    audience and the number of free seats.

    Args:
        audience: only events for these people.
    """
    rows = db.all(
        "SELECT event_id, branch, name, starts_at, audience, seats_left FROM events"
        " WHERE ? IS NULL OR audience = ? ORDER BY name, event_id",
        audience,
        audience,
    )
    return {"events": rows}


def list_registrations(db, member_id: str) -> dict:
    """List the events that a member is or was signed up for. Needs member_id. Returns registrations
    with their registration_id, event_id, name of the event and status."""
    fetch_member(db, member_id)
    rows = db.all(
        "SELECT registration_id, event_id, member_id, name, status FROM registrations"
        " WHERE member_id = ? ORDER BY name, registration_id",
        member_id,
    )
    return {"registrations": rows}


def sign_up(db, member_id: str, event_id: str) -> dict:
    """Sign a member up for an event. Needs member_id and event_id. Returns the new registration."""
    member = fetch_member(db, member_id)
    event = fetch_event(db, event_id)
    if event["starts_at"] <= db.now():
        raise ToolError(f"{event['name']} began at {event['starts_at']}")
    if event["audience"] == "children" and member["category"] != "child":
        raise ToolError(f"{event['name']} is for children")
    if event["audience"] == "adults" and member["category"] == "child":
        raise ToolError(f"{event['name']} is for adults")
    twin = db.one(
        "SELECT registration_id FROM registrations WHERE member_id = ? AND event_id = ?"
        " AND status = 'signed up'",
        member_id,
        event_id,
    )
    if twin is not None:
        raise ToolError(f"the member has the registration {twin['registration_id']} for it already")
    if event["seats_left"] < 1:
        raise ToolError(f"no seat is left at {event['name']}")
    registration_id = db.new_id("registrations")
    db.run(
        "INSERT INTO registrations (registration_id, event_id, member_id, name, status)"
        " VALUES (?, ?, ?, ?, 'signed up')",
        registration_id,
        event_id,
        member_id,
        event["name"],
    )
    db.run("UPDATE events SET seats_left = seats_left - 1 WHERE event_id = ?", event_id)
    return fetch_registration(db, registration_id)


def cancel_registration(db, registration_id: str) -> dict:
    """Cancel a registration until the day before the event; the seat is free again. Needs
    registration_id. Returns the cancelled registration."""
    registration = fetch_registration(db, registration_id)
    if registration["status"] != "signed up":
        raise ToolError("the registration is cancelled already")
    event = fetch_event(db, registration["event_id"])
    if event["starts_at"][:10] <= today(db):
        raise ToolError(f"{event['name']} is on {event['starts_at'][:10]}, too soon to cancel")
    db.run(
        "UPDATE registrations SET status = 'cancelled' WHERE registration_id = ?", registration_id
    )
    db.run("UPDATE events SET seats_left = seats_left + 1 WHERE event_id = ?", event["event_id"])
    return fetch_registration(db, registration_id)
