"""Tools of the hotel."""

LONGEST_STAY = 14
FREE_UNTIL = 2
POINTS_A_NIGHT = 10


def fetch_guest(db, guest_id):
    row = db.one("SELECT * FROM guests WHERE guest_id = ?", guest_id)
    if row is None:
        raise ToolError(f"there is no guest {guest_id}; look it up with find_guests")
    return row


def fetch_room_type(db, type_id):
    row = db.one("SELECT * FROM room_types WHERE type_id = ?", type_id)
    if row is None:
        raise ToolError(f"there is no kind of room {type_id}; look it up with list_room_types")
    return row


def fetch_booking(db, booking_id):
    row = db.one("SELECT * FROM bookings WHERE booking_id = ?", booking_id)
    if row is None:
        raise ToolError(f"there is no booking {booking_id}; look it up with list_bookings")
    return row


def fetch_extra(db, service_id):
    row = db.one("SELECT * FROM services WHERE service_id = ?", service_id)
    if row is None:
        raise ToolError(f"there is no extra {service_id}; look it up with list_extras")
    return row


def fetch_charge(db, charge_id):
    row = db.one("SELECT * FROM charges WHERE charge_id = ?", charge_id)
    if row is None:
        raise ToolError(f"there is no charge {charge_id}; look it up with list_charges")
    return row


def fetch_sitting(db, sitting_id):
    row = db.one("SELECT * FROM sittings WHERE sitting_id = ?", sitting_id)
    if row is None:
        raise ToolError(f"there is no dinner {sitting_id}; look it up with list_sittings")
    return row


def fetch_dinner(db, dinner_id):
    row = db.one("SELECT * FROM dinners WHERE dinner_id = ?", dinner_id)
    if row is None:
        raise ToolError(f"there is no reservation {dinner_id}; look it up with list_dinners")
    return row


def fetch_reserved(db, booking_id):
    booking = fetch_booking(db, booking_id)
    if booking["status"] != "reserved":
        raise ToolError(f"the booking is {booking['status']}; this is for reserved ones only")
    return booking


def fetch_changeable(db, booking_id):
    booking = fetch_reserved(db, booking_id)
    if booking["plan"] != "flexible":
        raise ToolError("the booking is on the saver plan and stays as it is; it can be cancelled")
    return booking


def today(db):
    return db.now()[:10]


def later(db, day, count):
    return db.one("SELECT add_days(?, ?) AS day", day, count)["day"]


def nights_between(db, first, last):
    return db.one("SELECT days_between(?, ?) AS count", first, last)["count"]


def is_day(db, text):
    return len(text) == 10 and later(db, text, 0) == text


def check_stay(db, arrives_on, leaves_on):
    """The nights of a stay, or a refusal where its days cannot be booked."""
    if not is_day(db, arrives_on) or not is_day(db, leaves_on):
        raise ToolError("give both days as YYYY-MM-DD")
    if arrives_on < today(db):
        raise ToolError(f"the arrival is in the past; today is {today(db)}")
    nights = nights_between(db, arrives_on, leaves_on)
    if nights < 1:
        raise ToolError("the departure must be at least a day after the arrival")
    if nights > LONGEST_STAY:
        raise ToolError(f"{nights} nights are too many; {LONGEST_STAY} at most, book two stays")
    return nights


def rooms_free(db, type_id, arrives_on, nights, but=""):
    """How many rooms of a kind are free in every night, leaving out the booking `but`."""
    rooms = db.one(
        "SELECT count(*) AS n FROM rooms WHERE type_id = ? AND status != 'closed'", type_id
    )["n"]
    fewest = rooms
    for number in range(nights):
        night = later(db, arrives_on, number)
        sold = db.one(
            "SELECT count(*) AS n FROM bookings WHERE type_id = ? AND booking_id != ?"
            " AND status IN ('reserved', 'checked in') AND arrives_on <= ? AND leaves_on > ?",
            type_id,
            but,
            night,
            night,
        )["n"]
        fewest = min(fewest, rooms - sold)
    return fewest


def check_free(db, kind, arrives_on, nights, but=""):
    if rooms_free(db, kind["type_id"], arrives_on, nights, but) < 1:
        raise ToolError(
            f"no {kind['name']} is free in every one of these nights; offer other days or another"
            " kind of room"
        )


def check_party(kind, party):
    if party < 1:
        raise ToolError("at least one guest must come")
    if party > kind["sleeps"]:
        raise ToolError(f"{kind['name']} sleeps {kind['sleeps']}; choose a larger room")


def find_guests(db, email: str) -> dict:
    """Find the guests who have an e-mail address. Needs the whole address, in the spelling of the
    hotel's records. Returns guests with their guest_id, name, email, phone and points; none where
    nobody has the address.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT guest_id, name, email, phone, points FROM guests WHERE email = ?"
        " ORDER BY name, guest_id",
        email,
    )
    return {"guests": rows}


def list_room_types(db, view: str = None) -> dict:
    """List the kinds of rooms, all or those with one view. Returns room_types with their type_id,
    name, view, the number of people they sleep and the rate a night in euros.

    Args:
        view: only rooms with this view.
    """
    rows = db.all(
        "SELECT type_id, name, view, sleeps, rate FROM room_types WHERE ? IS NULL OR view = ?"
        " ORDER BY name, type_id",
        view,
        view,
    )
    return {"room_types": rows}


def check_availability(db, type_id: str, arrives_on: str, leaves_on: str) -> dict:
    """Look how many rooms of a kind are free in every night of a stay. Needs type_id, arrives_on
    and leaves_on. Returns the days with the number of nights, rooms_free and the price of the whole
    stay in euros on the flexible plan.

    Args:
        arrives_on: the day of arrival, as YYYY-MM-DD.
        leaves_on: the day of departure, as YYYY-MM-DD.
    """
    kind = fetch_room_type(db, type_id)
    nights = check_stay(db, arrives_on, leaves_on)
    return {
        "type_id": type_id,
        "arrives_on": arrives_on,
        "leaves_on": leaves_on,
        "nights": nights,
        "price": nights * kind["rate"],
        "rooms_free": rooms_free(db, type_id, arrives_on, nights),
    }


def list_bookings(db, guest_id: str, status: str = None) -> dict:
    """List a guest's bookings. Needs guest_id. Returns bookings with their booking_id, type_id,
    room_number, status and day of arrival; the room number is empty before check-in.

    Args:
        status: only bookings in this status.
    """
    fetch_guest(db, guest_id)
    rows = db.all(
        "SELECT booking_id, guest_id, type_id, room_number, status, arrives_on FROM bookings"
        " WHERE guest_id = ? AND (? IS NULL OR status = ?) ORDER BY booking_id",
        guest_id,
        status,
        status,
    )
    return {"bookings": rows}


def get_booking(db, booking_id: str) -> dict:
    """Read a booking. Needs booking_id. Returns the booking with its days, party, plan, prices,
    what was paid and the balance in euros."""
    return fetch_booking(db, booking_id)


def book_room(
    db, guest_id: str, type_id: str, arrives_on: str, leaves_on: str, party: int, plan: str
) -> dict:
    """Book a kind of room for a guest. Needs guest_id, type_id, arrives_on, leaves_on, party and
    plan. Returns the new booking with the price of the room in euros.

    Args:
        arrives_on: the day of arrival, as YYYY-MM-DD.
        leaves_on: the day of departure, as YYYY-MM-DD.
        party: how many guests come.
        plan: flexible, or saver for a tenth less.
    """
    fetch_guest(db, guest_id)
    kind = fetch_room_type(db, type_id)
    nights = check_stay(db, arrives_on, leaves_on)
    check_party(kind, party)
    check_free(db, kind, arrives_on, nights)
    rate = kind["rate"]
    if plan == "saver":
        rate -= rate // 10
    booking_id = db.new_id("bookings")
    db.run(
        "INSERT INTO bookings (booking_id, guest_id, type_id, status, arrives_on, leaves_on, party,"
        " plan, rate, room_total, extras, paid, balance)"
        " VALUES (?, ?, ?, 'reserved', ?, ?, ?, ?, ?, ?, 0, 0, ?)",
        booking_id,
        guest_id,
        type_id,
        arrives_on,
        leaves_on,
        party,
        plan,
        rate,
        rate * nights,
        rate * nights,
    )
    return fetch_booking(db, booking_id)


def change_dates(db, booking_id: str, arrives_on: str, leaves_on: str) -> dict:
    """Move a reserved booking on the flexible plan to other days. Needs booking_id, arrives_on and
    leaves_on. Returns the changed booking with its new price and balance in euros.

    Args:
        arrives_on: the new day of arrival, as YYYY-MM-DD.
        leaves_on: the new day of departure, as YYYY-MM-DD.
    """
    booking = fetch_changeable(db, booking_id)
    nights = check_stay(db, arrives_on, leaves_on)
    kind = fetch_room_type(db, booking["type_id"])
    check_free(db, kind, arrives_on, nights, booking_id)
    for dinner in db.all(
        "SELECT d.name, s.starts_at FROM dinners AS d JOIN sittings AS s USING (sitting_id)"
        " WHERE d.booking_id = ? AND d.status = 'reserved' ORDER BY d.dinner_id",
        booking_id,
    ):
        if not arrives_on <= dinner["starts_at"][:10] <= leaves_on:
            raise ToolError(
                f"the reserved {dinner['name']} on {dinner['starts_at'][:10]} would fall outside"
                " the stay; cancel that reservation first"
            )
    total = booking["rate"] * nights
    paid = min(booking["paid"], total + booking["extras"])
    db.run(
        "UPDATE bookings SET arrives_on = ?, leaves_on = ?, room_total = ?, paid = ?, balance = ?"
        " WHERE booking_id = ?",
        arrives_on,
        leaves_on,
        total,
        paid,
        total + booking["extras"] - paid,
        booking_id,
    )
    return fetch_booking(db, booking_id)


def change_room_type(db, booking_id: str, type_id: str) -> dict:
    """Change a reserved booking on the flexible plan to another kind of room that does not cost
    less. Needs booking_id and the type_id of the new room. Returns the changed booking with its new
    price in euros.

    Args:
        type_id: the kind of room that the guest wants instead.
    """
    booking = fetch_changeable(db, booking_id)
    kind = fetch_room_type(db, type_id)
    if booking["type_id"] == type_id:
        raise ToolError(f"the booking is for {kind['name']} already")
    check_party(kind, booking["party"])
    if kind["rate"] < booking["rate"]:
        raise ToolError(
            f"{kind['name']} costs {kind['rate']} euros a night, less than the {booking['rate']} of"
            " the booking; choose a room that does not cost less"
        )
    nights = nights_between(db, booking["arrives_on"], booking["leaves_on"])
    check_free(db, kind, booking["arrives_on"], nights)
    total = kind["rate"] * nights
    db.run(
        "UPDATE bookings SET type_id = ?, rate = ?, room_total = ?, balance = ?"
        " WHERE booking_id = ?",
        type_id,
        kind["rate"],
        total,
        total + booking["extras"] - booking["paid"],
        booking_id,
    )
    return fetch_booking(db, booking_id)


def cancel_booking(db, booking_id: str) -> dict:
    """Cancel a reserved booking with its extras and dinners. Needs booking_id. Returns the
    cancelled booking; its room_total is what is charged, its balance what is still to be paid."""
    booking = fetch_reserved(db, booking_id)
    for dinner in db.all(
        "SELECT * FROM dinners WHERE booking_id = ? AND status = 'reserved'", booking_id
    ):
        give_seats(db, dinner["sitting_id"], dinner["people"])
    db.run("UPDATE dinners SET status = 'cancelled' WHERE booking_id = ?", booking_id)
    db.run("UPDATE charges SET status = 'removed' WHERE booking_id = ?", booking_id)
    if booking["plan"] == "saver":
        charged = booking["room_total"]
    elif booking["arrives_on"] >= later(db, today(db), FREE_UNTIL):
        charged = 0
    else:
        charged = booking["rate"]
    paid = min(booking["paid"], charged)
    db.run(
        "UPDATE bookings SET status = 'cancelled', room_total = ?, extras = 0, paid = ?,"
        " balance = ? WHERE booking_id = ?",
        charged,
        paid,
        charged - paid,
        booking_id,
    )
    return fetch_booking(db, booking_id)


def check_in(db, booking_id: str) -> dict:
    """Check a guest in on the day of arrival; the ready room with the lowest number is given.
    Needs booking_id. Returns the booking with its room_number."""
    booking = fetch_reserved(db, booking_id)
    if booking["arrives_on"] != today(db):
        raise ToolError(f"the arrival is on {booking['arrives_on']}; check-in is on that day")
    room = db.one(
        "SELECT room_number FROM rooms WHERE type_id = ? AND status = 'ready' ORDER BY room_number",
        booking["type_id"],
    )
    if room is None:
        raise ToolError("no room of the booked kind is ready yet; ask the guest to wait")
    db.run("UPDATE rooms SET status = 'occupied' WHERE room_number = ?", room["room_number"])
    db.run(
        "UPDATE bookings SET status = 'checked in', room_number = ? WHERE booking_id = ?",
        room["room_number"],
        booking_id,
    )
    return fetch_booking(db, booking_id)


def check_out(db, booking_id: str) -> dict:
    """Check a guest out once everything is paid; the guest gets ten points for each night. Needs
    booking_id. Returns the booking."""
    booking = fetch_booking(db, booking_id)
    if booking["status"] != "checked in":
        raise ToolError(f"the booking is {booking['status']}, not checked in")
    if booking["balance"] != 0:
        raise ToolError(f"{booking['balance']} euros are still to be paid; use pay_balance")
    nights = nights_between(db, booking["arrives_on"], booking["leaves_on"])
    db.run("UPDATE rooms SET status = 'cleaning' WHERE room_number = ?", booking["room_number"])
    db.run(
        "UPDATE guests SET points = points + ? WHERE guest_id = ?",
        POINTS_A_NIGHT * nights,
        booking["guest_id"],
    )
    db.run("UPDATE bookings SET status = 'checked out' WHERE booking_id = ?", booking_id)
    return fetch_booking(db, booking_id)


def pay_balance(db, booking_id: str, amount: int) -> dict:
    """Take a payment towards the balance of a booking. Needs booking_id and amount. Returns the
    booking with the balance that is left.

    Args:
        amount: whole euros, no more than the balance.
    """
    booking = fetch_booking(db, booking_id)
    if booking["balance"] == 0:
        raise ToolError("the booking is paid in full")
    if amount < 1 or amount > booking["balance"]:
        raise ToolError(f"the amount must be between 1 and the balance of {booking['balance']}")
    db.run(
        "UPDATE bookings SET paid = paid + ?, balance = balance - ? WHERE booking_id = ?",
        amount,
        amount,
        booking_id,
    )
    return fetch_booking(db, booking_id)


def list_extras(db) -> dict:
    """List the extras that guests can have. Returns services with their service_id, name, price in
    euros and the most that one booking can have of them."""
    return {"services": db.all("SELECT * FROM services ORDER BY name, service_id")}


def fetch_present(db, booking_id):
    booking = fetch_booking(db, booking_id)
    if booking["status"] not in ("reserved", "checked in"):
        raise ToolError(f"the booking is {booking['status']}; nothing can be added to it")
    return booking


def charge(db, booking_id, amount):
    db.run(
        "UPDATE bookings SET extras = extras + ?, balance = balance + ? WHERE booking_id = ?",
        amount,
        amount,
        booking_id,
    )


def add_extra(db, booking_id: str, service_id: str, quantity: int) -> dict:
    """Add an extra to a booking and charge it. Needs booking_id, service_id and quantity. Returns
    the new charge with its amount in euros.

    Args:
        quantity: how often the guest wants it.
    """
    fetch_present(db, booking_id)
    extra = fetch_extra(db, service_id)
    if quantity < 1:
        raise ToolError("the quantity must be at least 1")
    had = 0
    for one in db.all(
        "SELECT quantity FROM charges WHERE booking_id = ? AND service_id = ? AND status = ?",
        booking_id,
        service_id,
        "posted",
    ):
        had += one["quantity"]
    if had + quantity > extra["most"]:
        raise ToolError(
            f"a booking gets {extra['name']} at most {extra['most']} times; it has {had} so far"
        )
    charge_id = db.new_id("charges")
    amount = quantity * extra["price"]
    db.run(
        "INSERT INTO charges (charge_id, booking_id, service_id, name, quantity, amount, status)"
        " VALUES (?, ?, ?, ?, ?, ?, 'posted')",
        charge_id,
        booking_id,
        service_id,
        extra["name"],
        quantity,
        amount,
    )
    charge(db, booking_id, amount)
    return fetch_charge(db, charge_id)


def list_charges(db, booking_id: str, status: str = None) -> dict:
    """List the extras that are charged to a booking. Needs booking_id. Returns charges with their
    charge_id, service_id, name, quantity and status.

    Args:
        status: only charges in this status.
    """
    fetch_booking(db, booking_id)
    rows = db.all(
        "SELECT charge_id, booking_id, service_id, name, quantity, status FROM charges"
        " WHERE booking_id = ? AND (? IS NULL OR status = ?) ORDER BY name, charge_id",
        booking_id,
        status,
        status,
    )
    return {"charges": rows}


def remove_extra(db, charge_id: str) -> dict:
    """Take an extra that is not paid off a booking before the guest checks in. Needs charge_id.
    Returns the removed charge."""
    removed = fetch_charge(db, charge_id)
    if removed["status"] != "posted":
        raise ToolError("the charge is removed already")
    booking = fetch_booking(db, removed["booking_id"])
    if booking["status"] != "reserved":
        raise ToolError(f"the booking is {booking['status']}; its extras stay as they are")
    if removed["amount"] > booking["balance"]:
        raise ToolError(
            f"the charge of {removed['amount']} euros is paid already; the balance is"
            f" {booking['balance']}"
        )
    charge(db, booking["booking_id"], -removed["amount"])
    db.run("UPDATE charges SET status = 'removed' WHERE charge_id = ?", charge_id)
    return fetch_charge(db, charge_id)


def list_sittings(db) -> dict:
    """List the dinners of the coming days. Returns sittings with their sitting_id, name, starts_at,
    seats and seats_left."""
    return {"sittings": db.all("SELECT * FROM sittings ORDER BY name, sitting_id")}


def give_seats(db, sitting_id, people):
    db.run(
        "UPDATE sittings SET seats_left = seats_left + ? WHERE sitting_id = ?", people, sitting_id
    )


def list_dinners(db, booking_id: str) -> dict:
    """List the dinner reservations of a booking. Needs booking_id. Returns dinners with their
    dinner_id, sitting_id, name, people and status."""
    fetch_booking(db, booking_id)
    rows = db.all(
        "SELECT dinner_id, booking_id, sitting_id, name, people, status FROM dinners"
        " WHERE booking_id = ? ORDER BY name, dinner_id",
        booking_id,
    )
    return {"dinners": rows}


def reserve_dinner(db, booking_id: str, sitting_id: str, people: int) -> dict:
    """Reserve seats at a dinner for guests of a booking. Needs booking_id, sitting_id and people.
    Returns the new dinner reservation.

    Args:
        people: how many of the party come.
    """
    booking = fetch_present(db, booking_id)
    sitting = fetch_sitting(db, sitting_id)
    if sitting["starts_at"] <= db.now():
        raise ToolError(f"{sitting['name']} began at {sitting['starts_at']}")
    if not booking["arrives_on"] <= sitting["starts_at"][:10] <= booking["leaves_on"]:
        raise ToolError(
            f"{sitting['name']} is on {sitting['starts_at'][:10]}, the stay from"
            f" {booking['arrives_on']} to {booking['leaves_on']}"
        )
    if people < 1 or people > booking["party"]:
        raise ToolError(f"between 1 and {booking['party']} people of the booking can come")
    if people > sitting["seats_left"]:
        raise ToolError(f"only {sitting['seats_left']} seats are left at {sitting['name']}")
    twin = db.one(
        "SELECT dinner_id FROM dinners WHERE booking_id = ? AND sitting_id = ? AND status = ?",
        booking_id,
        sitting_id,
        "reserved",
    )
    if twin is not None:
        raise ToolError(f"the booking has the reservation {twin['dinner_id']} for it already")
    dinner_id = db.new_id("dinners")
    db.run(
        "INSERT INTO dinners (dinner_id, booking_id, sitting_id, name, people, status)"
        " VALUES (?, ?, ?, ?, ?, 'reserved')",
        dinner_id,
        booking_id,
        sitting_id,
        sitting["name"],
        people,
    )
    give_seats(db, sitting_id, -people)
    return fetch_dinner(db, dinner_id)


def cancel_dinner(db, dinner_id: str) -> dict:
    """Cancel a dinner reservation four hours before its start or earlier. Needs dinner_id. Returns
    the cancelled dinner reservation."""
    dinner = fetch_dinner(db, dinner_id)
    if dinner["status"] != "reserved":
        raise ToolError("the reservation is cancelled already")
    starts_at = fetch_sitting(db, dinner["sitting_id"])["starts_at"]
    if starts_at < db.one("SELECT add_minutes(?, 240) AS moment", db.now())["moment"]:
        raise ToolError(f"{dinner['name']} starts at {starts_at}, too soon to cancel it")
    give_seats(db, dinner["sitting_id"], dinner["people"])
    db.run("UPDATE dinners SET status = 'cancelled' WHERE dinner_id = ?", dinner_id)
    return fetch_dinner(db, dinner_id)
