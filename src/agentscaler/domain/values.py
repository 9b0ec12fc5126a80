"""Plausible values by column meaning.

`ValueMaker` draws values from one seeded stream: the same seed gives the same values.  Names,
people, streets and companies come from `mimesis`, the rest from word lists of our own, or from the
lists that a domain has for its columns.
"""

import math
import random
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import cached_property

from mimesis import Address, Finance, Locale, Person

from agentscaler.domain import vocabulary as words
from agentscaler.domain.domain import Column, ColumnValues, Table
from agentscaler.domain.meaning import is_person

__all__ = ["ValueMaker"]

Scalar = str | int | float

_NUMBERS: dict[str, tuple[int, ...]] = {
    "percent": (5, 10, 15, 20, 25, 40, 50, 60, 75, 80, 90, 95),
    "port": (22, 80, 443, 3306, 5432, 6379, 8080, 8443, 9200),
    "revision": tuple(range(1, 10)),
    "year": tuple(range(2015, 2027)),
    "gigabytes": (10, 20, 50, 100, 200, 250, 500, 1000),
    "megabytes": (128, 256, 512, 1024, 2048, 4096),
    "bytes": (1024, 4096, 20480, 65536, 262144, 1048576, 5242880),
    "kilograms": (1, 2, 3, 5, 7, 9, 12, 15, 18, 22, 25),
    "distance": (2, 5, 8, 12, 20, 35, 60, 90, 150, 240, 400),
    "temperature": (-18, -5, 2, 4, 8, 12, 18, 20, 22, 25),
    "seconds": (5, 10, 15, 30, 45, 60, 90, 120, 300, 600, 900),
    "minutes": (5, 10, 15, 20, 30, 45, 60, 90, 120, 180),
    "hours": (1, 2, 4, 6, 8, 12, 24, 48),
    "days": (1, 3, 5, 7, 14, 21, 30, 60, 90, 180, 365),
    "priority": tuple(range(1, 11)),
    "rating": (1, 2, 3, 4, 5),
    "quantity": (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24),
    "number": (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "time_zone": words.TIME_ZONES,
    "language": words.LANGUAGES,
    "currency": ("EUR", "USD", "GBP", "JPY", "CHF"),
    "country": ("DE", "FR", "GB", "JP", "NL", "PT", "US", "KE", "PE", "EE"),
    "region": words.REGIONS,
    "zone": tuple(f"{region}{letter}" for region in words.REGIONS for letter in "ab"),
    "city": words.PLACES,
    "department": words.DEPARTMENTS,
    "job_title": ("Analyst", "Coordinator", "Engineer", "Manager", "Planner", "Technician"),
    "runtime": words.RUNTIMES,
    "machine_type": words.MACHINE_TYPES,
    "engine": words.ENGINES,
    "media_type": words.MEDIA_TYPES,
    "schedule": words.SCHEDULES,
    "color": ("blue", "green", "red", "yellow", "gray", "orange"),
    "category": words.CATEGORIES,
    "mode": ("automatic", "manual", "standard", "strict"),
    "tier": ("basic", "standard", "premium", "enterprise"),
    "reason": words.REASONS,
    "trouble": words.TROUBLES,
    "duration": ("300s", "600s", "1800s", "3600s", "7200s", "43200s", "86400s"),
    "time_of_day": ("06:00", "08:30", "12:00", "17:30", "22:00"),
}


_LATER = frozenset(
    "end ends ended completion completed finish finished updated update modified last".split()
)


class ValueMaker:
    """Draws values.

    Args:
        seed: any text; the same text gives the same values.
        now: the domain's clock; moments lie before it, or after it where a name says so.
        values: what some columns of text hold.
    """

    def __init__(self, seed: str, now: str, values: Iterable[ColumnValues] = ()) -> None:
        self.random = random.Random(seed)
        self._listed = {(one.table, one.column): one.values for one in values}
        self._seed = self.random.randrange(2**31)
        self.now = datetime.fromisoformat(now)

    # Made when first needed: each of them reads its word lists from disk.

    @cached_property
    def _person(self) -> Person:
        return Person(Locale.EN, seed=self._seed)

    @cached_property
    def _address(self) -> Address:
        return Address(Locale.EN, seed=self._seed)

    @cached_property
    def _finance(self) -> Finance:
        return Finance(Locale.EN, seed=self._seed)

    def value(self, table: Table, column: Column) -> Scalar:
        """A value for `column`; labels and natural keys are not made unique here."""
        if column.enum:
            return self.random.choice(column.enum)
        if column.type == "boolean":
            return self.random.randrange(2)
        if column.type in {"date", "timestamp"}:
            moment = self.moment(column.name)
            return moment.date().isoformat() if column.type == "date" else moment.isoformat()
        if column.type in {"integer", "real"}:
            return _within(column, self._number(column), self.random)
        listed = self._listed.get((table.name, column.name))
        return self.random.choice(listed) if listed else self._text(table, column)

    def is_listed(self, table: Table, column: Column) -> bool:
        """Whether a list says what `column` holds."""
        return (table.name, column.name) in self._listed

    def unused(self, table: Table, column: Column, taken: Collection[object]) -> Scalar | None:
        """A value that is listed for `column` and not taken, if there is one."""
        left = [one for one in self._listed.get((table.name, column.name), ()) if one not in taken]
        return self.random.choice(left) if left else None

    def moment(self, name: str) -> datetime:
        """A time on the quarter hour: past, or to come where the column's name looks ahead."""
        parts = set(name.split("_"))
        if parts & {
            "due",
            "expiry",
            "expires",
            "expiration",
            "deadline",
            "next",
            "scheduled",
            "until",
        }:
            days = self.random.randint(2, 120)
        elif parts & _LATER:
            days = -self.random.randint(1, 60)
        elif parts & {"birth", "birthday", "dob"}:
            days = -self.random.randint(7000, 25000)
        else:
            days = -self.random.randint(61, 400)
        day = (self.now + timedelta(days=days)).replace(second=0, microsecond=0)
        return day.replace(
            hour=self.random.randint(7, 19), minute=self.random.choice((0, 15, 30, 45))
        )

    def title(self, noun: str) -> str:
        """A name in words for a thing."""
        if is_person(noun):
            return str(self._person.full_name())
        adjective, topic = self.random.choice(words.ADJECTIVES), self.random.choice(words.TOPICS)
        pattern = self.random.randrange(4)
        if pattern == 0:
            return f"{topic} {self.random.choice(words.PLACES)}".title()
        if pattern == 1:
            return f"{self.random.choice(words.DEPARTMENTS)} {topic.title()}"
        return f"{adjective} {topic}".title()

    def slug(self) -> str:
        """A name without spaces, as people give to machines and queues."""
        topic, adjective = self.random.choice(words.TOPICS), self.random.choice(words.ADJECTIVES)
        pattern = self.random.randrange(3)
        if pattern == 0:
            return f"{topic}-{self.random.randint(1, 9):02d}"
        return f"{adjective}-{topic}" if pattern == 1 else f"{topic}-{adjective}"

    def sentence(self) -> str:
        """What a thing is for, in one sentence without a full stop."""
        departments = self.random.sample(words.DEPARTMENTS, 2)
        topics = self.random.sample(words.TOPICS, 2)
        return self.random.choice(words.SENTENCES).format(
            department=departments[0],
            department2=departments[1],
            topic=topics[0],
            topic2=topics[1],
            place=self.random.choice(words.PLACES),
            season=self.random.choice(("spring", "summer", "autumn", "winter")),
        )

    def _number(self, column: Column) -> int | float:
        if column.meaning == "money":
            amount = self.random.randint(5, 900)
            return (
                amount
                if column.type == "integer"
                else amount + self.random.choice((0.0, 0.5, 0.95))
            )
        if column.meaning == "latitude":
            return round(self.random.uniform(-50, 60), 4)
        if column.meaning == "longitude":
            return round(self.random.uniform(-120, 140), 4)
        number = self.random.choice(_NUMBERS.get(column.meaning, _NUMBERS["number"]))
        if column.type == "real":
            return number / 100 if column.meaning == "percent" else float(number)
        return number

    def _text(self, table: Table, column: Column) -> str:
        if column.meaning in _CHOICES:
            return self.random.choice(_CHOICES[column.meaning])
        makers: dict[str, Callable[[], object]] = {
            "natural_key": self.slug,
            "sentence": self.sentence,
            "person_name": lambda: self._person.full_name(),
            "first_name": lambda: self._person.first_name(),
            "last_name": lambda: self._person.last_name(),
            "company": lambda: self._finance.company(),
            "phone": lambda: self._person.phone_number(mask="+1-###-555-01##"),
            "street": lambda: self._address.address(),
            "postcode": lambda: self._address.postal_code(),
            "email": lambda: f"{self._person.username(mask='l_l')}@example.com",
            "username": lambda: str(self._person.username(mask="l_d")),
            "ip_address": lambda: f"10.{self._byte()}.{self._byte()}.{self._byte()}",
            "cidr": lambda: f"10.{self._byte()}.0.0/16",
            "domain_name": lambda: f"{self.slug()}.example.com",
            "url": lambda: f"https://{self.random.choice(words.TOPICS)}.example.com/{self.slug()}",
            "version": lambda: f"{self.random.randint(1, 9)}.{self.random.randint(0, 9)}",
            "file_name": lambda: (
                f"{self.slug()}.{self.random.choice(('csv', 'pdf', 'json', 'png'))}"
            ),
            "path": lambda: f"/{self.random.choice(words.TOPICS)}/{self.slug()}",
            "reference": lambda: f"{self._letters(2)}-{self.random.randint(10000, 99999)}",
            "numeral": lambda: str(self.random.randint(1, 99) * 10),
            "code": lambda: f"{self._letters(3)}{self.random.randint(10, 99)}",
        }
        maker = makers.get(column.meaning)
        if maker is not None:
            return str(maker())
        if column.meaning in {"title", "name"}:
            return self.title(table.noun)
        return self.slug()

    def _byte(self) -> int:
        return self.random.randint(1, 250)

    def _letters(self, count: int) -> str:
        return "".join(self.random.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(count))


def _within(column: Column, number: int | float, rng: random.Random) -> int | float:
    """A number that lies between the bounds of a column: `number` if it does."""
    low, high = column.minimum, column.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return number
    least = low if low is not None else high - abs(high or 1) if high is not None else 0
    most = high if high is not None else least + abs(least or 1)
    if column.type == "integer":
        return rng.randint(math.ceil(least), math.floor(most))
    return min(max(round(rng.uniform(least, most), 2), least), most)
