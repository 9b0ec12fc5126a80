"""What a column's values are, read off its name and type.

A meaning steers two things: the values that initial states and tasks hold, and the way people
speak of them.  The first rule that fits wins; "text" and "number" are the fallbacks.
"""

import re

from agentscaler.words import split_words

__all__ = ["NUMBER_MEANINGS", "TEXT_MEANINGS", "column_type", "is_person", "meaning_of"]

_PEOPLE = frozenset(
    "account_holder applicant assignee attendee author candidate coworker customer dependent doctor"
    " driver employee guardian guest human instructor investigator invitee learner manager member"
    " participant passenger patient person physician practitioner requester reviewer student"
    " teacher tenant traveler tutor user visitor workteam_member".split()
)
"""Nouns of people; those that as often mean machines (agent, client, worker) are not here."""

# (meaning, pattern over the words of "table noun|column"), tried in order on text columns
_TEXT_RULES = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        ("email", r"\b(e ?mail|mail)( address)?$"),
        ("phone", r"\b(phone|mobile|telephone|fax)( number)?$"),
        ("first_name", r"\b(first|given) name$"),
        ("last_name", r"\b(last|family|sur) ?name$|\bsurname$"),
        ("username", r"\b(user ?name|login|nickname)$"),
        ("ip_address", r"\b(ip|ipv 4|private ip|public ip)( address)?$"),
        ("cidr", r"\bcidr\b|\bip prefix$"),
        ("domain_name", r"\b(domain name|host ?name|dns name|fqdn|hosted zone|domain)$"),
        ("url", r"\b(url|uri|link|website|endpoint|webhook|href)$"),
        ("time_zone", r"\btime ?zone$"),
        ("time_of_day", r"\b(time of day|start hour|backup window)$"),
        ("language", r"\b(language|locale)( code| tag)?$"),
        ("currency", r"\bcurrency( code)?$"),
        ("country", r"\b(country|country code|region code)$"),
        ("zone", r"\b(availability zone|zone|az)( name)?$"),
        ("region", r"\bregion( name)?$"),
        ("city", r"\b(city|town|locality)$"),
        (
            "street",
            r"\b(street|address line( 1)?)$"
            r"|\b(postal|mailing|street|home|billing|shipping|location) address$",
        ),
        ("domain_name", r"\b(server|host|gateway|broker) address$"),
        ("ip_address", r"\baddress$"),
        ("postcode", r"\b(postal|post|zip) ?code$"),
        ("company", r"\b(company|organi[sz]ation|vendor|supplier|merchant|brand|partner)( name)?$"),
        ("department", r"\b(department|team|division|cost center|business unit)( name)?$"),
        ("job_title", r"\b(job title|occupation|profession)$"),
        (
            "person_name",
            r"\b(creditor|debtor|contact|customer|holder|recipient|sender|guest|patient|employee"
            r"|member|student|driver|owner) name$"
            r"|\b(owner|author|creator|requester|assignee|created by|updated by|modified by|"
            r"submitted by|approved by|registered by|contact name)$",
        ),
        ("version", r"\bversion( number| label| name)?$"),
        ("runtime", r"\bruntime$"),
        ("machine_type", r"\b(instance|machine|node|compute) (type|class|size)$"),
        ("engine", r"\bengine$"),
        ("media_type", r"\b(content|mime|media) type$"),
        ("file_name", r"\b(file|object|document|image) name$|\bfile$"),
        ("path", r"\b(path|prefix|folder|directory)$"),
        ("city", r"\blocation$"),
        ("duration", r"\b(duration|lifetime|ttl|timeout|period|interval|retention|delay|age)$"),
        ("schedule", r"\b(schedule|cron|schedule expression)$"),
        ("color", r"\bcolou?r$"),
        (
            "reference",
            r"\b(reference|confirmation|invoice|order|tracking|serial|account|card"
            r"|ticket|policy|license|case) (number|code)$|\bsku$",
        ),
        ("code", r"\bcode$"),
        ("numeral", r"\bnumber$"),
        ("mode", r"\b(mode|method|strategy|policy|behavior|preference)$"),
        ("tier", r"\b(tier|plan|level|edition)$"),
        ("category", r"\b(category|type|kind|class|group)$"),
        (
            "trouble",
            r"\b(error|failure|fault|exception|state|status)( (reason|message|detail|cause"
            r"|description|info))+s?$",
        ),
        ("reason", r"\b(reason|justification|cause)$"),
        (
            "sentence",
            r"\b(description|summary|comment|note|notes|purpose|instructions|details"
            r"|overview|body|content|message|text|remarks|abstract|annotation|explanation"
            r"|information|guidance)s?$",
        ),
        ("title", r"\b(title|subject|headline|display name|friendly name|label|caption|topic)$"),
        (
            "machine_name",
            r"\b(bucket|queue|topic|table|stream|cluster|role|function|group|set|pool"
            r"|key|database|resource|namespace|node|server|device|repository) name$|\balias$",
        ),
        ("name", r"\bname$"),
    )
)

_NUMBER_RULES = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        (
            "money",
            r"\b(price|amount|cost|total|balance|fee|budget|charge|spend|salary|bid|revenue"
            r"|subtotal|discount|payment|value|limit amount|micros)$",
        ),
        ("percent", r"\b(percent|percentage|rate|ratio|threshold|score|confidence|probability)$"),
        ("port", r"\bport$"),
        ("revision", r"\b(version|revision|generation)( number)?$"),
        ("year", r"\byear$"),
        ("latitude", r"\b(latitude|lat)$"),
        ("longitude", r"\b(longitude|lng|lon)$"),
        (
            "gigabytes",
            r"\b(storage|gb|gi b|gib|disk size|volume size|storage size|storage capacity"
            r"|size in g ?b|allocated storage)$",
        ),
        ("kilograms", r"\b(kgs?|kilograms?|weight in kg)$"),
        ("distance", r"\b(distance|mileage|km|kilomet(er|re)s|miles)$"),
        ("temperature", r"\b(temperature|celsius)$"),
        ("megabytes", r"\b(memory|memory size|mb|mi b|mib)$"),
        ("quantity", r"\b(batch|page|pool|group|sample|fleet|node|cluster|queue) size$"),
        ("bytes", r"\b(bytes|size|file size|content length|length)$"),
        ("seconds", r"\b(seconds|secs|timeout|ttl|delay|interval)$"),
        ("minutes", r"\b(minutes|mins|duration)$"),
        ("hours", r"\bhours$"),
        ("days", r"\b(days|retention|retention period|age)$"),
        ("priority", r"\b(priority|rank|position|order|weight|level|index|severity)$"),
        ("rating", r"\b(rating|stars)$"),
        (
            "quantity",
            r"\b(quantity|count|number|capacity|size|units|seats|nodes|replicas|instances"
            r"|max|min|limit|concurrency|copies|total|stock|desired)\b",
        ),
    )
)

TEXT_MEANINGS = (*dict.fromkeys(meaning for meaning, _ in _TEXT_RULES), "text")
NUMBER_MEANINGS = (*dict.fromkeys(meaning for meaning, _ in _NUMBER_RULES), "number")

_TIME = re.compile(
    r"\b(time|timestamp|date|at|created|updated|modified|on|expiration|expiry|expires|deadline|since"
    r"|until|birthday|day)$"
)


def is_person(noun: str) -> bool:
    """Whether a resource noun ("hub user") names a person."""
    words = noun.split()
    return bool(words) and (words[-1] in _PEOPLE or "_".join(words[-2:]) in _PEOPLE)


def column_type(name: str, json_type: str | None, json_format: str | None) -> str:
    """The column type for a schema property: text, integer, real, boolean, date or timestamp."""
    words = " ".join(split_words(name))
    if json_type == "boolean":
        return "boolean"
    if json_format in {"int32", "int64", "uint32", "uint64"} or json_type == "integer":
        timely = _TIME.search(words) and json_format in {"int64", "uint64"}
        return "timestamp" if timely and "time" in words.split()[-1] else "integer"
    if json_type == "number":
        return "real"
    if json_format == "date":
        return "date"
    if json_format in {"date-time", "google-datetime", "timestamp"}:
        return "timestamp"
    return "text"


def meaning_of(table_noun: str, name: str, kind: str) -> str:
    """The meaning of a column of type `kind`, called `name`, in a table of `table_noun` rows."""
    words = " ".join(split_words(name))
    if kind in {"date", "timestamp"}:
        return "moment"
    if kind == "boolean":
        return "flag"
    if kind in {"integer", "real"}:
        found = next((meaning for meaning, rule in _NUMBER_RULES if rule.search(words)), "number")
        return found
    found = next((meaning for meaning, rule in _TEXT_RULES if rule.search(words)), "text")
    if found == "name" and is_person(table_noun) and words in {"name", "full name", "display name"}:
        return "person_name"
    if found == "title" and is_person(table_noun):
        return "person_name" if "name" in words else "job_title"
    if found == "text" and _TIME.search(words):
        return "moment_text"
    return found
