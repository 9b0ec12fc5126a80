"""Tools of the theatre box office."""

FEES = {"guest": 3, "friend": 0, "benefactor": 0}
SEAT_LIMITS = {"guest": 6, "friend": 6, "benefactor": 8}
LONGEST_WAIT = 4
POST_DAYS = 7


def fetch_patron(db, patron_id):
    row = db.one("SELECT * FROM patrons WHERE patron_id = ?", patron_id)
    if row is None:
        raise ToolError(f"there is no patron {patron_id}; look it up with find_patrons")
    return row


def fetch_performance(db, performance_id):
    row = db.one("SELECT * FROM performances WHERE performance_id = ?", performance_id)
    if row is None:
        raise ToolError(
            f"there is no performance {performance_id}; look it up with list_performances"
        )
    return row


def fetch_section(db, section_id):
    row = db.one("SELECT * FROM sections WHERE section_id = ?", section_id)
    if row is None:
        raise ToolError(f"there is no section {section_id}; look it up with list_sections")
    return row


def fetch_booking(db, booking_id):
    row = db.one("SELECT * FROM bookings WHERE booking_id = ?", booking_id)
    if row is None:
        raise ToolError(f"there is no booking {booking_id}; look it up with list_bookings")
    return row


def fetch_entry(db, entry_id):
    row = db.one("SELECT * FROM waitlist_entries WHERE entry_id = ?", entry_id)
    if row is None:
        raise ToolError(f"there is no entry {entry_id}; look it up with list_waitlist")
    return row


def fetch_hold(db, booking_id):
    booking = fetch_booking(db, booking_id)
    if booking["status"] != "held":
        raise ToolError(f"the booking is {booking['status']}; this works only while it is held")
    if booking["hold_until"] < db.now():
        raise ToolError(f"the hold ran out at {booking['hold_until']}; hold seats anew")
    return booking


def today(db):
    return db.now()[:10]


def days_ahead(db, count):
    return db.one("SELECT add_days(?, ?) AS moment", db.now(), count)["moment"]


def check_sale(db, performance):
    if performance["status"] != "on_sale":
        raise ToolError(f"the performance is {performance['status']}; choose one that is on sale")
    if performance["scheduled_at"] < days_ahead(db, 1):
        raise ToolError(
            f"the performance starts at {performance['scheduled_at']}, in less than 24 hours;"
            " the tills at the venue still sell"
        )


def check_limit(db, patron_id, performance_id, more):
    limit = SEAT_LIMITS[fetch_patron(db, patron_id)["membership"]]
    taken = db.one(
        "SELECT coalesce(sum(b.seats), 0) AS seats FROM bookings AS b"
        " JOIN sections AS s ON s.section_id = b.section_id"
        " WHERE b.patron_id = ? AND b.status != 'cancelled' AND s.performance_id = ?",
        patron_id,
        performance_id,
    )["seats"]
    if taken + more > limit:
        raise ToolError(
            f"the limit is {limit} seats to a performance and the patron has {taken} already"
        )


def free_seats(db, section_id, seats):
    db.run(
        "UPDATE sections SET seats_left = seats_left + ? WHERE section_id = ?", seats, section_id
    )


def add_credit(db, patron_id, amount):
    db.run(
        "UPDATE patrons SET house_credit = house_credit + ? WHERE patron_id = ?", amount, patron_id
    )


def insert_hold(db, patron_id, section, seats, tickets):
    booking_id = db.new_id("bookings")
    fee = FEES[fetch_patron(db, patron_id)["membership"]]
    db.run(
        "INSERT INTO bookings (booking_id, patron_id, section_id, code, status, seats, fee,"
        " discount, total, hold_until, tickets, booked_on, refunded)"
        " VALUES (?, ?, ?, ?, 'held', ?, ?, 0, ?, ?, ?, ?, 0)",
        booking_id,
        patron_id,
        section["section_id"],
        "HB-" + booking_id[-6:].upper(),
        seats,
        fee,
        fee + seats * section["price"],
        days_ahead(db, 2),
        tickets,
        today(db),
    )
    return booking_id


def find_patrons(db, email: str) -> dict:
    """Find the patrons who have an e-mail address. Needs the whole address. Returns patrons with
    their patron_id, name, email, phone, membership and house_credit; none where nobody has the
    address.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT patron_id, name, email, phone, membership, house_credit FROM patrons"
        " WHERE email = ? ORDER BY name, patron_id",
        email,
    )
    return {"patrons": rows}


def get_patron(db, patron_id: str) -> dict:
    """Read a patron's record. Needs patron_id. Returns the patron with contact details, membership
    and house credit in euros."""
    return fetch_patron(db, patron_id)


def list_shows(db, genre: str | None = None) -> dict:
    """List the shows of the season, all or those of one genre. Returns shows with their show_id,
    title, genre, running time in minutes, minimum age and intervals.

    Args:
        genre: only shows of this genre.
    """
    rows = db.all(
        "SELECT show_id, title, genre, minutes, age_from, interval FROM shows"
        " WHERE ? IS NULL OR genre = ? ORDER BY title, show_id",
        genre,
        genre,
    )
    return {"shows": rows}


def get_venue(db, venue: str) -> dict:
    """Read about a venue. Needs its name. Returns the venue with its street, step-free access,
    cloakroom fee in euros and when the bar opens.

    Args:
        venue: the name of the venue.
    """
    row = db.one("SELECT * FROM venues WHERE venue = ?", venue)
    if row is None:
        raise ToolError(f"there is no venue {venue}; list_performances names the venues")
    return row


def list_performances(db, show_id: str, status: str | None = None) -> dict:
    """List the performances of a show. Needs show_id. Returns performances with their
    performance_id, venue, start and status.

    Args:
        status: only performances in this status.
    """
    if db.one("SELECT 1 FROM shows WHERE show_id = ?", show_id) is None:
        raise ToolError(f"there is no show {show_id}; look it up with list_shows")
    rows = db.all(
        "SELECT performance_id, show_id, venue, scheduled_at, status FROM performances"
        " WHERE show_id = ? AND (? IS NULL OR status = ?) ORDER BY performance_id",
        show_id,
        status,
        status,
    )
    return {"performances": rows}


def list_sections(db, performance_id: str) -> dict:
    """List the sections of a performance: parts of the house with their prices. Needs
    performance_id. Returns sections with their section_id, name, price in euros, seats left and
    capacity."""
    fetch_performance(db, performance_id)
    rows = db.all(
        "SELECT section_id, performance_id, name, price, seats_left, capacity FROM sections"
        " WHERE performance_id = ? ORDER BY name, section_id",
        performance_id,
    )
    return {"sections": rows}


def list_bookings(db, patron_id: str, status: str | None = None) -> dict:
    """List a patron's bookings. Needs patron_id. Returns bookings with their booking_id, code,
    section_id, status and number of seats.

    Args:
        status: only bookings in this status.
    """
    fetch_patron(db, patron_id)
    rows = db.all(
        "SELECT booking_id, patron_id, section_id, code, status, seats FROM bookings"
        " WHERE patron_id = ? AND (? IS NULL OR status = ?) ORDER BY code, booking_id",
        patron_id,
        status,
        status,
    )
    return {"bookings": rows}


def get_booking(db, booking_id: str) -> dict:
    """Read a booking. Needs booking_id. Returns the booking with its total, fee, discount and
    refund in euros, when a hold ends and what kind of tickets it has."""
    return fetch_booking(db, booking_id)


def list_waitlist(db, patron_id: str, status: str | None = None) -> dict:
    """List a patron's entries on waiting lists. Needs patron_id. Returns waitlist_entries with
    their entry_id, section_id, number of seats, day of entry and status.

    Args:
        status: only entries in this status.
    """
    fetch_patron(db, patron_id)
    rows = db.all(
        "SELECT entry_id, patron_id, section_id, seats, added_on, status FROM waitlist_entries"
        " WHERE patron_id = ? AND (? IS NULL OR status = ?) ORDER BY entry_id",
        patron_id,
        status,
        status,
    )
    return {"waitlist_entries": rows}


def hold_seats(db, patron_id: str, section_id: str, seats: int, tickets: str) -> dict:
    """Hold seats in a section of a performance for two days. Needs patron_id, section_id, seats and
    tickets. Returns the new booking with its code and total in euros; it is to be paid before the
    hold ends.

    Args:
        seats: how many seats.
        tickets: what kind of tickets: on the phone, by post or at the box office.
    """
    fetch_patron(db, patron_id)
    section = fetch_section(db, section_id)
    check_sale(db, fetch_performance(db, section["performance_id"]))
    if seats < 1:
        raise ToolError("at least 1 seat must be held")
    if seats > section["seats_left"]:
        raise ToolError(
            f"only {section['seats_left']} seats are left in the {section['name']};"
            " take another section or join_waitlist"
        )
    check_limit(db, patron_id, section["performance_id"], seats)
    booking_id = insert_hold(db, patron_id, section, seats, tickets)
    free_seats(db, section_id, -seats)
    return fetch_booking(db, booking_id)


def change_seats(db, booking_id: str, seats: int) -> dict:
    """Change the number of seats of a held booking. Needs booking_id and the new number. Returns
    the changed booking with its new total in euros.

    Args:
        seats: how many seats the booking is to have.
    """
    booking = fetch_hold(db, booking_id)
    section = fetch_section(db, booking["section_id"])
    if booking["discount"] != 0:
        raise ToolError("a promotion is on the booking, so its number of seats stays as it is")
    more = seats - booking["seats"]
    if seats < 1:
        raise ToolError("at least 1 seat must stay; use cancel_booking to give all back")
    if more == 0:
        raise ToolError(f"the booking has {seats} seats already")
    if more > section["seats_left"]:
        raise ToolError(f"only {section['seats_left']} more seats are left in the section")
    check_limit(db, booking["patron_id"], section["performance_id"], more)
    free_seats(db, section["section_id"], -more)
    db.run(
        "UPDATE bookings SET seats = ?, total = ? WHERE booking_id = ?",
        seats,
        booking["fee"] + seats * section["price"],
        booking_id,
    )
    return fetch_booking(db, booking_id)


def apply_promotion(db, booking_id: str, promo_code: str) -> dict:
    """Use a promotion on a held booking: each seat becomes cheaper. Needs booking_id and
    promo_code. Returns the changed booking with its discount and total in euros.

    Args:
        promo_code: the code of the promotion.
    """
    booking = fetch_hold(db, booking_id)
    if booking["discount"] != 0:
        raise ToolError("a promotion is on the booking already; one booking takes one")
    promotion = db.one("SELECT * FROM promotions WHERE promo_code = ?", promo_code)
    if promotion is None:
        raise ToolError(f"there is no promotion {promo_code}; ask for the code again")
    if promotion["valid_until"] < today(db):
        raise ToolError(f"the promotion ended on {promotion['valid_until']}")
    if promotion["uses_left"] < 1:
        raise ToolError("the promotion has been used up")
    section = fetch_section(db, booking["section_id"])
    performance = fetch_performance(db, section["performance_id"])
    show = db.one("SELECT * FROM shows WHERE show_id = ?", performance["show_id"])
    if promotion["genre"] != show["genre"]:
        raise ToolError(f"the promotion is for {promotion['genre']}, the show is {show['genre']}")
    if booking["seats"] < promotion["min_seats"]:
        raise ToolError(f"the promotion needs {promotion['min_seats']} seats or more")
    discount = booking["seats"] * promotion["off_per_seat"]
    db.run(
        "UPDATE bookings SET discount = ?, total = total - ? WHERE booking_id = ?",
        discount,
        discount,
        booking_id,
    )
    db.run("UPDATE promotions SET uses_left = uses_left - 1 WHERE promo_code = ?", promo_code)
    return fetch_booking(db, booking_id)


def pay_booking(db, booking_id: str, payment: str) -> dict:
    """Pay for a held booking. Needs booking_id and payment. Returns the paid booking.

    Args:
        payment: how the whole total is paid.
    """
    booking = fetch_hold(db, booking_id)
    if payment == "house_credit":
        credit = fetch_patron(db, booking["patron_id"])["house_credit"]
        if credit < booking["total"]:
            raise ToolError(
                f"the house credit of {credit} euros does not cover {booking['total']};"
                " it can be paid by card"
            )
        add_credit(db, booking["patron_id"], -booking["total"])
    db.run(
        "UPDATE bookings SET status = 'paid', payment = ?, hold_until = NULL WHERE booking_id = ?",
        payment,
        booking_id,
    )
    return fetch_booking(db, booking_id)


def change_tickets(db, booking_id: str, tickets: str) -> dict:
    """Change what kind of tickets a booking has. Needs booking_id and tickets. Returns the changed
    booking.

    Args:
        tickets: the new kind; posting them takes a week.
    """
    booking = fetch_booking(db, booking_id)
    if booking["status"] == "cancelled":
        raise ToolError("the booking is cancelled and has no tickets")
    if booking["tickets"] == tickets:
        raise ToolError(f"the tickets are {tickets} already")
    section = fetch_section(db, booking["section_id"])
    performance = fetch_performance(db, section["performance_id"])
    if performance["status"] != "on_sale":
        raise ToolError(f"the performance is {performance['status']}")
    days = db.one("SELECT days_between(?, ?) AS days", db.now(), performance["scheduled_at"])[
        "days"
    ]
    if tickets == "posted" and days < POST_DAYS:
        raise ToolError(f"the post takes {POST_DAYS} days and the performance is in {days}")
    db.run("UPDATE bookings SET tickets = ? WHERE booking_id = ?", tickets, booking_id)
    return fetch_booking(db, booking_id)


def exchange_booking(db, booking_id: str, section_id: str) -> dict:
    """Exchange the seats of a paid booking for as many at another performance of the same show.
    Needs booking_id and the section_id of the new performance. Returns the changed booking.

    Args:
        section_id: the section of the new performance.
    """
    booking = fetch_booking(db, booking_id)
    wanted = fetch_section(db, section_id)
    if booking["status"] != "paid":
        raise ToolError(f"the booking is {booking['status']}; only paid ones are exchanged")
    present = fetch_section(db, booking["section_id"])
    old = fetch_performance(db, present["performance_id"])
    new = fetch_performance(db, wanted["performance_id"])
    check_sale(db, old)
    check_sale(db, new)
    if new["performance_id"] == old["performance_id"]:
        raise ToolError("the booking is for this performance already; choose another one")
    if new["show_id"] != old["show_id"]:
        raise ToolError("it is another show; only performances of the same show can be had")
    if wanted["price"] != present["price"]:
        raise ToolError(f"seats there cost {wanted['price']} euros, these cost {present['price']}")
    if wanted["seats_left"] < booking["seats"]:
        raise ToolError(f"only {wanted['seats_left']} seats are left there")
    check_limit(db, booking["patron_id"], new["performance_id"], booking["seats"])
    free_seats(db, present["section_id"], booking["seats"])
    free_seats(db, section_id, -booking["seats"])
    db.run("UPDATE bookings SET section_id = ? WHERE booking_id = ?", section_id, booking_id)
    return fetch_booking(db, booking_id)


def cancel_booking(db, booking_id: str) -> dict:
    """Give the seats of a booking back. What was paid, less the fee, becomes house credit. Needs
    booking_id. Returns the cancelled booking with its refund in euros."""
    booking = fetch_booking(db, booking_id)
    if booking["status"] == "cancelled":
        raise ToolError("the booking is cancelled already")
    back = 0
    if booking["status"] == "paid":
        section = fetch_section(db, booking["section_id"])
        performance = fetch_performance(db, section["performance_id"])
        if performance["status"] == "cancelled":
            raise ToolError("the house has cancelled the performance; use claim_refund")
        if performance["status"] == "over" or performance["scheduled_at"] < days_ahead(db, 3):
            raise ToolError(
                f"the performance starts at {performance['scheduled_at']}; paid bookings can be"
                " given back until 3 days before"
            )
        back = booking["total"] - booking["fee"]
        add_credit(db, booking["patron_id"], back)
    free_seats(db, booking["section_id"], booking["seats"])
    db.run(
        "UPDATE bookings SET status = 'cancelled', refunded = ?, hold_until = NULL"
        " WHERE booking_id = ?",
        back,
        booking_id,
    )
    return fetch_booking(db, booking_id)


def claim_refund(db, booking_id: str, refund_to: str) -> dict:
    """Refund a paid booking whose performance the house has cancelled, fee included. Needs
    booking_id and refund_to. Returns the booking, now cancelled, with its refund in euros.

    Args:
        refund_to: where the money goes.
    """
    booking = fetch_booking(db, booking_id)
    if booking["status"] != "paid":
        raise ToolError(f"the booking is {booking['status']}; only paid ones are refunded")
    section = fetch_section(db, booking["section_id"])
    performance = fetch_performance(db, section["performance_id"])
    if performance["status"] != "cancelled":
        raise ToolError(f"the performance is {performance['status']}; see cancel_booking")
    if refund_to == "card" and booking["payment"] != "card":
        raise ToolError("it was paid with house credit, so the refund goes to house_credit")
    if refund_to == "house_credit":
        add_credit(db, booking["patron_id"], booking["total"])
    free_seats(db, booking["section_id"], booking["seats"])
    db.run(
        "UPDATE bookings SET status = 'cancelled', refunded = total WHERE booking_id = ?",
        booking_id,
    )
    return fetch_booking(db, booking_id)


def join_waitlist(db, patron_id: str, section_id: str, seats: int) -> dict:
    """Put a patron on the waiting list of a section that does not have the wanted seats. Needs
    patron_id, section_id and seats. Returns the new entry.

    Args:
        seats: how many seats the patron waits for.
    """
    fetch_patron(db, patron_id)
    section = fetch_section(db, section_id)
    check_sale(db, fetch_performance(db, section["performance_id"]))
    if seats < 1 or seats > LONGEST_WAIT:
        raise ToolError(f"one can wait for 1 to {LONGEST_WAIT} seats")
    if section["seats_left"] >= seats:
        raise ToolError(f"{section['seats_left']} seats are left; use hold_seats")
    twin = db.one(
        "SELECT entry_id FROM waitlist_entries WHERE patron_id = ? AND section_id = ?"
        " AND status IN ('waiting', 'offered')",
        patron_id,
        section_id,
    )
    if twin is not None:
        raise ToolError(f"the patron is on this list already with the entry {twin['entry_id']}")
    entry_id = db.new_id("waitlist_entries")
    db.run(
        "INSERT INTO waitlist_entries (entry_id, patron_id, section_id, seats, added_on, status)"
        " VALUES (?, ?, ?, ?, ?, 'waiting')",
        entry_id,
        patron_id,
        section_id,
        seats,
        today(db),
    )
    return fetch_entry(db, entry_id)


def accept_offer(db, entry_id: str) -> dict:
    """Take the seats that the waiting list offers: they are held for two days. Needs entry_id.
    Returns the new booking with its code and total in euros; its tickets are mobile."""
    entry = fetch_entry(db, entry_id)
    if entry["status"] != "offered":
        raise ToolError(f"the entry is {entry['status']}; there is no offer to take")
    if entry["offer_until"] < db.now():
        raise ToolError(f"the offer ran out at {entry['offer_until']}")
    section = fetch_section(db, entry["section_id"])
    check_limit(db, entry["patron_id"], section["performance_id"], entry["seats"])
    booking_id = insert_hold(db, entry["patron_id"], section, entry["seats"], "mobile")
    db.run("UPDATE waitlist_entries SET status = 'taken' WHERE entry_id = ?", entry_id)
    return fetch_booking(db, booking_id)


def leave_waitlist(db, entry_id: str) -> dict:
    """Take a patron off a waiting list; offered seats go back on sale. Needs entry_id. Returns the
    changed entry."""
    entry = fetch_entry(db, entry_id)
    if entry["status"] not in ("waiting", "offered"):
        raise ToolError(f"the entry is {entry['status']} already")
    if entry["status"] == "offered":
        free_seats(db, entry["section_id"], entry["seats"])
    db.run(
        "UPDATE waitlist_entries SET status = 'left', offer_until = NULL WHERE entry_id = ?",
        entry_id,
    )
    return fetch_entry(db, entry_id)
