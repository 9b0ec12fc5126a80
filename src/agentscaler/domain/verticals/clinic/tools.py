"""Tools of the medical practice."""

FEES = {"family": 40, "specialist": 90, "public": 10}
FAMILY = "general medicine"
DAYS_TO_PAY = 14
MOST_MOVES = 2
DAYS_BETWEEN_REFILLS = 21


def fetch_patient(db, patient_id):
    row = db.one("SELECT * FROM patients WHERE patient_id = ?", patient_id)
    if row is None:
        raise ToolError(f"there is no patient {patient_id}; look it up with find_patients")
    return row


def fetch_doctor(db, doctor_id):
    row = db.one("SELECT * FROM doctors WHERE doctor_id = ?", doctor_id)
    if row is None:
        raise ToolError(f"there is no doctor {doctor_id}; look it up with list_doctors")
    return row


def fetch_slot(db, slot_id):
    row = db.one("SELECT * FROM slots WHERE slot_id = ?", slot_id)
    if row is None:
        raise ToolError(f"there is no slot {slot_id}; look it up with list_slots")
    return row


def fetch_appointment(db, appointment_id):
    row = db.one("SELECT * FROM appointments WHERE appointment_id = ?", appointment_id)
    if row is None:
        raise ToolError(
            f"there is no appointment {appointment_id}; look it up with list_appointments"
        )
    return row


def fetch_medicine(db, drug_id):
    row = db.one("SELECT * FROM drugs WHERE drug_id = ?", drug_id)
    if row is None:
        raise ToolError(f"there is no medicine {drug_id}; look it up with list_medicines")
    return row


def fetch_prescription(db, prescription_id):
    row = db.one("SELECT * FROM prescriptions WHERE prescription_id = ?", prescription_id)
    if row is None:
        raise ToolError(
            f"there is no prescription {prescription_id}; look it up with list_prescriptions"
        )
    return row


def fetch_invoice(db, invoice_id):
    row = db.one("SELECT * FROM invoices WHERE invoice_id = ?", invoice_id)
    if row is None:
        raise ToolError(f"there is no invoice {invoice_id}; look it up with list_invoices")
    return row


def fetch_booked(db, appointment_id):
    appointment = fetch_appointment(db, appointment_id)
    if appointment["status"] != "booked":
        raise ToolError(f"the appointment is {appointment['status']}, not booked")
    return appointment


def today(db):
    return db.now()[:10]


def days_since(db, day):
    return db.one("SELECT days_between(?, ?) AS count", day, db.now())["count"]


def is_child(db, patient):
    now = db.now()
    sixteen_years_ago = f"{int(now[:4]) - 16}{now[4:10]}"
    return patient["born_on"] > sixteen_years_ago


def valid_referral(db, patient_id, specialty):
    """The open referral that ends first, or None."""
    return db.one(
        "SELECT * FROM referrals WHERE patient_id = ? AND specialty = ? AND status = 'open'"
        " AND valid_until >= ? ORDER BY valid_until, referral_id",
        patient_id,
        specialty,
        today(db),
    )


def needs_referral(patient, doctor):
    return patient["cover"] == "public" and doctor["specialty"] != FAMILY


def check_slot(db, slot):
    if slot["status"] != "free":
        raise ToolError(f"the slot is {slot['status']}; list the doctor's free slots")
    if slot["starts_at"] <= db.now():
        raise ToolError(f"the slot began at {slot['starts_at']}; choose one that is to come")


def check_day(db, patient_id, slot, but=""):
    """Refuses where the patient comes that day already; the appointment `but` does not count."""
    day = slot["starts_at"][:10]
    for other in db.all(
        "SELECT * FROM appointments WHERE patient_id = ? AND appointment_id != ?"
        " AND status IN ('booked', 'waiting') ORDER BY appointment_id",
        patient_id,
        but,
    ):
        if other["starts_at"][:10] == day:
            raise ToolError(
                f"the patient has the appointment {other['appointment_id']} on {day} already;"
                " choose another day"
            )


def set_slot(db, slot_id, status):
    db.run("UPDATE slots SET status = ? WHERE slot_id = ?", status, slot_id)


def owe(db, patient_id, amount):
    db.run("UPDATE patients SET owed = owed + ? WHERE patient_id = ?", amount, patient_id)


def find_patients(db, name: str) -> dict:
    """Find the patients of a name. Needs the whole name, in the spelling of the records. Returns
    patients with their patient_id, name, born_on, phone, email and cover; none where nobody has
    the name.

    Args:
        name: first and last name.
    """
    rows = db.all(
        "SELECT patient_id, name, born_on, phone, email, cover FROM patients WHERE name = ?"
        " ORDER BY name, patient_id",
        name,
    )
    return {"patients": rows}


def get_patient(db, patient_id: str) -> dict:
    """Read a patient's record. Needs patient_id. Returns the patient with the day of birth, how to
    reach them, their cover and what they owe in euros."""
    return fetch_patient(db, patient_id)


def change_contact(db, patient_id: str, phone: str = None, email: str = None) -> dict:
    """Change how a patient can be reached. Needs patient_id and a new phone, a new email or both.
    Returns the changed patient.

    Args:
        phone: the new phone number.
        email: the new e-mail address.
    """
    fetch_patient(db, patient_id)
    if phone is None and email is None:
        raise ToolError("there is nothing to change: give phone, email or both")
    if phone is not None:
        db.run("UPDATE patients SET phone = ? WHERE patient_id = ?", phone, patient_id)
    if email is not None:
        db.run("UPDATE patients SET email = ? WHERE patient_id = ?", email, patient_id)
    return fetch_patient(db, patient_id)


def list_doctors(db, specialty: str = None) -> dict:
    """List the doctors, all or those of one specialty. Returns doctors with their doctor_id, name,
    specialty and room.

    Args:
        specialty: only doctors of this specialty; general medicine are the family doctors.
    """
    rows = db.all(
        "SELECT doctor_id, name, specialty, room FROM doctors WHERE ? IS NULL OR specialty = ?"
        " ORDER BY name, doctor_id",
        specialty,
        specialty,
    )
    return {"doctors": rows}


def list_slots(db, doctor_id: str, status: str = None) -> dict:
    """List a doctor's slots. Needs doctor_id. Returns slots with their slot_id, starts_at, minutes
    and status.

    Args:
        status: only slots in this status; appointments are booked into free ones.
    """
    fetch_doctor(db, doctor_id)
    rows = db.all(
        "SELECT slot_id, doctor_id, starts_at, minutes, status FROM slots"
        " WHERE doctor_id = ? AND (? IS NULL OR status = ?) ORDER BY slot_id",
        doctor_id,
        status,
        status,
    )
    return {"slots": rows}


def book_appointment(db, patient_id: str, slot_id: str, reason: str) -> dict:
    """Book a patient into a free slot; a referral that is needed is used up. Needs patient_id,
    slot_id and reason. Returns the new appointment.

    Args:
        reason: why the patient comes.
    """
    patient = fetch_patient(db, patient_id)
    slot = fetch_slot(db, slot_id)
    check_slot(db, slot)
    check_day(db, patient_id, slot)
    late = db.one(
        "SELECT * FROM invoices WHERE patient_id = ? AND status = 'open' AND due_on < ?"
        " ORDER BY invoice_id",
        patient_id,
        today(db),
    )
    if late is not None and reason != "acute complaint":
        raise ToolError(
            f"the invoice {late['invoice_id']} was due on {late['due_on']}; until it is paid only"
            " acute complaints are booked"
        )
    doctor = fetch_doctor(db, slot["doctor_id"])
    if doctor["specialty"] == "paediatrics" and not is_child(db, patient):
        raise ToolError(f"{doctor['name']} sees patients under sixteen only")
    referral = None
    if needs_referral(patient, doctor):
        referral = valid_referral(db, patient_id, doctor["specialty"])
        if referral is None:
            raise ToolError(
                f"with public cover the patient needs a valid referral to {doctor['specialty']};"
                " see write_referral"
            )
    appointment_id = db.new_id("appointments")
    db.run(
        "INSERT INTO appointments (appointment_id, patient_id, doctor_id, slot_id, starts_at,"
        " reason, moves, status) VALUES (?, ?, ?, ?, ?, ?, 0, 'booked')",
        appointment_id,
        patient_id,
        slot["doctor_id"],
        slot_id,
        slot["starts_at"],
        reason,
    )
    set_slot(db, slot_id, "booked")
    if referral is not None:
        db.run(
            "UPDATE referrals SET status = 'used', appointment_id = ? WHERE referral_id = ?",
            appointment_id,
            referral["referral_id"],
        )
    return fetch_appointment(db, appointment_id)


def list_appointments(db, patient_id: str, status: str = None) -> dict:
    """List a patient's appointments, past ones too. Needs patient_id. Returns appointments with
    their appointment_id, doctor_id, slot_id, starts_at and status.

    Args:
        status: only appointments in this status.
    """
    fetch_patient(db, patient_id)
    rows = db.all(
        "SELECT appointment_id, patient_id, doctor_id, slot_id, starts_at, status FROM appointments"
        " WHERE patient_id = ? AND (? IS NULL OR status = ?) ORDER BY appointment_id",
        patient_id,
        status,
        status,
    )
    return {"appointments": rows}


def move_appointment(db, appointment_id: str, slot_id: str) -> dict:
    """Move a booked appointment to another free slot, with the same doctor or one of the same
    specialty. Needs appointment_id and the slot_id of the new slot. Returns the moved appointment.

    Args:
        slot_id: the slot that the patient gets instead.
    """
    appointment = fetch_booked(db, appointment_id)
    slot = fetch_slot(db, slot_id)
    if appointment["starts_at"] <= db.now():
        raise ToolError(f"the appointment began at {appointment['starts_at']}")
    if appointment["moves"] >= MOST_MOVES:
        raise ToolError("it was moved twice already; cancel it and book a new one")
    check_slot(db, slot)
    present = fetch_doctor(db, appointment["doctor_id"])
    wanted = fetch_doctor(db, slot["doctor_id"])
    if wanted["specialty"] != present["specialty"]:
        raise ToolError(
            f"{wanted['name']} is no doctor of {present['specialty']}; choose a slot with one"
        )
    check_day(db, appointment["patient_id"], slot, appointment_id)
    set_slot(db, appointment["slot_id"], "free")
    set_slot(db, slot_id, "booked")
    db.run(
        "UPDATE appointments SET slot_id = ?, doctor_id = ?, starts_at = ?, moves = ?"
        " WHERE appointment_id = ?",
        slot_id,
        slot["doctor_id"],
        slot["starts_at"],
        appointment["moves"] + 1,
        appointment_id,
    )
    return fetch_appointment(db, appointment_id)


def cancel_appointment(db, appointment_id: str) -> dict:
    """Cancel a booked appointment: its slot is free again, and a referral that it used is open
    again. Needs appointment_id. Returns the cancelled appointment."""
    appointment = fetch_booked(db, appointment_id)
    set_slot(db, appointment["slot_id"], "free")
    db.run(
        "UPDATE referrals SET status = 'open', appointment_id = NULL WHERE appointment_id = ?",
        appointment_id,
    )
    db.run("UPDATE appointments SET status = 'cancelled' WHERE appointment_id = ?", appointment_id)
    return fetch_appointment(db, appointment_id)


def check_in_patient(db, appointment_id: str) -> dict:
    """Note that the patient of a booked appointment has arrived on the day and waits. Needs
    appointment_id. Returns the appointment."""
    appointment = fetch_booked(db, appointment_id)
    if appointment["starts_at"][:10] != today(db):
        raise ToolError(f"the appointment is at {appointment['starts_at']}, not today")
    db.run("UPDATE appointments SET status = 'waiting' WHERE appointment_id = ?", appointment_id)
    return fetch_appointment(db, appointment_id)


def finish_visit(db, appointment_id: str) -> dict:
    """Close the appointment of a patient who was waiting and is seen now, and write the invoice for
    it. Needs appointment_id. Returns the new invoice with its amount in euros and when it is
    due."""
    appointment = fetch_appointment(db, appointment_id)
    if appointment["status"] != "waiting":
        raise ToolError(
            f"the appointment is {appointment['status']}; the patient is checked in first"
        )
    patient = fetch_patient(db, appointment["patient_id"])
    doctor = fetch_doctor(db, appointment["doctor_id"])
    if patient["cover"] == "public":
        amount = FEES["public"]
    else:
        amount = FEES["family" if doctor["specialty"] == FAMILY else "specialist"]
    invoice_id = db.new_id("invoices")
    db.run(
        "INSERT INTO invoices (invoice_id, patient_id, appointment_id, due_on, amount, paid,"
        " status) VALUES (?, ?, ?, add_days(?, ?), ?, 0, 'open')",
        invoice_id,
        patient["patient_id"],
        appointment_id,
        today(db),
        DAYS_TO_PAY,
        amount,
    )
    db.run("UPDATE appointments SET status = 'seen' WHERE appointment_id = ?", appointment_id)
    owe(db, patient["patient_id"], amount)
    return fetch_invoice(db, invoice_id)


def list_referrals(db, patient_id: str, status: str = None) -> dict:
    """List a patient's referrals. Needs patient_id. Returns referrals with their referral_id,
    specialty, expiry date, status and the appointment that used them up.

    Args:
        status: only referrals in this status.
    """
    fetch_patient(db, patient_id)
    rows = db.all(
        "SELECT referral_id, patient_id, specialty, valid_until, status, appointment_id"
        " FROM referrals WHERE patient_id = ? AND (? IS NULL OR status = ?) ORDER BY referral_id",
        patient_id,
        status,
        status,
    )
    return {"referrals": rows}


def write_referral(db, patient_id: str, specialty: str) -> dict:
    """Write a referral of 90 days to a specialist for a patient whom a family doctor has seen.
    Needs patient_id and specialty. Returns the new referral with its expiry date.

    Args:
        specialty: what the specialist is for.
    """
    patient = fetch_patient(db, patient_id)
    seen = False
    for visit in db.all(
        "SELECT a.starts_at FROM appointments AS a JOIN doctors AS d USING (doctor_id)"
        " WHERE a.patient_id = ? AND a.status = 'seen' AND d.specialty = ?",
        patient_id,
        FAMILY,
    ):
        seen = seen or days_since(db, visit["starts_at"]) <= 60
    if not seen:
        raise ToolError(
            "no family doctor has seen the patient in the last 60 days; book an appointment with"
            " one first"
        )
    if specialty == "paediatrics" and not is_child(db, patient):
        raise ToolError("children's doctors see patients under sixteen only")
    present = valid_referral(db, patient_id, specialty)
    if present is not None:
        raise ToolError(
            f"the patient has the referral {present['referral_id']} to {specialty} until"
            f" {present['valid_until']}"
        )
    referral_id = db.new_id("referrals")
    db.run(
        "INSERT INTO referrals (referral_id, patient_id, specialty, valid_until, status)"
        " VALUES (?, ?, ?, add_days(?, 90), 'open')",
        referral_id,
        patient_id,
        specialty,
        today(db),
    )
    return db.one("SELECT * FROM referrals WHERE referral_id = ?", referral_id)


def list_medicines(db, purpose: str = None) -> dict:
    """List the medicines that the practice prescribes. Returns drugs with their drug_id, name,
    purpose, dose and greatest number of refills.

    Args:
        purpose: only medicines for this purpose.
    """
    rows = db.all(
        "SELECT drug_id, name, purpose, dose, most_refills FROM drugs"
        " WHERE ? IS NULL OR purpose = ? ORDER BY name, drug_id",
        purpose,
        purpose,
    )
    return {"drugs": rows}


def record_allergy(db, patient_id: str, drug_id: str) -> dict:
    """Record that a patient is allergic to a medicine; active prescriptions of it are stopped.
    Needs patient_id and drug_id. Returns both and that they are linked."""
    fetch_patient(db, patient_id)
    medicine = fetch_medicine(db, drug_id)
    if is_allergic(db, patient_id, drug_id):
        raise ToolError(f"the allergy to {medicine['name']} is recorded already")
    db.run("INSERT INTO allergies (patient_id, drug_id) VALUES (?, ?)", patient_id, drug_id)
    db.run(
        "UPDATE prescriptions SET status = 'stopped'"
        " WHERE patient_id = ? AND drug_id = ? AND status = 'active'",
        patient_id,
        drug_id,
    )
    return {"patient_id": patient_id, "drug_id": drug_id, "linked": True}


def is_allergic(db, patient_id, drug_id):
    row = db.one(
        "SELECT 1 FROM allergies WHERE patient_id = ? AND drug_id = ?", patient_id, drug_id
    )
    return row is not None


def prescribe(db, patient_id: str, drug_id: str, refills: int) -> dict:
    """Prescribe a medicine to a patient and hand it out for the first time. Needs patient_id,
    drug_id and refills. Returns the new prescription, which is valid for 180 days.

    Args:
        refills: how often it may be refilled after today.
    """
    fetch_patient(db, patient_id)
    medicine = fetch_medicine(db, drug_id)
    if is_allergic(db, patient_id, drug_id):
        raise ToolError(f"the patient is allergic to {medicine['name']}; choose another medicine")
    active = db.one(
        "SELECT prescription_id FROM prescriptions WHERE patient_id = ? AND drug_id = ?"
        " AND status = 'active'",
        patient_id,
        drug_id,
    )
    if active is not None:
        raise ToolError(
            f"the prescription {active['prescription_id']} of {medicine['name']} is active; it can"
            " be refilled"
        )
    if refills < 0 or refills > medicine["most_refills"]:
        raise ToolError(f"{medicine['name']} takes 0 to {medicine['most_refills']} refills")
    prescription_id = db.new_id("prescriptions")
    db.run(
        "INSERT INTO prescriptions (prescription_id, patient_id, drug_id, name, status, filled_on,"
        " refills_left, valid_until) VALUES (?, ?, ?, ?, ?, ?, ?, add_days(?, 180))",
        prescription_id,
        patient_id,
        drug_id,
        medicine["name"],
        "active" if refills else "used up",
        today(db),
        refills,
        today(db),
    )
    return fetch_prescription(db, prescription_id)


def list_prescriptions(db, patient_id: str, status: str = None) -> dict:
    """List a patient's prescriptions. Needs patient_id. Returns prescriptions with their
    prescription_id, drug_id, name of the medicine, status and the day they were last filled.

    Args:
        status: only prescriptions in this status.
    """
    fetch_patient(db, patient_id)
    rows = db.all(
        "SELECT prescription_id, patient_id, drug_id, name, status, filled_on FROM prescriptions"
        " WHERE patient_id = ? AND (? IS NULL OR status = ?) ORDER BY name, prescription_id",
        patient_id,
        status,
        status,
    )
    return {"prescriptions": rows}


def refill_prescription(db, prescription_id: str) -> dict:
    """Refill a prescription; with the last refill it is used up. Needs prescription_id. Returns the
    prescription with its refills_left."""
    prescription = fetch_prescription(db, prescription_id)
    if prescription["status"] != "active":
        raise ToolError(f"the prescription is {prescription['status']}; a new one can be written")
    if prescription["valid_until"] < today(db):
        raise ToolError(f"the prescription was valid until {prescription['valid_until']}")
    if days_since(db, prescription["filled_on"]) < DAYS_BETWEEN_REFILLS:
        raise ToolError(
            f"it was filled on {prescription['filled_on']}; the next refill is"
            f" {DAYS_BETWEEN_REFILLS} days later"
        )
    left = prescription["refills_left"] - 1
    db.run(
        "UPDATE prescriptions SET refills_left = ?, filled_on = ?, status = ?"
        " WHERE prescription_id = ?",
        left,
        today(db),
        "active" if left else "used up",
        prescription_id,
    )
    return fetch_prescription(db, prescription_id)


def list_invoices(db, patient_id: str, status: str = None) -> dict:
    """List a patient's invoices. Needs patient_id. Returns invoices with their invoice_id,
    appointment_id, due_on, amount in euros and status.

    Args:
        status: only invoices in this status.
    """
    fetch_patient(db, patient_id)
    rows = db.all(
        "SELECT invoice_id, patient_id, appointment_id, due_on, amount, status FROM invoices"
        " WHERE patient_id = ? AND (? IS NULL OR status = ?) ORDER BY invoice_id",
        patient_id,
        status,
        status,
    )
    return {"invoices": rows}


def pay_invoice(db, invoice_id: str, amount: int) -> dict:
    """Take a payment for an open invoice. Needs invoice_id and amount. Returns the invoice, which
    is paid once nothing is left to pay.

    Args:
        amount: whole euros.
    """
    invoice = fetch_invoice(db, invoice_id)
    if invoice["status"] != "open":
        raise ToolError("the invoice is paid already")
    left = invoice["amount"] - invoice["paid"]
    if amount < 1 or amount > left:
        raise ToolError(f"the amount must be between 1 and {left}, what is left to pay")
    db.run(
        "UPDATE invoices SET paid = ?, status = ? WHERE invoice_id = ?",
        invoice["paid"] + amount,
        "paid" if amount == left else "open",
        invoice_id,
    )
    owe(db, invoice["patient_id"], -amount)
    return fetch_invoice(db, invoice_id)
