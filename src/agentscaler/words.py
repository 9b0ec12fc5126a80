"""Names of parameters, operations and shapes as lower-case English words.

`orderId`, `order_id`, `OrderID` and `order.id` all become `["order", "id"]`, so that one thing has
one name whatever its document spells.  Singulars and plurals come from `inflection`; what it gets
wrong on technical words is listed here.
"""

import re
from functools import lru_cache

import inflection

__all__ = ["plural", "singular", "snake", "split_words"]

_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MIXED = re.compile(r"IPv(\d)|OAuth(\d?)|DBs|IDs|ARNs|IPs|URLs|VPCs|APIs|ACLs|URIs")

_SAME = frozenset(
    "alias analysis as atlas aws basis bus canvas chaos consensus corpus data dns eks emphasis has"
    " hardware https hypothesis ics information is its iris kms kubernetes lens logistics"
    " media mfs news nexus os pinpoint rds s3 series ses sms sns software sqs ssms status sts"
    " thesis this tls us was yes".split()
)
_SINGULAR = {
    "acls": "acl",
    "apis": "api",
    "arns": "arn",
    "axes": "axis",
    "bases": "base",
    "caches": "cache",
    "caves": "cave",
    "cookies": "cookie",
    "criteria": "criterion",
    "cves": "cve",
    "drives": "drive",
    "ids": "id",
    "ips": "ip",
    "leaves": "leaf",
    "moves": "move",
    "octaves": "octave",
    "quotas": "quota",
    "saves": "save",
    "uris": "uri",
    "urls": "url",
    "vms": "vm",
    "waves": "wave",
}
_PLURAL = {"index": "indexes", "criterion": "criteria", "matrix": "matrices"} | {
    one: many for many, one in _SINGULAR.items() if one not in {"base", "axis"}
}


def split_words(name: str) -> list[str]:
    """The lower-case words of a camel-case, snake-case, dotted or spaced name, digits apart."""
    folded = _MIXED.sub(lambda match: match.group().capitalize(), name)
    return [piece.lower() for piece in _PIECES.findall(folded)]


def snake(name: str) -> str:
    """`name` in snake case; digits stay with the word before them (`ipv4_address`)."""
    return re.sub(r"_(\d+)", r"\1", "_".join(split_words(name)))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """The singular of one lower-case word."""
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word in _SAME or len(word) < 4 or word.endswith("ss"):
        return word
    if word.endswith(("ives", "aves", "oves")):
        return word[:-1]
    return str(inflection.singularize(word))


@lru_cache(maxsize=65536)
def plural(word: str) -> str:
    """The plural of one lower-case word."""
    if word in _PLURAL:
        return _PLURAL[word]
    if word in _SAME:
        return word + "es" if word.endswith(("alias", "atlas", "status", "bus")) else word
    return str(inflection.pluralize(word))
