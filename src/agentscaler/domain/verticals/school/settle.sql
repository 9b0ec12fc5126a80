-- Teachers: the subjects in turn; enough of each teach, one for five classes.
UPDATE teachers SET subject = CASE (
    SELECT count(*) FROM teachers AS t WHERE t.teacher_id < teachers.teacher_id
) % 5
    WHEN 0 THEN 'mathematics' WHEN 1 THEN 'sciences' WHEN 2 THEN 'languages' WHEN 3 THEN 'arts'
    ELSE 'sports' END;
UPDATE teachers SET status = 'teaching' WHERE subject IN (
    SELECT subject FROM teachers GROUP BY subject
    HAVING 25 * sum(status = 'teaching') < (SELECT count(*) FROM classes)
);

-- Classes: the courses in turn, at times that are never the same within a subject.
UPDATE classes SET course_id = (
    SELECT course_id FROM (
        SELECT course_id, row_number() OVER (ORDER BY subject, level) AS place FROM courses
    ) WHERE place = 1 + (SELECT count(*) FROM classes AS c WHERE c.class_id < classes.class_id)
        % (SELECT count(*) FROM courses)
);
UPDATE classes SET
    name = (SELECT title FROM courses AS k WHERE k.course_id = classes.course_id) || ' '
        || substr('ABCDEFGHIJ', 1 + (
            SELECT count(*) FROM classes AS c
            WHERE c.course_id = classes.course_id AND c.class_id < classes.class_id
        ), 1),
    period = (
        7 * (SELECT count(*) FROM classes AS c JOIN courses AS o ON o.course_id = c.course_id
            WHERE c.class_id < classes.class_id AND o.subject = k.subject)
        + length(k.subject)
    ) % 30
FROM courses AS k WHERE k.course_id = classes.course_id;
UPDATE classes SET
    weekday = CASE period % 5 WHEN 0 THEN 'monday' WHEN 1 THEN 'tuesday' WHEN 2 THEN 'wednesday'
        WHEN 3 THEN 'thursday' ELSE 'friday' END,
    period = 1 + period / 5,
    changes_until = CASE status WHEN 'finished' THEN '2026-02-20'
        WHEN 'closed' THEN '2026-09-11' ELSE changes_until END;
UPDATE classes SET teacher_id = (
    SELECT teacher_id FROM (
        SELECT t.teacher_id, row_number() OVER (ORDER BY t.teacher_id) AS place,
            count(*) OVER () AS many
        FROM teachers AS t JOIN courses AS k ON k.subject = t.subject
        WHERE k.course_id = classes.course_id AND t.status = 'teaching'
    ) WHERE place = 1 + (
        SELECT count(*) FROM classes AS c WHERE c.class_id < classes.class_id
    ) / 10 % many
);

-- Enrolments: finished classes have grades, most of them; others have none.
UPDATE enrolments SET status = CASE (
    SELECT status FROM classes AS c WHERE c.class_id = enrolments.class_id
)
    WHEN 'finished' THEN CASE WHEN grade IN (3, 6, 8) THEN 'ungraded' ELSE 'completed' END
    WHEN 'closed' THEN CASE status WHEN 'waiting' THEN 'dropped' ELSE status END
    ELSE status END;
UPDATE enrolments SET enrolled_on = add_days(enrolled_on, -210)
WHERE status IN ('ungraded', 'completed');
UPDATE enrolments SET grade = CASE status WHEN 'completed' THEN grade END;
-- One of a course for each student, no two at a time, at most five, and what leads up to it passed.
DELETE FROM enrolments WHERE EXISTS (
    SELECT 1 FROM enrolments AS e JOIN classes AS c ON c.class_id = e.class_id
    JOIN classes AS d ON d.class_id = enrolments.class_id
    WHERE e.student_id = enrolments.student_id AND c.course_id = d.course_id
    AND e.enrolment_id < enrolments.enrolment_id
);
DELETE FROM enrolments WHERE status IN ('attending', 'waiting') AND EXISTS (
    SELECT 1 FROM classes AS c JOIN courses AS k ON k.course_id = c.course_id
    WHERE c.class_id = enrolments.class_id AND k.level = 'advanced'
) AND NOT EXISTS (
    SELECT 1 FROM classes AS c JOIN courses AS k ON k.course_id = c.course_id,
        enrolments AS e JOIN classes AS d ON d.class_id = e.class_id
        JOIN courses AS f ON f.course_id = d.course_id
    WHERE c.class_id = enrolments.class_id AND e.student_id = enrolments.student_id
    AND e.grade >= 5 AND f.level = 'foundation' AND f.subject = k.subject
);
DELETE FROM enrolments WHERE status = 'attending' AND EXISTS (
    SELECT 1 FROM enrolments AS e JOIN classes AS c ON c.class_id = e.class_id
    JOIN classes AS d ON d.class_id = enrolments.class_id
    WHERE e.student_id = enrolments.student_id AND e.status = 'attending'
    AND c.weekday = d.weekday AND c.period = d.period AND e.enrolment_id < enrolments.enrolment_id
);
DELETE FROM enrolments WHERE status = 'attending' AND (
    SELECT count(*) FROM enrolments AS e WHERE e.student_id = enrolments.student_id
    AND e.status = 'attending' AND e.enrolment_id < enrolments.enrolment_id
) >= 5;
UPDATE classes SET places_left = 0 WHERE status = 'closed';
UPDATE classes SET places_left = 4 WHERE NOT EXISTS (
    SELECT 1 FROM enrolments AS e WHERE e.class_id = classes.class_id
);
UPDATE classes SET places_left = 1 WHERE places_left = 0 AND status = 'open' AND class_id < (
    SELECT max(e.class_id) FROM enrolments AS e WHERE e.status = 'waiting'
) AND EXISTS (
    SELECT 1 FROM enrolments AS e WHERE e.class_id = classes.class_id AND e.status = 'waiting'
);
UPDATE classes SET places = places_left + (
    SELECT count(*) FROM enrolments AS e WHERE e.class_id = classes.class_id
    AND e.status IN ('attending', 'ungraded', 'completed')
);

-- Absences: on school days, one a day; what is excused has a cause.
UPDATE absences SET absent_on = add_days(absent_on, -2)
WHERE days_between('2026-01-05', absent_on) % 7 >= 5;
DELETE FROM absences WHERE EXISTS (
    SELECT 1 FROM absences AS a WHERE a.student_id = absences.student_id
    AND a.absent_on = absences.absent_on AND a.absence_id < absences.absence_id
);
UPDATE absences SET cause = CASE status WHEN 'unexcused' THEN 'unknown' ELSE cause END;
UPDATE absences SET cause = 'illness' WHERE status = 'excused' AND cause = 'unknown';

-- Trips: booked until 12 days before they leave; places go to students of the year group.
UPDATE trips SET book_by = add_days(leaves_on, -12);
UPDATE trip_places SET trip_id = coalesce((
    SELECT trip_id FROM (
        SELECT t.trip_id, row_number() OVER (ORDER BY t.trip_id) AS place,
            count(*) OVER () AS many
        FROM trips AS t JOIN students AS s ON s.year_group = t.year_group
        WHERE s.student_id = trip_places.student_id
    ) WHERE place = 1 + (
        SELECT count(*) FROM trip_places AS p
        WHERE p.student_id = trip_places.student_id AND p.place_id < trip_places.place_id
    ) % many
), trip_id);
DELETE FROM trip_places WHERE NOT EXISTS (
    SELECT 1 FROM trips AS t JOIN students AS s ON s.year_group = t.year_group
    WHERE t.trip_id = trip_places.trip_id AND s.student_id = trip_places.student_id
) OR EXISTS (
    SELECT 1 FROM trip_places AS p WHERE p.student_id = trip_places.student_id
    AND p.trip_id = trip_places.trip_id AND p.place_id < trip_places.place_id
);
UPDATE trips SET places = places_left + (
    SELECT count(*) FROM trip_places AS p
    WHERE p.trip_id = trips.trip_id AND p.status != 'given_back'
);
