-- People: the address is made of the name.
UPDATE patients
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- At least two family doctors take patients.
UPDATE doctors SET specialty = 'general medicine' WHERE doctor_id IN (
    SELECT doctor_id FROM doctors ORDER BY specialty = 'general medicine' DESC, name LIMIT 2
);

-- Slots: a doctor starts one at a time; appointments are spread over them, each in its own.
DELETE FROM slots WHERE EXISTS (
    SELECT 1 FROM slots AS s WHERE s.doctor_id = slots.doctor_id
    AND s.starts_at = slots.starts_at AND s.slot_id < slots.slot_id
);
UPDATE slots SET starts_at = substr(:now, 1, 10) || substr(starts_at, 11)
WHERE abs(days_between(:now, starts_at)) <= 6;
UPDATE slots SET starts_at = add_days(starts_at, -2)  -- from the weekend; the clock is a Monday
WHERE (days_between(:now, starts_at) + 70) % 7 > 4;
DELETE FROM slots WHERE EXISTS (
    SELECT 1 FROM slots AS s WHERE s.doctor_id = slots.doctor_id
    AND s.starts_at = slots.starts_at AND s.slot_id < slots.slot_id
);
UPDATE appointments SET slot_id = (
    SELECT slot_id FROM (SELECT slot_id, row_number() OVER (ORDER BY slot_id) AS place FROM slots)
    WHERE place = (
        SELECT count(*) FROM appointments AS a WHERE a.appointment_id <= appointments.appointment_id
    )
);
UPDATE appointments SET
    doctor_id = (SELECT doctor_id FROM slots AS s WHERE s.slot_id = appointments.slot_id),
    starts_at = (SELECT starts_at FROM slots AS s WHERE s.slot_id = appointments.slot_id);

-- What an appointment's status says is so; who comes to a children's doctor is a child.
UPDATE appointments SET status = CASE
    WHEN status = 'cancelled' THEN status
    WHEN starts_at <= :now THEN CASE status WHEN 'missed' THEN status ELSE 'seen' END
    WHEN substr(starts_at, 1, 10) = substr(:now, 1, 10) AND status = 'waiting' THEN status
    ELSE 'booked'
END;
UPDATE appointments SET status = 'cancelled'
WHERE (SELECT specialty FROM doctors AS d WHERE d.doctor_id = appointments.doctor_id)
    = 'paediatrics'
AND (SELECT born_on FROM patients AS p WHERE p.patient_id = appointments.patient_id)
    <= (CAST(substr(:now, 1, 4) AS INTEGER) - 16) || substr(:now, 5, 6);
UPDATE appointments SET status = 'cancelled' WHERE status IN ('booked', 'waiting') AND EXISTS (
    SELECT 1 FROM appointments AS a WHERE a.patient_id = appointments.patient_id
    AND a.status IN ('booked', 'waiting') AND a.appointment_id < appointments.appointment_id
    AND substr(a.starts_at, 1, 10) = substr(appointments.starts_at, 1, 10)
);

-- Referrals: the first ones took patients with public cover to the specialists that they see.
UPDATE referrals SET status = 'open', appointment_id = (
    SELECT appointment_id FROM (
        SELECT a.appointment_id, row_number() OVER (ORDER BY a.appointment_id) AS place
        FROM appointments AS a
        JOIN doctors AS d ON d.doctor_id = a.doctor_id
        JOIN patients AS p ON p.patient_id = a.patient_id
        WHERE a.status IN ('booked', 'waiting') AND p.cover = 'public'
        AND d.specialty != 'general medicine'
    ) WHERE place = 2 * (
        SELECT count(*) FROM referrals AS r WHERE r.referral_id <= referrals.referral_id
    )
);
UPDATE referrals SET
    status = 'used',
    patient_id = (
        SELECT patient_id FROM appointments AS a
        WHERE a.appointment_id = referrals.appointment_id
    ),
    specialty = (
        SELECT specialty FROM appointments AS a JOIN doctors AS d ON d.doctor_id = a.doctor_id
        WHERE a.appointment_id = referrals.appointment_id
    )
WHERE appointment_id IS NOT NULL;
UPDATE appointments SET status = 'cancelled'
WHERE status IN ('booked', 'waiting')
AND (SELECT specialty FROM doctors AS d WHERE d.doctor_id = appointments.doctor_id)
    != 'general medicine'
AND (SELECT cover FROM patients AS p WHERE p.patient_id = appointments.patient_id) = 'public'
AND appointment_id NOT IN (
    SELECT appointment_id FROM referrals WHERE appointment_id IS NOT NULL
);
UPDATE referrals SET specialty = 'dermatology' WHERE specialty = 'paediatrics'
AND (SELECT born_on FROM patients AS p WHERE p.patient_id = referrals.patient_id)
    <= (CAST(substr(:now, 1, 4) AS INTEGER) - 16) || substr(:now, 5, 6);
DELETE FROM referrals WHERE status = 'open' AND EXISTS (
    SELECT 1 FROM referrals AS r WHERE r.patient_id = referrals.patient_id AND r.status = 'open'
    AND r.specialty = referrals.specialty AND r.referral_id < referrals.referral_id
);

-- Slots are booked where an appointment is; past ones that nobody took are gone.
UPDATE slots SET status = 'free' WHERE status = 'booked';
UPDATE slots SET status = 'booked' WHERE slot_id IN (
    SELECT slot_id FROM appointments WHERE status != 'cancelled'
);
DELETE FROM slots WHERE starts_at <= :now
AND slot_id NOT IN (SELECT slot_id FROM appointments);
UPDATE slots SET status = 'blocked' WHERE starts_at <= :now AND status = 'free';

-- Prescriptions: none against an allergy, one active a medicine.
UPDATE prescriptions SET
    name = (SELECT name FROM drugs AS d WHERE d.drug_id = prescriptions.drug_id),
    status = CASE
        WHEN status = 'active' AND EXISTS (
            SELECT 1 FROM allergies AS a WHERE a.patient_id = prescriptions.patient_id
            AND a.drug_id = prescriptions.drug_id
        ) THEN 'stopped'
        WHEN (SELECT most_refills FROM drugs AS d WHERE d.drug_id = prescriptions.drug_id) = 0
            THEN 'used up'
        ELSE status
    END;
UPDATE prescriptions SET status = 'stopped' WHERE status = 'active' AND EXISTS (
    SELECT 1 FROM prescriptions AS p WHERE p.patient_id = prescriptions.patient_id
    AND p.drug_id = prescriptions.drug_id AND p.status = 'active'
    AND p.prescription_id < prescriptions.prescription_id
);
UPDATE prescriptions SET refills_left = CASE status WHEN 'used up' THEN 0 ELSE 1 + (
    SELECT most_refills FROM drugs AS d WHERE d.drug_id = prescriptions.drug_id
) / 2 END;

-- Invoices: one a visit.
DELETE FROM invoices WHERE (
    SELECT count(*) FROM invoices AS i WHERE i.invoice_id <= invoices.invoice_id
) > (SELECT count(*) FROM appointments WHERE status = 'seen');
UPDATE invoices SET appointment_id = (
    SELECT appointment_id FROM (
        SELECT appointment_id, row_number() OVER (ORDER BY appointment_id) AS place
        FROM appointments WHERE status = 'seen'
    ) WHERE place = (SELECT count(*) FROM invoices AS i WHERE i.invoice_id <= invoices.invoice_id)
);
UPDATE invoices SET
    patient_id = (
        SELECT patient_id FROM appointments AS a WHERE a.appointment_id = invoices.appointment_id
    ),
    due_on = (
        SELECT add_days(substr(starts_at, 1, 10), 14) FROM appointments AS a
        WHERE a.appointment_id = invoices.appointment_id
    ),
    amount = (
        SELECT CASE
            WHEN p.cover = 'public' THEN 10
            WHEN d.specialty = 'general medicine' THEN 40
            ELSE 90
        END
        FROM appointments AS a JOIN patients AS p ON p.patient_id = a.patient_id
        JOIN doctors AS d ON d.doctor_id = a.doctor_id
        WHERE a.appointment_id = invoices.appointment_id
    );
UPDATE invoices SET paid = amount WHERE status = 'paid';
UPDATE patients SET owed = coalesce((
    SELECT sum(amount - paid) FROM invoices AS i WHERE i.patient_id = patients.patient_id
), 0);
