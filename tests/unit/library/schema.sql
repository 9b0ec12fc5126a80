CREATE TABLE members (
    member_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT
) STRICT;
CREATE TABLE books (
    book_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    genre TEXT CHECK (genre IN ('FICTION', 'HISTORY', 'SCIENCE')),
    shelf TEXT
) STRICT;
CREATE TABLE loans (
    loan_id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (member_id),
    book_id TEXT NOT NULL REFERENCES books (book_id),
    due_date TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('OPEN', 'RETURNED'))
) STRICT;
