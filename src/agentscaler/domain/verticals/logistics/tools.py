"""Tools of the freight carrier."""

HEAVIEST = 3000
DAYS = {"standard": 4, "express": 2}
MOST_CLAIMED = 3


def fetch_depot(db, depot):
    row = db.one("SELECT * FROM depots WHERE depot = ?", depot)
    if row is None:
        names = ", ".join([one["depot"] for one in db.all("SELECT * FROM depots ORDER BY depot")])
        raise ToolError(f"there is no depot {depot}; the depots are {names}")
    return row


def fetch_lane(db, lane_id):
    row = db.one("SELECT * FROM lanes WHERE lane_id = ?", lane_id)
    if row is None:
        raise ToolError(f"there is no lane {lane_id}; look it up with list_lanes")
    return row


def fetch_client(db, client_id):
    row = db.one("SELECT * FROM clients WHERE client_id = ?", client_id)
    if row is None:
        raise ToolError(f"there is no client {client_id}; look it up with list_clients")
    return row


def fetch_vehicle(db, plate):
    row = db.one("SELECT * FROM vehicles WHERE plate = ?", plate)
    if row is None:
        raise ToolError(f"there is no vehicle {plate}; ask for the number plate again")
    return row


def fetch_driver(db, driver_id):
    row = db.one("SELECT * FROM drivers WHERE driver_id = ?", driver_id)
    if row is None:
        raise ToolError(f"there is no driver {driver_id}; look it up with list_drivers")
    return row


def fetch_trip(db, trip_id):
    row = db.one("SELECT * FROM trips WHERE trip_id = ?", trip_id)
    if row is None:
        raise ToolError(f"there is no trip {trip_id}; look it up with list_trips")
    return row


def fetch_shipment(db, shipment_id):
    row = db.one("SELECT * FROM shipments WHERE shipment_id = ?", shipment_id)
    if row is None:
        raise ToolError(f"there is no shipment {shipment_id}; look it up with list_shipments")
    return row


def fetch_claim(db, claim_id):
    row = db.one("SELECT * FROM claims WHERE claim_id = ?", claim_id)
    if row is None:
        raise ToolError(f"there is no claim {claim_id}; look it up with list_claims")
    return row


def fetch_booked(db, shipment_id):
    shipment = fetch_shipment(db, shipment_id)
    if shipment["status"] == "loaded":
        raise ToolError("the shipment is loaded; take it off its trip with unload_shipment first")
    if shipment["status"] != "booked":
        raise ToolError(f"the shipment is {shipment['status']}; only booked ones can be changed")
    return shipment


def fetch_planned(db, trip_id):
    trip = fetch_trip(db, trip_id)
    if trip["status"] != "planned":
        raise ToolError(f"the trip is {trip['status']}, not planned")
    return trip


def today(db):
    return db.now()[:10]


def check_weight(weight_kg):
    if weight_kg < 1 or weight_kg > HEAVIEST:
        raise ToolError(f"a shipment weighs from 1 to {HEAVIEST} kg; split heavier ones")


def price_of(lane, weight_kg, service):
    hundreds = weight_kg // 100 + (1 if weight_kg % 100 else 0)
    price = lane["base_price"] + hundreds * lane["price_per_100_kg"]
    return price + price // 2 if service == "express" else price


def delivery_day(db, service):
    return db.one("SELECT add_days(?, ?) AS day", today(db), DAYS[service])["day"]


def check_credit(client, more):
    left = client["credit_limit"] - client["balance"]
    if more > left:
        raise ToolError(
            f"{client['name']} has {left} euros of credit left and needs {more};"
            " record a payment first"
        )


def owe(db, client_id, amount):
    db.run("UPDATE clients SET balance = balance + ? WHERE client_id = ?", amount, client_id)


def check_fits(vehicle, goods):
    if goods == "hazardous" and vehicle["kind"] == "van":
        raise ToolError(f"hazardous goods go on trucks only; {vehicle['plate']} is a van")
    if goods == "chilled" and vehicle["kind"] != "chilled truck":
        raise ToolError(
            f"chilled goods go on chilled trucks only; {vehicle['plate']} is a {vehicle['kind']}"
        )


def check_idle(db, column, value, day, whose):
    """Refuses where a vehicle or driver has a trip on a day already."""
    for trip in db.all(
        f"SELECT * FROM trips WHERE {column} = ? AND status IN ('planned', 'on the road')"
        " ORDER BY trip_id",
        value,
    ):
        if trip["departs_at"][:10] == day:
            raise ToolError(f"the {whose} has the trip {trip['trip_id']} on {day} already")


def add_load(db, trip_id, weight_kg):
    db.run("UPDATE trips SET load_kg = load_kg + ? WHERE trip_id = ?", weight_kg, trip_id)


def list_clients(db, status: str = None) -> dict:
    """List the clients, all or those in one status. Returns clients with their client_id, name,
    status, credit limit, balance and what they have paid so far, in euros.

    Args:
        status: only clients in this status.
    """
    rows = db.all(
        "SELECT client_id, name, status, credit_limit, balance, paid FROM clients"
        " WHERE ? IS NULL OR status = ? ORDER BY name, client_id",
        status,
        status,
    )
    return {"clients": rows}


def list_lanes(db, from_depot: str = None) -> dict:
    """List the lanes, all or those that start at one depot. Returns lanes with their lane_id, name,
    both depots, driving time in hours and base price in euros.

    Args:
        from_depot: only lanes that start at this depot.
    """
    if from_depot is not None:
        fetch_depot(db, from_depot)
    rows = db.all(
        "SELECT lane_id, name, from_depot, to_depot, hours, base_price FROM lanes"
        " WHERE ? IS NULL OR from_depot = ? ORDER BY name, lane_id",
        from_depot,
        from_depot,
    )
    return {"lanes": rows}


def quote_shipment(db, lane_id: str, weight_kg: int, service: str) -> dict:
    """Work out what a shipment would cost and when it would be delivered, without booking it. Needs
    lane_id, weight_kg and service. Returns these with the price in euros and deliver_by.

    Args:
        weight_kg: the weight in whole kilograms.
        service: standard, or express for half as much again.
    """
    lane = fetch_lane(db, lane_id)
    check_weight(weight_kg)
    return {
        "lane_id": lane_id,
        "weight_kg": weight_kg,
        "service": service,
        "price": price_of(lane, weight_kg, service),
        "deliver_by": delivery_day(db, service),
    }


def book_shipment(
    db, client_id: str, lane_id: str, reference: str, goods: str, weight_kg: int, service: str
) -> dict:
    """Book a shipment for an active client on credit. Needs client_id, lane_id, reference, goods,
    weight_kg and service. Returns the new shipment with its price in euros.

    Args:
        reference: the client's own number for it.
        goods: what kind of goods they are.
        weight_kg: the weight in whole kilograms.
        service: standard, or express for half as much again.
    """
    client = fetch_client(db, client_id)
    lane = fetch_lane(db, lane_id)
    check_weight(weight_kg)
    if client["status"] != "active":
        raise ToolError(f"{client['name']} is on hold until a payment is recorded")
    twin = db.one("SELECT shipment_id FROM shipments WHERE reference = ?", reference)
    if twin is not None:
        raise ToolError(f"the shipment {twin['shipment_id']} has the reference {reference} already")
    price = price_of(lane, weight_kg, service)
    check_credit(client, price)
    shipment_id = db.new_id("shipments")
    db.run(
        "INSERT INTO shipments (shipment_id, reference, client_id, lane_id, goods, weight_kg,"
        " service, price, deliver_by, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'booked')",
        shipment_id,
        reference,
        client_id,
        lane_id,
        goods,
        weight_kg,
        service,
        price,
        delivery_day(db, service),
    )
    owe(db, client_id, price)
    return fetch_shipment(db, shipment_id)


def list_shipments(db, client_id: str, status: str = None) -> dict:
    """List a client's shipments. Needs client_id. Returns shipments with their shipment_id,
    reference, lane_id, status and the trip that they are on.

    Args:
        status: only shipments in this status.
    """
    fetch_client(db, client_id)
    rows = db.all(
        "SELECT shipment_id, reference, client_id, lane_id, trip_id, status FROM shipments"
        " WHERE client_id = ? AND (? IS NULL OR status = ?) ORDER BY reference, shipment_id",
        client_id,
        status,
        status,
    )
    return {"shipments": rows}


def get_shipment(db, shipment_id: str) -> dict:
    """Read a shipment. Needs shipment_id. Returns the shipment with its goods, weight, service,
    price in euros and the day by which it is to be delivered."""
    return fetch_shipment(db, shipment_id)


def change_weight(db, shipment_id: str, weight_kg: int) -> dict:
    """Correct the weight of a booked shipment; its price changes with it. Needs shipment_id and
    weight_kg. Returns the changed shipment with its price in euros.

    Args:
        weight_kg: the right weight in whole kilograms.
    """
    shipment = fetch_booked(db, shipment_id)
    check_weight(weight_kg)
    if weight_kg == shipment["weight_kg"]:
        raise ToolError(f"the shipment weighs {weight_kg} kg already")
    lane = fetch_lane(db, shipment["lane_id"])
    price = price_of(lane, weight_kg, shipment["service"])
    check_credit(fetch_client(db, shipment["client_id"]), price - shipment["price"])
    owe(db, shipment["client_id"], price - shipment["price"])
    db.run(
        "UPDATE shipments SET weight_kg = ?, price = ? WHERE shipment_id = ?",
        weight_kg,
        price,
        shipment_id,
    )
    return fetch_shipment(db, shipment_id)


def cancel_shipment(db, shipment_id: str) -> dict:
    """Cancel a booked shipment; its price is taken off the client's balance. Needs shipment_id.
    Returns the cancelled shipment."""
    shipment = fetch_booked(db, shipment_id)
    owe(db, shipment["client_id"], -shipment["price"])
    db.run("UPDATE shipments SET status = 'cancelled' WHERE shipment_id = ?", shipment_id)
    return fetch_shipment(db, shipment_id)


def list_trips(db, lane_id: str, status: str = None) -> dict:
    """List the trips on a lane. Needs lane_id. Returns trips with their trip_id, vehicle plate,
    driver_id, departs_at and status.

    Args:
        status: only trips in this status.
    """
    fetch_lane(db, lane_id)
    rows = db.all(
        "SELECT trip_id, lane_id, plate, driver_id, departs_at, status FROM trips"
        " WHERE lane_id = ? AND (? IS NULL OR status = ?) ORDER BY trip_id",
        lane_id,
        status,
        status,
    )
    return {"trips": rows}


def list_drivers(db, licence: str = None) -> dict:
    """List the drivers, all or those with one licence. Returns drivers with their driver_id, name,
    licence, hours left in the week and status.

    Args:
        licence: only drivers with this licence; a truck licence is good for vans too.
    """
    rows = db.all(
        "SELECT driver_id, name, licence, hours_left, status FROM drivers"
        " WHERE ? IS NULL OR licence = ? ORDER BY name, driver_id",
        licence,
        licence,
    )
    return {"drivers": rows}


def plan_trip(db, lane_id: str, departs_at: str, plate: str, driver_id: str) -> dict:
    """Plan a trip on a lane with a vehicle that stands where the lane starts and a driver who may
    and can drive it. Needs lane_id, departs_at, plate and driver_id. Returns the new trip.

    Args:
        departs_at: the departure, as YYYY-MM-DDTHH:MM:SS.
        plate: the number plate of the vehicle.
    """
    lane = fetch_lane(db, lane_id)
    vehicle = fetch_vehicle(db, plate)
    driver = fetch_driver(db, driver_id)
    moment = db.one("SELECT add_minutes(?, 0) AS moment", departs_at)["moment"]
    if len(departs_at) != 19 or moment != departs_at:
        raise ToolError("give the departure as YYYY-MM-DDTHH:MM:SS")
    if departs_at <= db.now():
        raise ToolError(f"the departure is in the past; it is {db.now()} now")
    if vehicle["status"] == "workshop":
        raise ToolError(f"the vehicle {plate} is in the workshop; choose another")
    if vehicle["depot"] != lane["from_depot"]:
        raise ToolError(
            f"the vehicle {plate} stands at {vehicle['depot']}, the lane starts at"
            f" {lane['from_depot']}"
        )
    if driver["status"] == "on leave":
        raise ToolError(f"{driver['name']} is on leave; choose another driver")
    if driver["licence"] == "van" and vehicle["kind"] != "van":
        raise ToolError(f"{driver['name']} has a licence for vans only, {plate} is a truck")
    if driver["hours_left"] < lane["hours"]:
        raise ToolError(
            f"{driver['name']} has {driver['hours_left']} hours left this week, the lane takes"
            f" {lane['hours']}"
        )
    check_idle(db, "plate", plate, departs_at[:10], "vehicle")
    check_idle(db, "driver_id", driver_id, departs_at[:10], "driver")
    trip_id = db.new_id("trips")
    db.run(
        "INSERT INTO trips (trip_id, lane_id, plate, driver_id, departs_at, load_kg, status)"
        " VALUES (?, ?, ?, ?, ?, 0, 'planned')",
        trip_id,
        lane_id,
        plate,
        driver_id,
        departs_at,
    )
    add_hours(db, driver_id, -lane["hours"])
    return fetch_trip(db, trip_id)


def add_hours(db, driver_id, hours):
    db.run("UPDATE drivers SET hours_left = hours_left + ? WHERE driver_id = ?", hours, driver_id)


def load_shipment(db, shipment_id: str, trip_id: str) -> dict:
    """Load a booked shipment on a planned trip of its lane. Needs shipment_id and trip_id. Returns
    the loaded shipment.

    Args:
        trip_id: the trip that takes it.
    """
    shipment = fetch_booked(db, shipment_id)
    trip = fetch_planned(db, trip_id)
    if trip["lane_id"] != shipment["lane_id"]:
        lane = fetch_lane(db, shipment["lane_id"])
        raise ToolError(f"the shipment goes from {lane['name']}; choose a trip on that lane")
    vehicle = fetch_vehicle(db, trip["plate"])
    room = vehicle["capacity_kg"] - trip["load_kg"]
    if shipment["weight_kg"] > room:
        raise ToolError(
            f"the trip has room for {room} kg more, the shipment weighs {shipment['weight_kg']} kg"
        )
    check_fits(vehicle, shipment["goods"])
    add_load(db, trip_id, shipment["weight_kg"])
    db.run(
        "UPDATE shipments SET status = 'loaded', trip_id = ? WHERE shipment_id = ?",
        trip_id,
        shipment_id,
    )
    return fetch_shipment(db, shipment_id)


def unload_shipment(db, shipment_id: str) -> dict:
    """Take a loaded shipment off its trip, which has not left yet; it is booked again. Needs
    shipment_id. Returns the shipment."""
    shipment = fetch_shipment(db, shipment_id)
    if shipment["status"] != "loaded":
        raise ToolError(f"the shipment is {shipment['status']}, not loaded")
    add_load(db, shipment["trip_id"], -shipment["weight_kg"])
    db.run(
        "UPDATE shipments SET status = 'booked', trip_id = NULL WHERE shipment_id = ?", shipment_id
    )
    return fetch_shipment(db, shipment_id)


def set_stage(db, trip, stage, shipments, vehicle, driver):
    """Moves a trip with all that takes part in it to the next stage."""
    db.run("UPDATE trips SET status = ? WHERE trip_id = ?", stage, trip["trip_id"])
    db.run("UPDATE shipments SET status = ? WHERE trip_id = ?", shipments, trip["trip_id"])
    db.run("UPDATE vehicles SET status = ? WHERE plate = ?", vehicle, trip["plate"])
    db.run("UPDATE drivers SET status = ? WHERE driver_id = ?", driver, trip["driver_id"])


def dispatch_trip(db, trip_id: str) -> dict:
    """Send a planned trip off on its day, with all that is loaded. Needs trip_id. Returns the trip,
    which is on the road."""
    trip = fetch_planned(db, trip_id)
    if trip["departs_at"][:10] != today(db):
        raise ToolError(f"the trip departs at {trip['departs_at']}, not today")
    if trip["load_kg"] == 0:
        raise ToolError("nothing is loaded; load a shipment or cancel the trip")
    vehicle = fetch_vehicle(db, trip["plate"])
    start = fetch_lane(db, trip["lane_id"])["from_depot"]
    if vehicle["status"] != "free" or vehicle["depot"] != start:
        raise ToolError(
            f"the vehicle {trip['plate']} must be free at {start}; it is {vehicle['status']}, its"
            f" depot {vehicle['depot']}"
        )
    driver = fetch_driver(db, trip["driver_id"])
    if driver["status"] != "available":
        raise ToolError(f"the driver {driver['name']} is {driver['status']}")
    set_stage(db, trip, "on the road", "on the road", "on the road", "on the road")
    return fetch_trip(db, trip_id)


def record_arrival(db, trip_id: str) -> dict:
    """Note that a trip has arrived: its shipments are delivered, vehicle and driver are free again,
    and the vehicle stands at the destination. Needs trip_id. Returns the trip."""
    trip = fetch_trip(db, trip_id)
    if trip["status"] != "on the road":
        raise ToolError(f"the trip is {trip['status']}, not on the road")
    set_stage(db, trip, "arrived", "delivered", "free", "available")
    db.run(
        "UPDATE vehicles SET depot = ? WHERE plate = ?",
        fetch_lane(db, trip["lane_id"])["to_depot"],
        trip["plate"],
    )
    return fetch_trip(db, trip_id)


def cancel_trip(db, trip_id: str) -> dict:
    """Cancel a planned trip: its shipments are booked again and the driver gets the hours back.
    Needs trip_id. Returns the cancelled trip."""
    trip = fetch_planned(db, trip_id)
    db.run("UPDATE shipments SET status = 'booked', trip_id = NULL WHERE trip_id = ?", trip_id)
    db.run("UPDATE trips SET status = 'cancelled', load_kg = 0 WHERE trip_id = ?", trip_id)
    add_hours(db, trip["driver_id"], fetch_lane(db, trip["lane_id"])["hours"])
    return fetch_trip(db, trip_id)


def record_payment(db, client_id: str, amount: int) -> dict:
    """Book a payment of a client; a client on hold is active again once the balance is at most half
    the credit limit. Needs client_id and amount. Returns the client with the new balance.

    Args:
        amount: whole euros.
    """
    client = fetch_client(db, client_id)
    if amount < 1 or amount > client["balance"]:
        raise ToolError(f"the amount must be at least 1 and at most {client['balance']}")
    balance = client["balance"] - amount
    status = "active" if balance <= client["credit_limit"] / 2 else client["status"]
    db.run(
        "UPDATE clients SET paid = paid + ?, balance = ?, status = ? WHERE client_id = ?",
        amount,
        balance,
        status,
        client_id,
    )
    return fetch_client(db, client_id)


def file_claim(db, shipment_id: str, reason: str, amount: int) -> dict:
    """File a claim about a delivered shipment. Needs shipment_id, reason and amount. Returns the
    new claim.

    Args:
        reason: what was wrong.
        amount: whole euros that the client claims.
    """
    shipment = fetch_shipment(db, shipment_id)
    if shipment["status"] != "delivered":
        raise ToolError(f"the shipment is {shipment['status']}; claims are about delivered ones")
    present = db.one(
        "SELECT claim_id FROM claims WHERE shipment_id = ? AND status = 'open'", shipment_id
    )
    if present is not None:
        raise ToolError(f"the claim {present['claim_id']} about it is open; settle it first")
    most = MOST_CLAIMED * shipment["price"]
    if amount < 1 or amount > most:
        raise ToolError(f"the amount must be between 1 and {most}, three times the price")
    claim_id = db.new_id("claims")
    db.run(
        "INSERT INTO claims (claim_id, shipment_id, reason, amount, filed_on, status)"
        " VALUES (?, ?, ?, ?, ?, 'open')",
        claim_id,
        shipment_id,
        reason,
        amount,
        today(db),
    )
    return fetch_claim(db, claim_id)


def list_claims(db, shipment_id: str) -> dict:
    """List the claims about a shipment. Needs shipment_id. Returns claims with their claim_id,
    reason, amount in euros, filed_on and status."""
    fetch_shipment(db, shipment_id)
    rows = db.all("SELECT * FROM claims WHERE shipment_id = ? ORDER BY claim_id", shipment_id)
    return {"claims": rows}


def settle_claim(db, claim_id: str, decision: Literal["paid", "rejected"]) -> dict:
    """Settle an open claim: pay it, so that the client is credited with its amount, or reject it.
    Needs claim_id and decision. Returns the settled claim.

    Args:
        decision: paid or rejected.
    """
    claim = fetch_claim(db, claim_id)
    if claim["status"] != "open":
        raise ToolError(f"the claim is {claim['status']} already")
    if decision == "paid":
        shipment = fetch_shipment(db, claim["shipment_id"])
        db.run(
            "UPDATE clients SET paid = paid + ?, balance = balance - ? WHERE client_id = ?",
            claim["amount"],
            claim["amount"],
            shipment["client_id"],
        )
    db.run("UPDATE claims SET status = ? WHERE claim_id = ?", decision, claim_id)
    return fetch_claim(db, claim_id)
