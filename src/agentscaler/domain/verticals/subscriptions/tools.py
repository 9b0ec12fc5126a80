"""Tools of the recipe box service."""

EVENING_PRICE = 3
SHORTEST_PAUSE = 7
LONGEST_PAUSE = 56
COMPLAINT_DAYS = 7
CREDITED_AT_ONCE = 10
WORTH = {"spoiled_food": 15, "damaged_packaging": 8, "missing_ingredients": 5}
FITTING = {
    "everything": ["meat", "fish", "vegetarian", "vegan"],
    "vegetarian": ["vegetarian", "vegan"],
    "vegan": ["vegan"],
}


def fetch_member(db, member_id):
    row = db.one("SELECT * FROM members WHERE member_id = ?", member_id)
    if row is None:
        raise ToolError(f"there is no member {member_id}; look it up with find_members")
    return row


def fetch_plan(db, plan_id):
    row = db.one("SELECT * FROM plans WHERE plan_id = ?", plan_id)
    if row is None:
        raise ToolError(f"there is no plan {plan_id}; look it up with list_plans")
    return row


def fetch_subscription(db, subscription_id):
    row = db.one("SELECT * FROM subscriptions WHERE subscription_id = ?", subscription_id)
    if row is None:
        raise ToolError(
            f"there is no subscription {subscription_id}; look it up with list_subscriptions"
        )
    return row


def fetch_delivery(db, delivery_id):
    row = db.one("SELECT * FROM deliveries WHERE delivery_id = ?", delivery_id)
    if row is None:
        raise ToolError(f"there is no delivery {delivery_id}; look it up with list_deliveries")
    return row


def fetch_meal(db, meal_id):
    row = db.one("SELECT * FROM meals WHERE meal_id = ?", meal_id)
    if row is None:
        raise ToolError(f"there is no meal {meal_id}; look it up with list_meals")
    return row


def fetch_offered_plan(db, plan_id):
    plan = fetch_plan(db, plan_id)
    if plan["status"] != "offered":
        raise ToolError(f"the plan {plan['name']} is retired; choose one that is offered")
    return plan


def fetch_open_delivery(db, delivery_id):
    delivery = fetch_delivery(db, delivery_id)
    if delivery["status"] != "planned":
        raise ToolError(
            f"the delivery is {delivery['status']}; this works only while it is planned"
        )
    check_lock(db, delivery)
    return delivery


def check_lock(db, delivery):
    if delivery["locks_on"] < today(db):
        raise ToolError(f"the delivery was locked on {delivery['locks_on']}; try a later one")


def today(db):
    return db.now()[:10]


def slot_price(slot):
    return EVENING_PRICE if slot == "evening" else 0


def add_skips(db, subscription_id, count):
    db.run(
        "UPDATE subscriptions SET skips_left = skips_left + ? WHERE subscription_id = ?",
        count,
        subscription_id,
    )


def add_credit(db, member_id, amount):
    db.run("UPDATE members SET credit = credit + ? WHERE member_id = ?", amount, member_id)


def set_status(db, delivery_id, status):
    db.run("UPDATE deliveries SET status = ? WHERE delivery_id = ?", status, delivery_id)


def find_members(db, email: str) -> dict:
    """Find the members who have an e-mail address. Needs the whole address. Returns members with
    their member_id, name, email, phone, street and credit in euros; none where nobody has the
    address.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT member_id, name, email, phone, street, credit FROM members"
        " WHERE email = ? ORDER BY name, member_id",
        email,
    )
    return {"members": rows}


def list_plans(db, diet: str | None = None) -> dict:
    """List the plans, all or those of one diet. Returns plans with their plan_id, name, diet,
    portions, meals a week and status; a retired plan takes no new subscriptions.

    Args:
        diet: only plans of this diet.
    """
    rows = db.all(
        "SELECT plan_id, name, diet, portions, meals, status FROM plans"
        " WHERE ? IS NULL OR diet = ? ORDER BY name, plan_id",
        diet,
        diet,
    )
    return {"plans": rows}


def list_recipes(db, diet: str | None = None) -> dict:
    """List the recipes on the menu, all or those of one diet. Returns recipes with their recipe_id,
    name, diet, cooking time in minutes, surcharge in euros and how many boxes are left.

    Args:
        diet: only recipes of this diet.
    """
    rows = db.all(
        "SELECT recipe_id, name, diet, minutes, surcharge, boxes_left FROM recipes"
        " WHERE ? IS NULL OR diet = ? ORDER BY name, recipe_id",
        diet,
        diet,
    )
    return {"recipes": rows}


def list_subscriptions(db, member_id: str, status: str | None = None) -> dict:
    """List a member's subscriptions. Needs member_id. Returns subscriptions with their
    subscription_id, number, plan_id, status and first day.

    Args:
        status: only subscriptions in this status.
    """
    fetch_member(db, member_id)
    rows = db.all(
        "SELECT subscription_id, member_id, plan_id, code, status, started_on FROM subscriptions"
        " WHERE member_id = ? AND (? IS NULL OR status = ?) ORDER BY code, subscription_id",
        member_id,
        status,
        status,
    )
    return {"subscriptions": rows}


def get_subscription(db, subscription_id: str) -> dict:
    """Read a subscription. Needs subscription_id. Returns the subscription with the end of its
    minimum term, the skips and pauses that are left, and how long a pause lasts."""
    return fetch_subscription(db, subscription_id)


def list_deliveries(db, subscription_id: str, status: str | None = None) -> dict:
    """List the deliveries of a subscription. Needs subscription_id. Returns deliveries with their
    delivery_id, day, lock day, slot and status.

    Args:
        status: only deliveries in this status.
    """
    fetch_subscription(db, subscription_id)
    rows = db.all(
        "SELECT delivery_id, subscription_id, scheduled_on, locks_on, slot, status FROM deliveries"
        " WHERE subscription_id = ? AND (? IS NULL OR status = ?) ORDER BY delivery_id",
        subscription_id,
        status,
        status,
    )
    return {"deliveries": rows}


def get_delivery(db, delivery_id: str) -> dict:
    """Read a delivery. Needs delivery_id. Returns the delivery with its price in euros."""
    return fetch_delivery(db, delivery_id)


def list_meals(db, delivery_id: str) -> dict:
    """List the meals in a delivery. Needs delivery_id. Returns meals with their meal_id, name,
    recipe_id and surcharge in euros."""
    fetch_delivery(db, delivery_id)
    rows = db.all(
        "SELECT meal_id, delivery_id, recipe_id, name, surcharge FROM meals"
        " WHERE delivery_id = ? ORDER BY name, meal_id",
        delivery_id,
    )
    return {"meals": rows}


def list_complaints(db, member_id: str, status: str | None = None) -> dict:
    """List a member's complaints. Needs member_id. Returns complaints with their complaint_id,
    delivery_id, cause, credit in euros and status.

    Args:
        status: only complaints in this status.
    """
    fetch_member(db, member_id)
    rows = db.all(
        "SELECT complaint_id, member_id, delivery_id, about, credit, status FROM complaints"
        " WHERE member_id = ? AND (? IS NULL OR status = ?) ORDER BY complaint_id",
        member_id,
        status,
        status,
    )
    return {"complaints": rows}


def start_subscription(db, member_id: str, plan_id: str) -> dict:
    """Start a subscription; it has 3 skips and 2 pauses, and the kitchen plans its deliveries.
    Needs member_id and plan_id. Returns the new subscription with its number and the end of its
    minimum term."""
    fetch_member(db, member_id)
    fetch_offered_plan(db, plan_id)
    running = db.all(
        "SELECT code FROM subscriptions WHERE member_id = ? AND status != 'ended'", member_id
    )
    if len(running) >= 2:
        raise ToolError("the member has two subscriptions already; one must end first")
    subscription_id = db.new_id("subscriptions")
    db.run(
        "INSERT INTO subscriptions (subscription_id, member_id, plan_id, code, status, started_on,"
        " term_ends, skips_left, pauses_left)"
        " VALUES (?, ?, ?, ?, 'active', ?, add_days(?, 28), 3, 2)",
        subscription_id,
        member_id,
        plan_id,
        "RB-" + subscription_id[-5:].upper(),
        today(db),
        today(db),
    )
    return fetch_subscription(db, subscription_id)


def change_plan(db, subscription_id: str, plan_id: str) -> dict:
    """Change the plan of an active subscription to one for more or fewer people; the deliveries
    that are not locked change their price. Needs subscription_id and plan_id. Returns the changed
    subscription.

    Args:
        plan_id: the plan that it is to have.
    """
    subscription = fetch_subscription(db, subscription_id)
    wanted = fetch_plan(db, plan_id)
    if subscription["status"] != "active":
        raise ToolError(f"the subscription is {subscription['status']}, not active")
    fetch_offered_plan(db, plan_id)
    present = fetch_plan(db, subscription["plan_id"])
    if wanted["plan_id"] == present["plan_id"]:
        raise ToolError(f"the subscription has the plan {present['name']} already")
    if wanted["diet"] != present["diet"] or wanted["meals"] != present["meals"]:
        raise ToolError(
            f"only plans of the diet {present['diet']} with {present['meals']} meals a week can"
            " follow; for another, end this subscription and start one"
        )
    db.run(
        "UPDATE deliveries SET price = price + ? WHERE subscription_id = ?"
        " AND status IN ('planned', 'skipped', 'on_hold') AND locks_on >= ?",
        wanted["weekly_price"] - present["weekly_price"],
        subscription_id,
        today(db),
    )
    db.run(
        "UPDATE subscriptions SET plan_id = ? WHERE subscription_id = ?", plan_id, subscription_id
    )
    return fetch_subscription(db, subscription_id)


def pause_subscription(db, subscription_id: str, paused_until: str) -> dict:
    """Pause an active subscription; its planned deliveries before that day are put on hold. Needs
    subscription_id and paused_until. Returns the paused subscription.

    Args:
        paused_until: the day on which it goes on, YYYY-MM-DD.
    """
    subscription = fetch_subscription(db, subscription_id)
    if subscription["status"] != "active":
        raise ToolError(f"the subscription is {subscription['status']}, not active")
    if subscription["pauses_left"] < 1:
        raise ToolError("the subscription has no pauses left; skip single deliveries instead")
    days = db.one("SELECT days_between(?, ?) AS days", today(db), paused_until)["days"]
    if len(paused_until) != 10 or days is None:
        raise ToolError("paused_until must be a day like 2026-03-25")
    if days < SHORTEST_PAUSE or days > LONGEST_PAUSE:
        raise ToolError(f"a pause ends in {SHORTEST_PAUSE} to {LONGEST_PAUSE} days, not {days}")
    db.run(
        "UPDATE deliveries SET status = 'on_hold'"
        " WHERE subscription_id = ? AND status = 'planned' AND locks_on >= ? AND scheduled_on < ?",
        subscription_id,
        today(db),
        paused_until,
    )
    db.run(
        "UPDATE subscriptions SET status = 'paused', paused_until = ?,"
        " pauses_left = pauses_left - 1 WHERE subscription_id = ?",
        paused_until,
        subscription_id,
    )
    return fetch_subscription(db, subscription_id)


def resume_subscription(db, subscription_id: str) -> dict:
    """Take up a paused subscription again; deliveries on hold that are not locked are planned
    again. Needs subscription_id. Returns the active subscription."""
    subscription = fetch_subscription(db, subscription_id)
    if subscription["status"] != "paused":
        raise ToolError(f"the subscription is {subscription['status']}, not paused")
    db.run(
        "UPDATE deliveries SET status = 'planned'"
        " WHERE subscription_id = ? AND status = 'on_hold' AND locks_on >= ?",
        subscription_id,
        today(db),
    )
    db.run(
        "UPDATE subscriptions SET status = 'active', paused_until = NULL WHERE subscription_id = ?",
        subscription_id,
    )
    return fetch_subscription(db, subscription_id)


def end_subscription(db, subscription_id: str, end_reason: str) -> dict:
    """End a subscription after its minimum term; deliveries to come are cancelled. Needs
    subscription_id and end_reason. Returns the ended subscription.

    Args:
        end_reason: why the member leaves.
    """
    subscription = fetch_subscription(db, subscription_id)
    if subscription["status"] == "ended":
        raise ToolError("the subscription has ended already")
    if subscription["term_ends"] > today(db):
        raise ToolError(
            f"the minimum term runs until {subscription['term_ends']}; it can be paused till then"
        )
    locked = db.one(
        "SELECT scheduled_on FROM deliveries WHERE subscription_id = ?"
        " AND (status = 'packed' OR (status = 'planned' AND locks_on < ?))",
        subscription_id,
        today(db),
    )
    if locked is not None:
        raise ToolError(f"a box is on its way and arrives on {locked['scheduled_on']}; end it then")
    for delivery in db.all("SELECT * FROM deliveries WHERE subscription_id = ?", subscription_id):
        ahead = delivery["status"] == "skipped" and delivery["scheduled_on"] >= today(db)
        if ahead or delivery["status"] in ("planned", "on_hold"):
            set_status(db, delivery["delivery_id"], "cancelled")
    db.run(
        "UPDATE subscriptions SET status = 'ended', paused_until = NULL, end_reason = ?"
        " WHERE subscription_id = ?",
        end_reason,
        subscription_id,
    )
    return fetch_subscription(db, subscription_id)


def skip_delivery(db, delivery_id: str) -> dict:
    """Skip a planned delivery, which uses one skip. Needs delivery_id. Returns the skipped
    delivery."""
    delivery = fetch_open_delivery(db, delivery_id)
    if fetch_subscription(db, delivery["subscription_id"])["skips_left"] < 1:
        raise ToolError("the subscription has no skips left; it can be paused instead")
    set_status(db, delivery_id, "skipped")
    add_skips(db, delivery["subscription_id"], -1)
    return fetch_delivery(db, delivery_id)


def restore_delivery(db, delivery_id: str) -> dict:
    """Plan a skipped delivery again; the skip is given back. Needs delivery_id. Returns the
    delivery with its price in euros."""
    delivery = fetch_delivery(db, delivery_id)
    if delivery["status"] != "skipped":
        raise ToolError(f"the delivery is {delivery['status']}, not skipped")
    check_lock(db, delivery)
    subscription = fetch_subscription(db, delivery["subscription_id"])
    if subscription["status"] != "active":
        raise ToolError(f"the subscription is {subscription['status']}, not active")
    set_status(db, delivery_id, "planned")
    add_skips(db, delivery["subscription_id"], 1)
    return fetch_delivery(db, delivery_id)


def change_slot(db, delivery_id: str, slot: str) -> dict:
    """Change the time of day at which a planned delivery comes. Needs delivery_id and slot. Returns
    the changed delivery with its price in euros.

    Args:
        slot: the new time of day; evenings cost 3 euros more.
    """
    delivery = fetch_open_delivery(db, delivery_id)
    if delivery["slot"] == slot:
        raise ToolError(f"the delivery comes in the {slot} already")
    db.run(
        "UPDATE deliveries SET slot = ?, price = ? WHERE delivery_id = ?",
        slot,
        delivery["price"] - slot_price(delivery["slot"]) + slot_price(slot),
        delivery_id,
    )
    return fetch_delivery(db, delivery_id)


def swap_recipe(db, meal_id: str, recipe_id: str) -> dict:
    """Swap a meal of a planned delivery for another recipe; the price changes by the surcharges.
    Needs meal_id and recipe_id. Returns the changed meal with its surcharge in euros.

    Args:
        recipe_id: the recipe that takes the place of the present one.
    """
    meal = fetch_meal(db, meal_id)
    wanted = db.one("SELECT * FROM recipes WHERE recipe_id = ?", recipe_id)
    if wanted is None:
        raise ToolError(f"there is no recipe {recipe_id}; look it up with list_recipes")
    delivery = fetch_open_delivery(db, meal["delivery_id"])
    if wanted["boxes_left"] < 1:
        raise ToolError(f"no boxes of {wanted['name']} are left; choose another recipe")
    subscription = fetch_subscription(db, delivery["subscription_id"])
    diet = fetch_plan(db, subscription["plan_id"])["diet"]
    if wanted["diet"] not in FITTING[diet]:
        raise ToolError(f"{wanted['name']} is {wanted['diet']} and does not fit a {diet} plan")
    twin = db.one(
        "SELECT 1 FROM meals WHERE delivery_id = ? AND recipe_id = ?",
        delivery["delivery_id"],
        recipe_id,
    )
    if twin is not None:
        raise ToolError(f"the delivery holds {wanted['name']} already")
    db.run("UPDATE recipes SET boxes_left = boxes_left + 1 WHERE recipe_id = ?", meal["recipe_id"])
    db.run("UPDATE recipes SET boxes_left = boxes_left - 1 WHERE recipe_id = ?", recipe_id)
    db.run(
        "UPDATE deliveries SET price = price + ? WHERE delivery_id = ?",
        wanted["surcharge"] - meal["surcharge"],
        delivery["delivery_id"],
    )
    db.run(
        "UPDATE meals SET recipe_id = ?, name = ?, surcharge = ? WHERE meal_id = ?",
        recipe_id,
        wanted["name"],
        wanted["surcharge"],
        meal_id,
    )
    return fetch_meal(db, meal_id)


def redeem_gift_card(db, member_id: str, card_code: str) -> dict:
    """Add the value of a gift card to a member's credit. Needs member_id and card_code. Returns the
    member with the new credit in euros.

    Args:
        card_code: the code printed on the card.
    """
    fetch_member(db, member_id)
    card = db.one("SELECT * FROM gift_cards WHERE card_code = ?", card_code)
    if card is None:
        raise ToolError(f"there is no gift card {card_code}; ask for the code again")
    if card["status"] != "unused":
        raise ToolError(f"the gift card {card_code} has been redeemed")
    if card["valid_until"] < today(db):
        raise ToolError(f"the gift card {card_code} expired on {card['valid_until']}")
    add_credit(db, member_id, card["value"])
    db.run(
        "UPDATE gift_cards SET status = 'redeemed', member_id = ? WHERE card_code = ?",
        member_id,
        card_code,
    )
    return fetch_member(db, member_id)


def file_complaint(db, delivery_id: str, about: str) -> dict:
    """File a complaint about a delivery. Small amounts are credited at once. Needs delivery_id and
    about. Returns the new complaint with its status and what it is worth in euros.

    Args:
        about: what was wrong.
    """
    delivery = fetch_delivery(db, delivery_id)
    if delivery["status"] != "delivered":
        raise ToolError(f"the delivery is {delivery['status']}, not delivered")
    days = db.one("SELECT days_between(?, ?) AS days", delivery["scheduled_on"], today(db))["days"]
    if days > COMPLAINT_DAYS:
        raise ToolError(f"the delivery was {days} days ago; {COMPLAINT_DAYS} days are allowed")
    twin = db.one("SELECT * FROM complaints WHERE delivery_id = ?", delivery_id)
    if twin is not None:
        raise ToolError(f"there is a complaint already, which is {twin['status']}")
    worth = delivery["price"] if about == "non_arrival" else WORTH[about]
    status = "credited" if worth <= CREDITED_AT_ONCE else "open"
    member_id = fetch_subscription(db, delivery["subscription_id"])["member_id"]
    complaint_id = db.new_id("complaints")
    db.run(
        "INSERT INTO complaints (complaint_id, member_id, delivery_id, about, credit, filed_on,"
        " status) VALUES (?, ?, ?, ?, ?, ?, ?)",
        complaint_id,
        member_id,
        delivery_id,
        about,
        worth,
        today(db),
        status,
    )
    if status == "credited":
        add_credit(db, member_id, worth)
    return db.one("SELECT * FROM complaints WHERE complaint_id = ?", complaint_id)
