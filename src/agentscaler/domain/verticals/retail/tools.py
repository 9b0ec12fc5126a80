"""Tools of the outdoor shop."""

FEES = {"standard": 5, "express": 12, "pickup": 0}
RETURN_DAYS = {"basic": 30, "gold": 60}


def fetch_customer(db, customer_id):
    row = db.one("SELECT * FROM customers WHERE customer_id = ?", customer_id)
    if row is None:
        raise ToolError(f"there is no customer {customer_id}; look it up with find_customers")
    return row


def fetch_product(db, product_id):
    row = db.one("SELECT * FROM products WHERE product_id = ?", product_id)
    if row is None:
        raise ToolError(f"there is no product {product_id}; look it up with list_products")
    return row


def fetch_variant(db, variant_id):
    row = db.one("SELECT * FROM variants WHERE variant_id = ?", variant_id)
    if row is None:
        raise ToolError(f"there is no variant {variant_id}; look it up with list_variants")
    return row


def fetch_order(db, order_id):
    row = db.one("SELECT * FROM orders WHERE order_id = ?", order_id)
    if row is None:
        raise ToolError(f"there is no order {order_id}; look it up with list_orders")
    return row


def fetch_item(db, item_id):
    row = db.one("SELECT * FROM order_items WHERE item_id = ?", item_id)
    if row is None:
        raise ToolError(f"there is no item {item_id}; look it up with list_items")
    return row


def fetch_return(db, return_id):
    row = db.one("SELECT * FROM returns WHERE return_id = ?", return_id)
    if row is None:
        raise ToolError(f"there is no return {return_id}; look it up with list_returns")
    return row


def fetch_draft(db, order_id):
    order = fetch_order(db, order_id)
    if order["status"] != "draft":
        raise ToolError(f"the order is {order['status']}; only a draft can be changed")
    return order


def fetch_open_draft(db, order_id):
    order = fetch_draft(db, order_id)
    if order["discount"] != 0:
        raise ToolError("a voucher is on the order, so its items stay as they are")
    return order


def today(db):
    return db.now()[:10]


def put_back(db, variant_id, quantity):
    db.run("UPDATE variants SET stock = stock + ? WHERE variant_id = ?", quantity, variant_id)


def add_to_total(db, order_id, amount):
    db.run("UPDATE orders SET total = total + ? WHERE order_id = ?", amount, order_id)


def add_credit(db, customer_id, amount):
    db.run(
        "UPDATE customers SET store_credit = store_credit + ? WHERE customer_id = ?",
        amount,
        customer_id,
    )


def find_customers(db, email: str) -> dict:
    """Find the customers who have an e-mail address. Needs the whole address, in the spelling of
    the shop's records. Returns customers with their customer_id, name, email, phone, tier and
    store_credit; none where nobody has the address.

    Args:
        email: the whole e-mail address.
    """
    rows = db.all(
        "SELECT customer_id, name, email, phone, tier, store_credit FROM customers"
        " WHERE email = ? ORDER BY name, customer_id",
        email,
    )
    return {"customers": rows}


def get_customer(db, customer_id: str) -> dict:
    """Read a customer's record. Needs customer_id. Returns the customer with contact details, tier
    and store credit in euros."""
    return fetch_customer(db, customer_id)


def change_contact(db, customer_id: str, email: str = None, phone: str = None) -> dict:
    """Change how a customer can be reached. Needs customer_id and a new email, a new phone or
    both. Returns the changed customer.

    Args:
        email: the new e-mail address.
        phone: the new phone number.
    """
    fetch_customer(db, customer_id)
    if email is None and phone is None:
        raise ToolError("there is nothing to change: give email, phone or both")
    if email is not None:
        taken = db.one(
            "SELECT 1 FROM customers WHERE email = ? AND customer_id != ?", email, customer_id
        )
        if taken is not None:
            raise ToolError(f"another customer has the address {email}; ask for a different one")
        db.run("UPDATE customers SET email = ? WHERE customer_id = ?", email, customer_id)
    if phone is not None:
        db.run("UPDATE customers SET phone = ? WHERE customer_id = ?", phone, customer_id)
    return fetch_customer(db, customer_id)


def list_products(db, category: str = None) -> dict:
    """List the shop's products, all or those of one category. Returns products with their
    product_id, name and category.

    Args:
        category: only products of this category.
    """
    rows = db.all(
        "SELECT product_id, name, category FROM products"
        " WHERE ? IS NULL OR category = ? ORDER BY name, product_id",
        category,
        category,
    )
    return {"products": rows}


def list_variants(db, product_id: str, option: str = None) -> dict:
    """List the variants of a product: its sizes and colours. Needs product_id. Returns variants
    with their variant_id, name, option, price in euros and status.

    Args:
        option: only variants with exactly this option, for example "large".
    """
    fetch_product(db, product_id)
    rows = db.all(
        "SELECT variant_id, product_id, name, option, price, status FROM variants"
        " WHERE product_id = ? AND (? IS NULL OR option = ?) ORDER BY name, variant_id",
        product_id,
        option,
        option,
    )
    return {"variants": rows}


def get_variant(db, variant_id: str) -> dict:
    """Read a variant of a product. Needs variant_id. Returns the variant with its price in euros,
    how many pieces are in stock, and whether it is still sold."""
    return fetch_variant(db, variant_id)


def list_orders(db, customer_id: str, status: str = None) -> dict:
    """List a customer's orders. Needs customer_id. Returns orders with their order_id, status,
    day of placing, total in euros and delivery; a draft has no day of placing yet.

    Args:
        status: only orders in this status.
    """
    fetch_customer(db, customer_id)
    rows = db.all(
        "SELECT order_id, customer_id, status, placed_on, total, delivery FROM orders"
        " WHERE customer_id = ? AND (? IS NULL OR status = ?) ORDER BY order_id",
        customer_id,
        status,
        status,
    )
    return {"orders": rows}


def get_order(db, order_id: str) -> dict:
    """Read an order. Needs order_id. Returns the order with its total, delivery fee and discount
    in euros, its payment and the last day on which its items can be returned."""
    return fetch_order(db, order_id)


def list_items(db, order_id: str) -> dict:
    """List the items of an order. Needs order_id. Returns order_items with their item_id, name,
    variant_id, quantity and price a piece in euros."""
    fetch_order(db, order_id)
    rows = db.all(
        "SELECT item_id, order_id, variant_id, name, quantity, unit_price FROM order_items"
        " WHERE order_id = ? ORDER BY name, item_id",
        order_id,
    )
    return {"order_items": rows}


def start_order(db, customer_id: str, delivery: str) -> dict:
    """Start an empty draft order for a customer. Needs customer_id and delivery. Returns the new
    order; its total is the delivery fee so far.

    Args:
        delivery: how the order is to be delivered.
    """
    fetch_customer(db, customer_id)
    order_id = db.new_id("orders")
    fee = FEES[delivery]
    db.run(
        "INSERT INTO orders (order_id, customer_id, status, total, delivery, delivery_fee,"
        " discount) VALUES (?, ?, 'draft', ?, ?, ?, 0)",
        order_id,
        customer_id,
        fee,
        delivery,
        fee,
    )
    return fetch_order(db, order_id)


def add_item(db, order_id: str, variant_id: str, quantity: int) -> dict:
    """Put a variant into a draft order and hold back its stock. Needs order_id, variant_id and
    quantity. Returns the new item.

    Args:
        quantity: how many pieces.
    """
    fetch_open_draft(db, order_id)
    variant = fetch_variant(db, variant_id)
    if variant["status"] != "sold":
        raise ToolError(f"{variant['name']} is discontinued; choose another variant")
    if quantity < 1:
        raise ToolError("the quantity must be at least 1")
    if quantity > variant["stock"]:
        raise ToolError(f"only {variant['stock']} of {variant['name']} are in stock")
    twin = db.one(
        "SELECT item_id FROM order_items WHERE order_id = ? AND variant_id = ?",
        order_id,
        variant_id,
    )
    if twin is not None:
        raise ToolError(f"the order has it already as item {twin['item_id']}; use change_quantity")
    item_id = db.new_id("order_items")
    db.run(
        "INSERT INTO order_items (item_id, order_id, variant_id, name, quantity, unit_price,"
        " returned) VALUES (?, ?, ?, ?, ?, ?, 0)",
        item_id,
        order_id,
        variant_id,
        variant["name"],
        quantity,
        variant["price"],
    )
    put_back(db, variant_id, -quantity)
    add_to_total(db, order_id, quantity * variant["price"])
    return fetch_item(db, item_id)


def change_quantity(db, item_id: str, quantity: int) -> dict:
    """Change how many pieces of an item a draft order has. Needs item_id and the new quantity.
    Returns the changed item.

    Args:
        quantity: how many pieces the order is to have.
    """
    item = fetch_item(db, item_id)
    fetch_open_draft(db, item["order_id"])
    more = quantity - item["quantity"]
    if quantity < 1:
        raise ToolError("the quantity must be at least 1; use remove_item to take the item out")
    if more == 0:
        raise ToolError(f"the order has {quantity} of it already")
    stock = fetch_variant(db, item["variant_id"])["stock"]
    if more > stock:
        raise ToolError(f"only {stock} more of {item['name']} are in stock")
    put_back(db, item["variant_id"], -more)
    add_to_total(db, item["order_id"], more * item["unit_price"])
    db.run("UPDATE order_items SET quantity = ? WHERE item_id = ?", quantity, item_id)
    return fetch_item(db, item_id)


def remove_item(db, item_id: str) -> dict:
    """Take an item out of a draft order and put its stock back. Needs item_id. Returns item_id and
    that it is removed."""
    item = fetch_item(db, item_id)
    fetch_open_draft(db, item["order_id"])
    put_back(db, item["variant_id"], item["quantity"])
    add_to_total(db, item["order_id"], -item["quantity"] * item["unit_price"])
    db.run("DELETE FROM order_items WHERE item_id = ?", item_id)
    return {"item_id": item_id, "removed": True}


def change_delivery(db, order_id: str, delivery: str) -> dict:
    """Change how a draft order is to be delivered; the fee and the total change with it. Needs
    order_id and delivery. Returns the changed order.

    Args:
        delivery: the new way of delivery.
    """
    order = fetch_draft(db, order_id)
    if order["delivery"] == delivery:
        raise ToolError(f"the delivery is {delivery} already")
    fee = FEES[delivery]
    db.run(
        "UPDATE orders SET delivery = ?, delivery_fee = ?, total = ? WHERE order_id = ?",
        delivery,
        fee,
        order["total"] - order["delivery_fee"] + fee,
        order_id,
    )
    return fetch_order(db, order_id)


def apply_voucher(db, order_id: str, voucher_code: str) -> dict:
    """Use a voucher on a draft order; its value is taken off the total. Needs order_id and
    voucher_code. Returns the changed order.

    Args:
        voucher_code: the code printed on the voucher.
    """
    order = fetch_draft(db, order_id)
    if order["discount"] != 0:
        raise ToolError("a voucher is on the order already; one order takes one voucher")
    voucher = db.one("SELECT * FROM vouchers WHERE voucher_code = ?", voucher_code)
    if voucher is None:
        raise ToolError(f"there is no voucher {voucher_code}; ask for the code again")
    if voucher["status"] != "unused":
        raise ToolError(f"the voucher {voucher_code} has been used")
    if voucher["expires_on"] < today(db):
        raise ToolError(f"the voucher {voucher_code} expired on {voucher['expires_on']}")
    if order["total"] < voucher["min_total"]:
        raise ToolError(
            f"the voucher needs an order of {voucher['min_total']} euros or more,"
            f" this one comes to {order['total']}"
        )
    db.run(
        "UPDATE orders SET total = total - ?, discount = ? WHERE order_id = ?",
        voucher["value"],
        voucher["value"],
        order_id,
    )
    db.run(
        "UPDATE vouchers SET status = 'used', order_id = ? WHERE voucher_code = ?",
        order_id,
        voucher_code,
    )
    return fetch_order(db, order_id)


def place_order(db, order_id: str, payment: str) -> dict:
    """Place a draft order, so that it can be packed. Needs order_id and payment. Returns the placed
    order.

    Args:
        payment: how the whole total is paid.
    """
    order = fetch_draft(db, order_id)
    if db.one("SELECT 1 FROM order_items WHERE order_id = ?", order_id) is None:
        raise ToolError("the order is empty; put something in with add_item")
    if payment == "store_credit":
        credit = fetch_customer(db, order["customer_id"])["store_credit"]
        if credit < order["total"]:
            raise ToolError(
                f"the store credit of {credit} euros does not cover the total of"
                f" {order['total']}; it can be paid by card"
            )
        add_credit(db, order["customer_id"], -order["total"])
    db.run(
        "UPDATE orders SET status = 'placed', payment = ?, placed_on = ? WHERE order_id = ?",
        payment,
        today(db),
        order_id,
    )
    return fetch_order(db, order_id)


def cancel_order(db, order_id: str, cancel_reason: str) -> dict:
    """Cancel an order that is not packed yet: its stock is put back, and store credit that was
    paid is given back. Needs order_id and cancel_reason. Returns the cancelled order.

    Args:
        cancel_reason: why the customer does not want it.
    """
    order = fetch_order(db, order_id)
    if order["status"] not in ("draft", "placed"):
        raise ToolError(f"the order is {order['status']} and cannot be cancelled any more")
    for item in db.all("SELECT * FROM order_items WHERE order_id = ?", order_id):
        put_back(db, item["variant_id"], item["quantity"])
    if order["payment"] == "store_credit":
        add_credit(db, order["customer_id"], order["total"])
    db.run(
        "UPDATE orders SET status = 'cancelled', cancel_reason = ? WHERE order_id = ?",
        cancel_reason,
        order_id,
    )
    return fetch_order(db, order_id)


def swap_variant(db, item_id: str, variant_id: str) -> dict:
    """Give an item of a placed order another size or colour at the same price. Needs item_id and
    the variant_id that the customer wants instead. Returns the changed item.

    Args:
        variant_id: the variant that takes the place of the present one.
    """
    item = fetch_item(db, item_id)
    wanted = fetch_variant(db, variant_id)
    order = fetch_order(db, item["order_id"])
    if order["status"] != "placed":
        raise ToolError(f"the order is {order['status']}; only items of placed orders are swapped")
    if wanted["status"] != "sold":
        raise ToolError(f"{wanted['name']} is discontinued; choose another variant")
    present = fetch_variant(db, item["variant_id"])
    if wanted["variant_id"] == present["variant_id"]:
        raise ToolError(f"the item is {wanted['name']} already")
    if wanted["product_id"] != present["product_id"]:
        raise ToolError("it is another product; only its sizes and colours can be swapped")
    if wanted["price"] != item["unit_price"]:
        raise ToolError(f"it costs {wanted['price']} euros, the item cost {item['unit_price']}")
    if wanted["stock"] < item["quantity"]:
        raise ToolError(f"only {wanted['stock']} of {wanted['name']} are in stock")
    twin = db.one(
        "SELECT 1 FROM order_items WHERE order_id = ? AND variant_id = ?",
        item["order_id"],
        variant_id,
    )
    if twin is not None:
        raise ToolError(f"the order holds {wanted['name']} already")
    put_back(db, present["variant_id"], item["quantity"])
    put_back(db, variant_id, -item["quantity"])
    db.run(
        "UPDATE order_items SET variant_id = ?, name = ? WHERE item_id = ?",
        variant_id,
        wanted["name"],
        item_id,
    )
    return fetch_item(db, item_id)


def record_delivery(db, order_id: str) -> dict:
    """Note that a shipped order has arrived today; the time for returns starts. Needs order_id.
    Returns the delivered order with its last return day."""
    order = fetch_order(db, order_id)
    if order["status"] != "shipped":
        raise ToolError(f"the order is {order['status']}, not shipped")
    days = RETURN_DAYS[fetch_customer(db, order["customer_id"])["tier"]]
    db.run(
        "UPDATE orders SET status = 'delivered', return_by = add_days(?, ?) WHERE order_id = ?",
        today(db),
        days,
        order_id,
    )
    return fetch_order(db, order_id)


def request_return(db, item_id: str, quantity: int, reason: str, refund_to: str) -> dict:
    """Register that pieces of a delivered item come back. Needs item_id, quantity, reason and
    refund_to. Returns the new return with its refund in euros, which is paid once it is received.

    Args:
        quantity: how many pieces come back.
        reason: why they come back.
        refund_to: where the refund goes.
    """
    item = fetch_item(db, item_id)
    order = fetch_order(db, item["order_id"])
    if order["status"] != "delivered":
        raise ToolError(f"the order is {order['status']}; only delivered items can come back")
    if order["return_by"] < today(db):
        raise ToolError(f"the last return day was {order['return_by']}")
    left = item["quantity"] - item["returned"]
    if quantity < 1 or quantity > left:
        raise ToolError(f"the quantity must be between 1 and {left}, which the customer still has")
    return_id = db.new_id("returns")
    db.run(
        "INSERT INTO returns (return_id, order_id, item_id, quantity, reason, refund, refund_to,"
        " requested_on, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'requested')",
        return_id,
        item["order_id"],
        item_id,
        quantity,
        reason,
        quantity * item["unit_price"],
        refund_to,
        today(db),
    )
    db.run("UPDATE order_items SET returned = returned + ? WHERE item_id = ?", quantity, item_id)
    return fetch_return(db, return_id)


def list_returns(db, order_id: str, status: str = None) -> dict:
    """List the returns of an order. Needs order_id. Returns returns with their return_id, item_id,
    quantity, reason and status.

    Args:
        status: only returns in this status.
    """
    fetch_order(db, order_id)
    rows = db.all(
        "SELECT return_id, order_id, item_id, quantity, reason, status FROM returns"
        " WHERE order_id = ? AND (? IS NULL OR status = ?) ORDER BY return_id",
        order_id,
        status,
        status,
    )
    return {"returns": rows}


def receive_return(db, return_id: str) -> dict:
    """Book in a return that has reached the shop: the pieces go back into stock and the refund is
    paid. Needs return_id. Returns the received return."""
    back = fetch_return(db, return_id)
    if back["status"] != "requested":
        raise ToolError(f"the return is {back['status']} already")
    item = fetch_item(db, back["item_id"])
    put_back(db, item["variant_id"], back["quantity"])
    if back["refund_to"] == "store_credit":
        add_credit(db, fetch_order(db, back["order_id"])["customer_id"], back["refund"])
    db.run("UPDATE returns SET status = 'received' WHERE return_id = ?", return_id)
    return fetch_return(db, return_id)


def withdraw_return(db, return_id: str) -> dict:
    """Withdraw a return that the customer changed their mind about. Needs return_id. Returns the
    withdrawn return."""
    back = fetch_return(db, return_id)
    if back["status"] != "requested":
        raise ToolError(f"the return is {back['status']} and cannot be withdrawn")
    db.run(
        "UPDATE order_items SET returned = returned - ? WHERE item_id = ?",
        back["quantity"],
        back["item_id"],
    )
    db.run("UPDATE returns SET status = 'withdrawn' WHERE return_id = ?", return_id)
    return fetch_return(db, return_id)
