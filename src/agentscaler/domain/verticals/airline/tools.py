"""Tools of the regional airline."""

LIVE = ("held", "ticketed", "checked_in")
FLEX = 40
BAG = 30
CHANGE_FEE = 45
UPGRADE_POINTS = 20
COMPENSATION = 100
LATE = 180
MOST_BAGS = 3


def fetch(db, table, key, value, lookup):
    row = db.one(f"SELECT * FROM {table} WHERE {key} = ?", value)
    if row is None:
        raise ToolError(f"there is no {key} {value}; look it up with {lookup}")
    return row


def fetch_traveller(db, traveller_id):
    return fetch(db, "travellers", "traveller_id", traveller_id, "find_travellers")


def fetch_flight(db, flight_id):
    return fetch(db, "flights", "flight_id", flight_id, "list_flights")


def fetch_booking(db, booking_id):
    return fetch(db, "bookings", "booking_id", booking_id, "list_bookings")


def fetch_claim(db, claim_id):
    return fetch(db, "claims", "claim_id", claim_id, "list_claims")


def fetch_ticketed(db, booking_id):
    booking = fetch_booking(db, booking_id)
    if booking["status"] == "held":
        raise ToolError("the booking is only held; pay for it first with pay_booking")
    if booking["status"] != "ticketed":
        raise ToolError(f"the booking is {booking['status'].replace('_', ' ')}, not ticketed")
    return booking


def refuse_if_gone(flight):
    if flight["status"] in ("cancelled", "departed"):
        raise ToolError(f"flight {flight['flight_no']} is {flight['status']}; choose another one")


def refuse_if_full(flight):
    if flight["seats_left"] < 1:
        raise ToolError(f"flight {flight['flight_no']} is full; there is a waiting list")


def refuse_if_booked(db, traveller_id, flight_id):
    for booking in db.all(
        "SELECT * FROM bookings WHERE traveller_id = ? AND flight_id = ?", traveller_id, flight_id
    ):
        if booking["status"] in LIVE:
            raise ToolError(f"the traveller has booking {booking['booking_id']} on it already")


def price_of(flight, fare_type):
    return flight["fare"] + (FLEX if fare_type == "flex" else 0)


def take_places(db, flight_id, count):
    db.run("UPDATE flights SET seats_left = seats_left - ? WHERE flight_id = ?", count, flight_id)


def free_seat(db, booking_id):
    db.run("UPDATE seats SET booking_id = NULL WHERE booking_id = ?", booking_id)


def today(db):
    return db.now()[:10]


def find_travellers(db, email: str) -> dict:
    """Find the travellers who have an e-mail address. Needs the whole address. Returns travellers
    with their traveller_id, name, email, phone and points; none where nobody has the address.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT traveller_id, name, email, phone, points FROM travellers WHERE email = ?"
        " ORDER BY name, traveller_id",
        email,
    )
    return {"travellers": rows}


def get_traveller(db, traveller_id: str) -> dict:
    """Read a traveller's record. Needs traveller_id. Returns the traveller with contact details
    and points."""
    return fetch_traveller(db, traveller_id)


def list_flights(db, origin: str, destination: str, status: str = None) -> dict:
    """List the flights from one airport to another. Needs origin and destination. Returns flights
    with their flight_id, flight_no, departs_at and status.

    Args:
        origin: code of the airport where the flight starts, such as BRE.
        destination: code of the airport where it lands.
        status: only flights in this status.
    """
    for airport in (origin, destination):
        if db.one("SELECT 1 FROM airports WHERE airport = ?", airport) is None:
            known = ", ".join(row["airport"] for row in db.all("SELECT airport FROM airports"))
            raise ToolError(f"there is no airport {airport}; the airline serves {known}")
    rows = db.all(
        "SELECT flight_id, flight_no, origin, destination, departs_at, status FROM flights"
        " WHERE origin = ? AND destination = ? AND (? IS NULL OR status = ?)"
        " ORDER BY flight_no, flight_id",
        origin,
        destination,
        status,
        status,
    )
    return {"flights": rows}


def get_flight(db, flight_id: str) -> dict:
    """Read a flight. Needs flight_id. Returns the flight with its light fare in euros, its delay
    in minutes and how many places are free."""
    return fetch_flight(db, flight_id)


def list_seats(db, flight_id: str, kind: str = None) -> dict:
    """List the seats of a flight. Needs flight_id. Returns seats with their seat_id, seat_no, kind,
    fee in euros and the booking that has the seat; a free seat has none.

    Args:
        kind: only seats of this kind.
    """
    fetch_flight(db, flight_id)
    rows = db.all(
        "SELECT seat_id, flight_id, seat_no, kind, fee, booking_id FROM seats"
        " WHERE flight_id = ? AND (? IS NULL OR kind = ?) ORDER BY seat_no, seat_id",
        flight_id,
        kind,
        kind,
    )
    return {"seats": rows}


def list_bookings(db, traveller_id: str, status: str = None) -> dict:
    """List a traveller's bookings. Needs traveller_id. Returns bookings with their booking_id,
    flight_id, status, made_on and fare_type.

    Args:
        status: only bookings in this status.
    """
    fetch_traveller(db, traveller_id)
    rows = db.all(
        "SELECT booking_id, traveller_id, flight_id, status, made_on, fare_type FROM bookings"
        " WHERE traveller_id = ? AND (? IS NULL OR status = ?) ORDER BY booking_id",
        traveller_id,
        status,
        status,
    )
    return {"bookings": rows}


def get_booking(db, booking_id: str) -> dict:
    """Read a booking. Needs booking_id. Returns the booking with its price and extras in euros,
    its bags, and until when it is held."""
    return fetch_booking(db, booking_id)


def list_credits(db, traveller_id: str, status: str = None) -> dict:
    """List a traveller's travel credits. Needs traveller_id. Returns credits with their credit_id,
    amount in euros, expires_on and status.

    Args:
        status: only credits in this status.
    """
    fetch_traveller(db, traveller_id)
    rows = db.all(
        "SELECT credit_id, traveller_id, amount, expires_on, status FROM credits"
        " WHERE traveller_id = ? AND (? IS NULL OR status = ?) ORDER BY credit_id",
        traveller_id,
        status,
        status,
    )
    return {"credits": rows}


def list_claims(db, booking_id: str) -> dict:
    """List the delay claims for a booking. Needs booking_id. Returns claims with their claim_id,
    amount in euros, filed_on and status."""
    fetch_booking(db, booking_id)
    rows = db.all(
        "SELECT claim_id, booking_id, amount, filed_on, status FROM claims"
        " WHERE booking_id = ? ORDER BY claim_id",
        booking_id,
    )
    return {"claims": rows}


def list_waitings(db, traveller_id: str) -> dict:
    """List the waiting lists that a traveller is on. Needs traveller_id. Returns waitings with
    their waiting_id, flight_id, place and joined_on."""
    fetch_traveller(db, traveller_id)
    rows = db.all(
        "SELECT waiting_id, traveller_id, flight_id, place, joined_on FROM waitings"
        " WHERE traveller_id = ? ORDER BY waiting_id",
        traveller_id,
    )
    return {"waitings": rows}


def hold_flight(db, traveller_id: str, flight_id: str, fare_type: str) -> dict:
    """Hold a place on a flight for a day. Needs traveller_id, flight_id and fare_type. Returns the
    new booking with its price in euros, to be paid before hold_until.

    Args:
        fare_type: light, or flex for 40 euros more.
    """
    fetch_traveller(db, traveller_id)
    flight = fetch_flight(db, flight_id)
    refuse_if_gone(flight)
    refuse_if_full(flight)
    refuse_if_booked(db, traveller_id, flight_id)
    booking_id = db.new_id("bookings")
    db.run(
        "INSERT INTO bookings (booking_id, traveller_id, flight_id, status, made_on, fare_type,"
        " price, bags, extras, hold_until, refunded)"
        " VALUES (?, ?, ?, 'held', ?, ?, ?, 0, 0, add_days(?, 1), 0)",
        booking_id,
        traveller_id,
        flight_id,
        today(db),
        fare_type,
        price_of(flight, fare_type),
        db.now(),
    )
    take_places(db, flight_id, 1)
    return fetch_booking(db, booking_id)


def pay_booking(db, booking_id: str, credit_id: str = None) -> dict:
    """Pay for a held booking by card, or partly with a travel credit; the traveller earns points.
    Needs booking_id. Returns the ticketed booking.

    Args:
        credit_id: a travel credit of the traveller's to use; what is left is paid by card.
    """
    booking = fetch_booking(db, booking_id)
    if booking["status"] != "held":
        raise ToolError(f"the booking is {booking['status'].replace('_', ' ')}, not held")
    if booking["hold_until"] < db.now():
        raise ToolError(
            f"the hold ended at {booking['hold_until']}; cancel it and hold a new place"
        )
    if credit_id is not None:
        credit = fetch(db, "credits", "credit_id", credit_id, "list_credits")
        if credit["traveller_id"] != booking["traveller_id"]:
            raise ToolError("the travel credit belongs to somebody else")
        if credit["status"] != "open":
            raise ToolError("the travel credit has been used")
        if credit["expires_on"] < today(db):
            raise ToolError(f"the travel credit expired on {credit['expires_on']}")
        if credit["amount"] > booking["price"]:
            raise ToolError(
                f"the travel credit of {credit['amount']} euros is more than the price of"
                f" {booking['price']}; use a smaller one"
            )
        db.run("UPDATE credits SET status = 'used' WHERE credit_id = ?", credit_id)
    db.run(
        "UPDATE travellers SET points = points + ? WHERE traveller_id = ?",
        booking["price"] // 10,
        booking["traveller_id"],
    )
    db.run(
        "UPDATE bookings SET status = 'ticketed', hold_until = NULL WHERE booking_id = ?",
        booking_id,
    )
    return fetch_booking(db, booking_id)


def add_bag(db, booking_id: str) -> dict:
    """Add one bag to a ticketed booking; it costs 30 euros, the first one of a flex fare nothing.
    Needs booking_id. Returns the booking with its bags and extras."""
    booking = fetch_ticketed(db, booking_id)
    if booking["bags"] >= MOST_BAGS:
        raise ToolError(f"the booking has {MOST_BAGS} bags already, and no more are allowed")
    free = booking["fare_type"] == "flex" and booking["bags"] == 0
    db.run(
        "UPDATE bookings SET bags = ?, extras = ? WHERE booking_id = ?",
        booking["bags"] + 1,
        booking["extras"] + (0 if free else BAG),
        booking_id,
    )
    return fetch_booking(db, booking_id)


def choose_seat(db, booking_id: str, seat_id: str) -> dict:
    """Give a ticketed booking a free seat of its flight, in place of the seat it has; the fee of
    the seat is charged. Needs booking_id and seat_id. Returns the booking with its extras."""
    booking = fetch_ticketed(db, booking_id)
    seat = fetch(db, "seats", "seat_id", seat_id, "list_seats")
    if seat["flight_id"] != booking["flight_id"]:
        raise ToolError("the seat is on another flight than the booking")
    if seat["booking_id"] is not None:
        raise ToolError(f"seat {seat['seat_no']} is taken; choose another one")
    free_seat(db, booking_id)
    db.run("UPDATE seats SET booking_id = ? WHERE seat_id = ?", booking_id, seat_id)
    db.run("UPDATE bookings SET extras = extras + ? WHERE booking_id = ?", seat["fee"], booking_id)
    return fetch_booking(db, booking_id)


def check_in(db, booking_id: str) -> dict:
    """Check in a ticketed booking that has a seat, from 24 hours before departure on. Needs
    booking_id. Returns the checked-in booking."""
    booking = fetch_ticketed(db, booking_id)
    flight = fetch_flight(db, booking["flight_id"])
    refuse_if_gone(flight)
    opens = db.one("SELECT add_days(?, -1) AS moment", flight["departs_at"])["moment"]
    if db.now() < opens:
        raise ToolError(f"check-in opens at {opens}")
    if db.one("SELECT 1 FROM seats WHERE booking_id = ?", booking_id) is None:
        raise ToolError("the booking has no seat yet; choose one with choose_seat")
    db.run("UPDATE bookings SET status = 'checked_in' WHERE booking_id = ?", booking_id)
    return fetch_booking(db, booking_id)


def rebook(db, booking_id: str, flight_id: str) -> dict:
    """Move a ticketed booking to another flight of the same route; its seat is given up. Needs
    booking_id and flight_id. Returns the booking with its price and extras.

    Args:
        flight_id: the flight that the traveller wants instead.
    """
    booking = fetch_ticketed(db, booking_id)
    flight = fetch_flight(db, flight_id)
    refuse_if_gone(flight)
    refuse_if_full(flight)
    old = fetch_flight(db, booking["flight_id"])
    if old["flight_id"] == flight_id:
        raise ToolError("the booking is on that flight already")
    if old["origin"] != flight["origin"] or old["destination"] != flight["destination"]:
        raise ToolError(
            f"flight {flight['flight_no']} goes from {flight['origin']} to"
            f" {flight['destination']}, the booking from {old['origin']} to {old['destination']}"
        )
    refuse_if_booked(db, booking["traveller_id"], flight_id)
    free = booking["fare_type"] == "flex" or old["status"] == "cancelled"
    free_seat(db, booking_id)
    take_places(db, old["flight_id"], -1)
    take_places(db, flight_id, 1)
    db.run(
        "UPDATE bookings SET flight_id = ?, price = ?, extras = ? WHERE booking_id = ?",
        flight_id,
        max(booking["price"], price_of(flight, booking["fare_type"])),
        booking["extras"] + (0 if free else CHANGE_FEE),
        booking_id,
    )
    return fetch_booking(db, booking_id)


def cancel_booking(db, booking_id: str) -> dict:
    """Cancel a held or ticketed booking; its place and seat become free. Needs booking_id. Returns
    the cancelled booking with the refunded amount in euros."""
    booking = fetch_booking(db, booking_id)
    if booking["status"] not in ("held", "ticketed"):
        raise ToolError(
            f"the booking is {booking['status'].replace('_', ' ')} and cannot be cancelled"
        )
    flight = fetch_flight(db, booking["flight_id"])
    full = booking["fare_type"] == "flex" or flight["status"] == "cancelled"
    paid = booking["price"] + booking["extras"] if booking["status"] == "ticketed" else 0
    free_seat(db, booking_id)
    take_places(db, flight["flight_id"], -1)
    db.run(
        "UPDATE bookings SET status = 'cancelled', refunded = ?, hold_until = NULL"
        " WHERE booking_id = ?",
        paid if full else 0,
        booking_id,
    )
    return fetch_booking(db, booking_id)


def upgrade_fare(db, booking_id: str) -> dict:
    """Turn the light fare of a ticketed booking into flex for 20 points of its traveller. Needs
    booking_id. Returns the changed booking."""
    booking = fetch_ticketed(db, booking_id)
    if booking["fare_type"] != "light":
        raise ToolError("the booking has a flex fare already")
    points = fetch_traveller(db, booking["traveller_id"])["points"]
    if points < UPGRADE_POINTS:
        raise ToolError(f"it takes {UPGRADE_POINTS} points, the traveller has {points}")
    db.run(
        "UPDATE travellers SET points = points - ? WHERE traveller_id = ?",
        UPGRADE_POINTS,
        booking["traveller_id"],
    )
    db.run("UPDATE bookings SET fare_type = 'flex' WHERE booking_id = ?", booking_id)
    return fetch_booking(db, booking_id)


def file_claim(db, booking_id: str) -> dict:
    """File a claim of 100 euros for a booking whose flight was cancelled or at least three hours
    late. Needs booking_id. Returns the new claim."""
    booking = fetch_booking(db, booking_id)
    if booking["status"] not in ("ticketed", "checked_in", "flown"):
        raise ToolError(f"the booking is {booking['status']}; only tickets give a claim")
    flight = fetch_flight(db, booking["flight_id"])
    if flight["status"] != "cancelled" and flight["delay"] < LATE:
        raise ToolError(
            f"flight {flight['flight_no']} was not cancelled and is {flight['delay']} minutes late;"
            f" it takes {LATE}"
        )
    for claim in db.all("SELECT * FROM claims WHERE booking_id = ?", booking_id):
        if claim["status"] != "withdrawn":
            raise ToolError(f"claim {claim['claim_id']} is {claim['status']} for it already")
    claim_id = db.new_id("claims")
    db.run(
        "INSERT INTO claims (claim_id, booking_id, amount, filed_on, status)"
        " VALUES (?, ?, ?, ?, 'filed')",
        claim_id,
        booking_id,
        COMPENSATION,
        today(db),
    )
    return fetch_claim(db, claim_id)


def withdraw_claim(db, claim_id: str) -> dict:
    """Withdraw a filed claim. Needs claim_id. Returns the withdrawn claim."""
    claim = fetch_claim(db, claim_id)
    if claim["status"] != "filed":
        raise ToolError(f"the claim is {claim['status']} already")
    db.run("UPDATE claims SET status = 'withdrawn' WHERE claim_id = ?", claim_id)
    return fetch_claim(db, claim_id)


def join_waiting_list(db, traveller_id: str, flight_id: str) -> dict:
    """Put a traveller on the waiting list of a full flight. Needs traveller_id and flight_id.
    Returns the new entry with its place on the list."""
    fetch_traveller(db, traveller_id)
    flight = fetch_flight(db, flight_id)
    refuse_if_gone(flight)
    if flight["seats_left"] > 0:
        raise ToolError(f"the flight has {flight['seats_left']} free places; use hold_flight")
    waiting = db.all("SELECT * FROM waitings WHERE flight_id = ?", flight_id)
    for entry in waiting:
        if entry["traveller_id"] == traveller_id:
            raise ToolError(f"the traveller is on the list already, at place {entry['place']}")
    waiting_id = db.new_id("waitings")
    db.run(
        "INSERT INTO waitings (waiting_id, traveller_id, flight_id, place, joined_on)"
        " VALUES (?, ?, ?, ?, ?)",
        waiting_id,
        traveller_id,
        flight_id,
        len(waiting) + 1,
        today(db),
    )
    return db.one("SELECT * FROM waitings WHERE waiting_id = ?", waiting_id)


def leave_waiting_list(db, waiting_id: str) -> dict:
    """Take an entry off a waiting list; those behind it move up. Needs waiting_id. Returns
    waiting_id and that it is removed."""
    entry = fetch(db, "waitings", "waiting_id", waiting_id, "list_waitings")
    db.run(
        "UPDATE waitings SET place = place - 1 WHERE flight_id = ? AND place > ?",
        entry["flight_id"],
        entry["place"],
    )
    db.run("DELETE FROM waitings WHERE waiting_id = ?", waiting_id)
    return {"waiting_id": waiting_id, "removed": True}
