"""Tools of the school office."""

MOST_CLASSES = 5
MOST_WAITING = 3
MOST_TAUGHT = 6
PASS = 5
FIRST_MONDAY = "2026-01-05"
EXCUSE_DAYS = 7
FULL_REFUND_DAYS = 14
MOST_UNEXCUSED = 2


def fetch_student(db, student_id):
    row = db.one("SELECT * FROM students WHERE student_id = ?", student_id)
    if row is None:
        raise ToolError(f"there is no student {student_id}; look it up with list_students")
    return row


def fetch_enrolled_student(db, student_id):
    student = fetch_student(db, student_id)
    if student["status"] != "enrolled":
        raise ToolError(f"{student['name']} is not enrolled at the school but {student['status']}")
    return student


def fetch_course(db, course_id):
    row = db.one("SELECT * FROM courses WHERE course_id = ?", course_id)
    if row is None:
        raise ToolError(f"there is no course {course_id}; look it up with list_courses")
    return row


def fetch_class(db, class_id):
    row = db.one("SELECT * FROM classes WHERE class_id = ?", class_id)
    if row is None:
        raise ToolError(f"there is no class {class_id}; look it up with list_classes")
    return row


def fetch_trip(db, trip_id):
    row = db.one("SELECT * FROM trips WHERE trip_id = ?", trip_id)
    if row is None:
        raise ToolError(f"there is no trip {trip_id}; look it up with list_trips")
    return row


def find_enrolment(db, student_id, class_id):
    return db.one(
        "SELECT * FROM enrolments WHERE student_id = ? AND class_id = ?", student_id, class_id
    )


def find_place(db, student_id, trip_id):
    return db.one(
        "SELECT * FROM trip_places WHERE student_id = ? AND trip_id = ?", student_id, trip_id
    )


def today(db):
    return db.now()[:10]


def days_until(db, day):
    return db.one("SELECT days_between(?, ?) AS days", today(db), day)["days"]


def attended(db, student_id):
    return db.all(
        "SELECT c.* FROM enrolments AS e JOIN classes AS c ON c.class_id = e.class_id"
        " WHERE e.student_id = ? AND e.status = 'attending' ORDER BY c.class_id",
        student_id,
    )


def waiting_for(db, class_id):
    return db.all("SELECT * FROM enrolments WHERE class_id = ? AND status = 'waiting'", class_id)


def check_changes(db, wanted):
    if wanted["changes_until"] < today(db):
        raise ToolError(f"{wanted['name']} could be changed until {wanted['changes_until']}")


def check_entry(db, wanted):
    if wanted["status"] != "open":
        raise ToolError(f"{wanted['name']} is {wanted['status']}; choose an open class")
    check_changes(db, wanted)


def check_place(db, wanted):
    if wanted["places_left"] < 1:
        raise ToolError(f"{wanted['name']} is full; use wait_for_class or choose another group")
    if waiting_for(db, wanted["class_id"]):
        raise ToolError(f"others wait for {wanted['name']}; use wait_for_class")


def check_course(db, student_id, wanted):
    if find_enrolment(db, student_id, wanted["class_id"]) is not None:
        raise ToolError(f"the student is or was in {wanted['name']}; see list_enrolments")
    twin = db.one(
        "SELECT c.name FROM enrolments AS e JOIN classes AS c ON c.class_id = e.class_id"
        " WHERE e.student_id = ? AND c.course_id = ? AND e.status IN ('attending', 'waiting')",
        student_id,
        wanted["course_id"],
    )
    if twin is not None:
        raise ToolError(f"the student is in {twin['name']} of the same course; see move_class")


def check_time(lessons, wanted):
    for lesson in lessons:
        if lesson["weekday"] == wanted["weekday"] and lesson["period"] == wanted["period"]:
            raise ToolError(
                f"the student attends {lesson['name']} at that time, {wanted['weekday']} period"
                f" {wanted['period']}"
            )


def check_count(lessons):
    if len(lessons) >= MOST_CLASSES:
        raise ToolError(f"the student attends {MOST_CLASSES} classes already; one must be dropped")


def check_passed(db, student_id, wanted):
    course = fetch_course(db, wanted["course_id"])
    if course["level"] == "foundation":
        return
    passed = db.one(
        "SELECT 1 FROM enrolments AS e JOIN classes AS c ON c.class_id = e.class_id"
        " JOIN courses AS k ON k.course_id = c.course_id"
        " WHERE e.student_id = ? AND e.grade >= ? AND k.level = 'foundation' AND k.subject = ?",
        student_id,
        PASS,
        course["subject"],
    )
    if passed is None:
        raise ToolError(
            f"{course['title']} is advanced; the student must first pass a foundation course in"
            f" {course['subject']}"
        )


def add_places(db, class_id, count):
    db.run("UPDATE classes SET places_left = places_left + ? WHERE class_id = ?", count, class_id)


def add_enrolment(db, student_id, class_id, status):
    enrolment_id = db.new_id("enrolments")
    db.run(
        "INSERT INTO enrolments (enrolment_id, student_id, class_id, enrolled_on, status)"
        " VALUES (?, ?, ?, ?, ?)",
        enrolment_id,
        student_id,
        class_id,
        today(db),
        status,
    )
    return find_enrolment(db, student_id, class_id)


def list_students(db, year_group: str | None = None) -> dict:
    """List the students, all or those of one year group. Returns students with their student_id,
    name, year group, status, guardian's phone number and account balance in euros.

    Args:
        year_group: only students of this year group.
    """
    rows = db.all(
        "SELECT student_id, name, year_group, status, guardian_phone, account FROM students"
        " WHERE ? IS NULL OR year_group = ? ORDER BY name, student_id",
        year_group,
        year_group,
    )
    return {"students": rows}


def get_student(db, student_id: str) -> dict:
    """Read a student's record. Needs student_id. Returns the student with year group, status and
    account balance in euros."""
    return fetch_student(db, student_id)


def list_teachers(db, subject: str | None = None) -> dict:
    """List the teachers, all or those of one subject. Returns teachers with their teacher_id, name,
    subject, status and staff room.

    Args:
        subject: only teachers of this subject.
    """
    rows = db.all(
        "SELECT teacher_id, name, subject, status, staff_room FROM teachers"
        " WHERE ? IS NULL OR subject = ? ORDER BY name, teacher_id",
        subject,
        subject,
    )
    return {"teachers": rows}


def list_courses(db, subject: str | None = None) -> dict:
    """List the courses, all or those of one subject. Returns courses with their course_id, title,
    subject, level and textbook.

    Args:
        subject: only courses of this subject.
    """
    rows = db.all(
        "SELECT course_id, title, subject, level, textbook FROM courses"
        " WHERE ? IS NULL OR subject = ? ORDER BY title, course_id",
        subject,
        subject,
    )
    return {"courses": rows}


def list_classes(
    db, course_id: str | None = None, weekday: str | None = None, status: str | None = None
) -> dict:
    """List the classes, all or those of one course, weekday or status. Returns classes with their
    class_id, name, course_id, teacher_id, weekday and status.

    Args:
        course_id: only classes of this course.
        weekday: only classes on this day.
        status: only classes in this status.
    """
    if course_id is not None:
        fetch_course(db, course_id)
    rows = db.all(
        "SELECT class_id, course_id, teacher_id, name, weekday, status FROM classes"
        " WHERE (? IS NULL OR course_id = ?) AND (? IS NULL OR weekday = ?)"
        " AND (? IS NULL OR status = ?) ORDER BY name, class_id",
        course_id,
        course_id,
        weekday,
        weekday,
        status,
        status,
    )
    return {"classes": rows}


def get_class(db, class_id: str) -> dict:
    """Read a class. Needs class_id. Returns the class with its weekday, period and room, the date
    of its last change, its places and how many are left."""
    return fetch_class(db, class_id)


def list_enrolments(db, student_id: str, status: str | None = None) -> dict:
    """List the classes that a student is or was in. Needs student_id. Returns enrolments with their
    class_id, date, status and grade.

    Args:
        status: only enrolments in this status.
    """
    fetch_student(db, student_id)
    rows = db.all(
        "SELECT enrolment_id, student_id, class_id, enrolled_on, status, grade FROM enrolments"
        " WHERE student_id = ? AND (? IS NULL OR status = ?) ORDER BY enrolment_id",
        student_id,
        status,
        status,
    )
    return {"enrolments": rows}


def list_absences(db, student_id: str, status: str | None = None) -> dict:
    """List the absences of a student. Needs student_id. Returns absences with their absence_id,
    day, number of lessons, cause and status.

    Args:
        status: only absences in this status.
    """
    fetch_student(db, student_id)
    rows = db.all(
        "SELECT absence_id, student_id, absent_on, lessons, cause, status FROM absences"
        " WHERE student_id = ? AND (? IS NULL OR status = ?) ORDER BY absence_id",
        student_id,
        status,
        status,
    )
    return {"absences": rows}


def list_trips(db, year_group: str | None = None) -> dict:
    """List the class trips, all or those of one year group. Returns trips with their trip_id,
    title, year group, day of departure, booking deadline and status.

    Args:
        year_group: only trips of this year group.
    """
    rows = db.all(
        "SELECT trip_id, title, year_group, leaves_on, book_by, status FROM trips"
        " WHERE ? IS NULL OR year_group = ? ORDER BY title, trip_id",
        year_group,
        year_group,
    )
    return {"trips": rows}


def list_trip_places(db, student_id: str, status: str | None = None) -> dict:
    """List the places that a student has on trips. Needs student_id. Returns trip_places with
    their trip_id, status, day of reservation and refund in euros.

    Args:
        status: only places in this status.
    """
    fetch_student(db, student_id)
    rows = db.all(
        "SELECT place_id, student_id, trip_id, status, reserved_on, refund FROM trip_places"
        " WHERE student_id = ? AND (? IS NULL OR status = ?) ORDER BY place_id",
        student_id,
        status,
        status,
    )
    return {"trip_places": rows}


def enrol_student(db, student_id: str, class_id: str) -> dict:
    """Enrol a student in an open class. Needs student_id and class_id. Returns the new
    enrolment."""
    fetch_enrolled_student(db, student_id)
    wanted = fetch_class(db, class_id)
    check_entry(db, wanted)
    check_place(db, wanted)
    check_course(db, student_id, wanted)
    lessons = attended(db, student_id)
    check_time(lessons, wanted)
    check_count(lessons)
    check_passed(db, student_id, wanted)
    add_places(db, class_id, -1)
    return add_enrolment(db, student_id, class_id, "attending")


def wait_for_class(db, student_id: str, class_id: str) -> dict:
    """Put a student on the waiting list of a class that has no place. Needs student_id and
    class_id. Returns the new enrolment, which is waiting."""
    fetch_enrolled_student(db, student_id)
    wanted = fetch_class(db, class_id)
    if wanted["status"] != "open":
        raise ToolError(f"{wanted['name']} is {wanted['status']}; choose an open class")
    if wanted["places_left"] > 0 and not waiting_for(db, class_id):
        raise ToolError(f"{wanted['places_left']} places are left; use enrol_student")
    check_course(db, student_id, wanted)
    lines = db.all(
        "SELECT 1 FROM enrolments WHERE student_id = ? AND status = 'waiting'", student_id
    )
    if len(lines) >= MOST_WAITING:
        raise ToolError(f"the student waits for {MOST_WAITING} classes already")
    check_passed(db, student_id, wanted)
    return add_enrolment(db, student_id, class_id, "waiting")


def admit_waiting(db, student_id: str, class_id: str) -> dict:
    """Give a free place in a class to the student who has waited longest. Needs student_id and
    class_id. Returns the enrolment, which is now attending."""
    fetch_student(db, student_id)
    wanted = fetch_class(db, class_id)
    enrolment = find_enrolment(db, student_id, class_id)
    if enrolment is None or enrolment["status"] != "waiting":
        raise ToolError(f"the student does not wait for {wanted['name']}")
    check_entry(db, wanted)
    if wanted["places_left"] < 1:
        raise ToolError(f"{wanted['name']} has no free place yet")
    for other in waiting_for(db, class_id):
        if other["enrolled_on"] < enrolment["enrolled_on"]:
            raise ToolError(f"the student {other['student_id']} has waited longer")
    lessons = attended(db, student_id)
    check_time(lessons, wanted)
    check_count(lessons)
    add_places(db, class_id, -1)
    db.run(
        "UPDATE enrolments SET status = 'attending', enrolled_on = ? WHERE enrolment_id = ?",
        today(db),
        enrolment["enrolment_id"],
    )
    return find_enrolment(db, student_id, class_id)


def drop_class(db, student_id: str, class_id: str) -> dict:
    """Take a student out of a class or off its waiting list. Needs student_id and class_id. Returns
    the enrolment, which is now dropped."""
    fetch_student(db, student_id)
    left = fetch_class(db, class_id)
    enrolment = find_enrolment(db, student_id, class_id)
    if enrolment is None or enrolment["status"] not in ("attending", "waiting"):
        raise ToolError(f"the student neither attends {left['name']} nor waits for it")
    if enrolment["status"] == "attending":
        check_changes(db, left)
        if len(attended(db, student_id)) < 2:
            raise ToolError("it is the student's only class; enrol the student in another first")
        add_places(db, class_id, 1)
    db.run(
        "UPDATE enrolments SET status = 'dropped' WHERE enrolment_id = ?",
        enrolment["enrolment_id"],
    )
    return find_enrolment(db, student_id, class_id)


def move_class(db, student_id: str, class_id: str, new_class_id: str) -> dict:
    """Move a student to another class of the same course. Needs student_id, class_id and
    new_class_id. Returns the enrolment with its new class.

    Args:
        class_id: the class that the student attends now.
        new_class_id: the class that the student is to attend.
    """
    fetch_student(db, student_id)
    present = fetch_class(db, class_id)
    wanted = fetch_class(db, new_class_id)
    enrolment = find_enrolment(db, student_id, class_id)
    if enrolment is None or enrolment["status"] != "attending":
        raise ToolError(f"the student does not attend {present['name']}")
    check_changes(db, present)
    if wanted["course_id"] != present["course_id"] or new_class_id == class_id:
        raise ToolError(f"{wanted['name']} is not another class of the same course")
    check_entry(db, wanted)
    check_place(db, wanted)
    if find_enrolment(db, student_id, new_class_id) is not None:
        raise ToolError(f"the student has left {wanted['name']} before")
    others = [one for one in attended(db, student_id) if one["class_id"] != class_id]
    check_time(others, wanted)
    add_places(db, class_id, 1)
    add_places(db, new_class_id, -1)
    db.run(
        "UPDATE enrolments SET class_id = ?, enrolled_on = ? WHERE enrolment_id = ?",
        new_class_id,
        today(db),
        enrolment["enrolment_id"],
    )
    return find_enrolment(db, student_id, new_class_id)


def record_grade(db, student_id: str, class_id: str, grade: int) -> dict:
    """Enter the final grade of a student in a finished class. Needs student_id, class_id and grade.
    Returns the enrolment, which is now completed.

    Args:
        grade: from 1 to 10; 5 is a pass.
    """
    fetch_student(db, student_id)
    finished = fetch_class(db, class_id)
    enrolment = find_enrolment(db, student_id, class_id)
    if enrolment is None or enrolment["status"] != "ungraded":
        state = "not in the class" if enrolment is None else enrolment["status"]
        raise ToolError(f"no grade of {finished['name']} is due; the student is {state}")
    if grade < 1 or grade > 10:
        raise ToolError("the grade must be between 1 and 10")
    db.run(
        "UPDATE enrolments SET status = 'completed', grade = ? WHERE enrolment_id = ?",
        grade,
        enrolment["enrolment_id"],
    )
    return find_enrolment(db, student_id, class_id)


def change_teacher(db, class_id: str, teacher_id: str) -> dict:
    """Give a class to another teacher of its subject. Needs class_id and teacher_id. Returns the
    changed class.

    Args:
        teacher_id: the teacher who is to give it.
    """
    given = fetch_class(db, class_id)
    teacher = db.one("SELECT * FROM teachers WHERE teacher_id = ?", teacher_id)
    if teacher is None:
        raise ToolError(f"there is no teacher {teacher_id}; look it up with list_teachers")
    if given["status"] == "finished":
        raise ToolError(f"{given['name']} is finished")
    if teacher["status"] != "teaching":
        raise ToolError(f"{teacher['name']} is on leave")
    subject = fetch_course(db, given["course_id"])["subject"]
    if teacher["subject"] != subject:
        raise ToolError(f"{teacher['name']} teaches {teacher['subject']}; {subject} is needed")
    if given["teacher_id"] == teacher_id:
        raise ToolError(f"{teacher['name']} gives the class already")
    taught = db.all(
        "SELECT * FROM classes WHERE teacher_id = ? AND status != 'finished' ORDER BY class_id",
        teacher_id,
    )
    for other in taught:
        if other["weekday"] == given["weekday"] and other["period"] == given["period"]:
            raise ToolError(f"{teacher['name']} gives {other['name']} at that time")
    if len(taught) >= MOST_TAUGHT:
        raise ToolError(f"{teacher['name']} gives {MOST_TAUGHT} classes already")
    db.run("UPDATE classes SET teacher_id = ? WHERE class_id = ?", teacher_id, class_id)
    return fetch_class(db, class_id)


def note_absence(db, student_id: str, absent_on: str, lessons: int, cause: str) -> dict:
    """Note that a student is or will be absent. With a known cause the absence is excused. Needs
    student_id, absent_on, lessons and cause. Returns the new absence with its status.

    Args:
        absent_on: the day, YYYY-MM-DD.
        lessons: how many lessons are missed.
        cause: why the student is absent.
    """
    fetch_enrolled_student(db, student_id)
    days = days_until(db, absent_on)
    if len(absent_on) != 10 or days is None:
        raise ToolError("absent_on must be a day like 2026-09-22")
    if days < -14 or days > 7:
        raise ToolError("absences are noted from 14 days back to 7 days ahead")
    since = db.one("SELECT days_between(?, ?) AS days", FIRST_MONDAY, absent_on)["days"]
    if since % 7 > 4:
        raise ToolError(f"{absent_on} is no school day but on a weekend")
    twin = db.one(
        "SELECT * FROM absences WHERE student_id = ? AND absent_on = ?", student_id, absent_on
    )
    if twin is not None:
        raise ToolError(f"the absence {twin['absence_id']} of that day is noted already")
    if lessons < 1 or lessons > 6:
        raise ToolError("1 to 6 lessons can be missed on a day")
    absence_id = db.new_id("absences")
    db.run(
        "INSERT INTO absences (absence_id, student_id, absent_on, lessons, cause, status)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        absence_id,
        student_id,
        absent_on,
        lessons,
        cause,
        "unexcused" if cause == "unknown" else "excused",
    )
    return db.one("SELECT * FROM absences WHERE absence_id = ?", absence_id)


def excuse_absence(db, absence_id: str, cause: str) -> dict:
    """Excuse an absence afterwards. Needs absence_id and the cause. Returns the excused absence.

    Args:
        cause: why the student was absent; it must be known.
    """
    absence = db.one("SELECT * FROM absences WHERE absence_id = ?", absence_id)
    if absence is None:
        raise ToolError(f"there is no absence {absence_id}; look it up with list_absences")
    if absence["status"] != "unexcused":
        raise ToolError(f"the absence is excused already, the cause was {absence['cause']}")
    if days_until(db, absence["absent_on"]) < -EXCUSE_DAYS:
        raise ToolError(f"it was on {absence['absent_on']}, more than {EXCUSE_DAYS} days ago")
    if cause == "unknown":
        raise ToolError("only a known cause excuses an absence; ask for it")
    db.run(
        "UPDATE absences SET status = 'excused', cause = ? WHERE absence_id = ?", cause, absence_id
    )
    return db.one("SELECT * FROM absences WHERE absence_id = ?", absence_id)


def reserve_trip(db, student_id: str, trip_id: str) -> dict:
    """Reserve a place on a trip for a student of its year group. Needs student_id and trip_id.
    Returns the new place, which is to be paid."""
    student = fetch_enrolled_student(db, student_id)
    trip = fetch_trip(db, trip_id)
    missed = db.all(
        "SELECT 1 FROM absences WHERE student_id = ? AND status = 'unexcused'", student_id
    )
    if len(missed) > MOST_UNEXCUSED:
        raise ToolError(
            f"{student['name']} has {len(missed)} unexcused absences; at most {MOST_UNEXCUSED} are"
            " allowed"
        )
    if trip["status"] != "open":
        raise ToolError(f"{trip['title']} has been called off")
    if trip["year_group"] != student["year_group"]:
        raise ToolError(f"the trip is for {trip['year_group']}, not {student['year_group']}")
    if trip["book_by"] < today(db):
        raise ToolError(f"the booking deadline was {trip['book_by']}")
    if trip["places_left"] < 1:
        raise ToolError(f"no places on {trip['title']} are left")
    twin = find_place(db, student_id, trip_id)
    if twin is not None:
        raise ToolError(f"the student's place on {trip['title']} is {twin['status']} already")
    place_id = db.new_id("trip_places")
    db.run(
        "INSERT INTO trip_places (place_id, student_id, trip_id, status, reserved_on, refund)"
        " VALUES (?, ?, ?, 'reserved', ?, 0)",
        place_id,
        student_id,
        trip_id,
        today(db),
    )
    db.run("UPDATE trips SET places_left = places_left - 1 WHERE trip_id = ?", trip_id)
    return find_place(db, student_id, trip_id)


def pay_trip(db, student_id: str, trip_id: str) -> dict:
    """Pay for a reserved place from the student's account. Needs student_id and trip_id. Returns
    the paid place."""
    student = fetch_student(db, student_id)
    trip = fetch_trip(db, trip_id)
    place = find_place(db, student_id, trip_id)
    if place is None or place["status"] != "reserved":
        state = "not there" if place is None else place["status"]
        raise ToolError(f"the student's place is {state}; only a reserved one is paid")
    if trip["status"] != "open":
        raise ToolError(f"{trip['title']} has been called off")
    if student["account"] < trip["price"]:
        raise ToolError(
            f"the account has {student['account']} euros, the trip costs {trip['price']};"
            " the family must pay in first"
        )
    db.run(
        "UPDATE students SET account = account - ? WHERE student_id = ?",
        trip["price"],
        student_id,
    )
    db.run("UPDATE trip_places SET status = 'paid' WHERE place_id = ?", place["place_id"])
    return find_place(db, student_id, trip_id)


def give_back_place(db, student_id: str, trip_id: str) -> dict:
    """Give a student's place on a trip back; what was paid goes to the account, half of it in the
    last 14 days unless the trip is called off. Needs student_id and trip_id. Returns the place with
    its refund in euros."""
    fetch_student(db, student_id)
    trip = fetch_trip(db, trip_id)
    place = find_place(db, student_id, trip_id)
    if place is None or place["status"] == "given_back":
        raise ToolError(f"the student has no place on {trip['title']}")
    refund = 0
    if place["status"] == "paid":
        whole = trip["status"] == "called_off"
        whole = whole or days_until(db, trip["leaves_on"]) >= FULL_REFUND_DAYS
        refund = trip["price"] if whole else trip["price"] // 2
    db.run("UPDATE students SET account = account + ? WHERE student_id = ?", refund, student_id)
    db.run(
        "UPDATE trip_places SET status = 'given_back', refund = ? WHERE place_id = ?",
        refund,
        place["place_id"],
    )
    db.run("UPDATE trips SET places_left = places_left + 1 WHERE trip_id = ?", trip_id)
    return find_place(db, student_id, trip_id)
