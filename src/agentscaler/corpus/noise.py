"""Transport noise: parameters and result fields that carry no meaning of the service itself.

Request ids, pagination, field masks and the like are about how a call travels, not about what it
does.  They would tie unrelated tools together and fill databases with nothing, so the readers
leave them out.  A name is judged without its case and punctuation (`next_token`, `NextToken`).
Google's standard query parameters (`key`, `alt`, ...) stand apart from a method's own parameters in
a discovery document and never get here; `key` alone is too often a real one to be judged by name.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

__all__ = ["ALL_NOISE", "NoiseCategory", "is_noise", "noise_category"]


class NoiseCategory(StrEnum):
    """What a noise field is for."""

    REQUEST_ID = "request_id"
    """Names the call itself, for logs and support."""
    IDEMPOTENCY = "idempotency"
    """Makes a repeated call harmless."""
    PAGINATION = "pagination"
    """Says where the next page of results begins, or whether there is one."""
    PAGE_SIZE = "page_size"
    """Says how many results a page holds, or which page it is."""
    FIELD_MASK = "field_mask"
    """Picks the fields that a call reads, writes or returns."""
    DRY_RUN = "dry_run"
    """Asks for a check without the deed."""
    CONCURRENCY = "concurrency"
    """Guards against lost updates (entity tags)."""
    TYPE_TAG = "type_tag"
    """Repeats what the schema says (`kind`, `apiVersion`), or links to the record itself."""
    METADATA = "metadata"
    """About the response as a message."""
    HEADER = "header"
    """An HTTP header, or a copy of one."""
    CLIENT = "client"
    """How an HTTP client wants its answer: format, callbacks, access tokens, quota."""


ALL_NOISE = frozenset(NoiseCategory)

_NAMES: dict[NoiseCategory, str] = {
    NoiseCategory.REQUEST_ID: "requestid clientrequestid amzrequestid clientoperationid traceid",
    NoiseCategory.IDEMPOTENCY: (
        "clienttoken clientrequesttoken amznclienttoken idempotencytoken idempotencykey"
        " idempotencyid creatorrequestid callerreference clientidempotencytoken"
    ),
    NoiseCategory.PAGINATION: (
        "nexttoken pagetoken nextpagetoken prevpagetoken previouspagetoken paginationtoken"
        " continuationtoken nextcontinuationtoken startingtoken synctoken nextsynctoken marker"
        " nextmarker keymarker nextkeymarker versionidmarker nextversionidmarker uploadidmarker"
        " istruncated truncated hasmoreresults hasmore moreresultsavailable exclusivestartkey"
        " lastevaluatedkey cursor nextcursor previouscursor tokenpagination nextlink"
    ),
    NoiseCategory.PAGE_SIZE: (
        "maxresults maxitems maxrecords maxkeys pagesize perpage itemsperpage resultsperpage"
        " limit offset page pagenumber startindex skip totalsize totalitems totalresults"
        " resultsizeestimate returnpartialsuccess unreachable numresults"
    ),
    NoiseCategory.FIELD_MASK: "fields fieldmask updatemask readmask outputfields returnfields",
    NoiseCategory.DRY_RUN: "dryrun validateonly",
    NoiseCategory.CONCURRENCY: "etag ifmatch ifnonematch locktoken changetoken updatetoken",
    NoiseCategory.TYPE_TAG: "kind selflink selflinkwithid apiversion",
    NoiseCategory.METADATA: (
        "responsemetadata resultmetadata responseheader requestmetadata serverresponse"
    ),
    NoiseCategory.HEADER: (
        "authorization accept acceptlanguage acceptencoding useragent ifmodifiedsince"
        " ifunmodifiedsince contentmd5 contentlength requestpayer requestcharged"
        " expectedbucketowner retryafterseconds accesscontrolalloworigin accesscontrolexposeheaders"
        " cachecontrol contentsecuritypolicy stricttransportsecurity xcontenttypeoptions"
        " xframeoptions xamzerrortype xamznerrortype amznerrortype traceparent tracestate baggage"
        " checksumcrc32 checksumcrc32c checksumcrc64nvme checksumsha1 checksumsha256 checksumsha512"
        " checksummd5 checksumxxhash64 checksumxxhash3 checksumxxhash128 checksumalgorithm"
    ),
    NoiseCategory.CLIENT: (
        "alt prettyprint callback quotauser userip xgafv uploadtype uploadprotocol oauthtoken"
        " accesstoken"
    ),
}
_CATEGORY = {name: category for category, names in _NAMES.items() for name in names.split()}
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_WHOLE = {NoiseCategory.METADATA}
_MAY_BE_LIST = {"unreachable"}


def noise_category(name: str, schema: Mapping[str, Any] | None = None) -> NoiseCategory | None:
    """The kind of noise a property is, or None when it means something.

    With its `schema` the answer is finer: noise is a scalar, so an object called `fields` is kept,
    and so is a `kind` that lists its values.
    """
    category = _category(name)
    if category is None or schema is None or category in _WHOLE:
        return category
    if schema.get("type") in {"object", "array"} and name not in _MAY_BE_LIST:
        return None
    if category is NoiseCategory.TYPE_TAG and ("enum" in schema or "x-enum-size" in schema):
        return None
    return category


def is_noise(name: str, schema: Mapping[str, Any] | None = None) -> bool:
    """Whether a property is transport noise of any kind."""
    return noise_category(name, schema) is not None


@lru_cache(maxsize=65536)
def _category(name: str) -> NoiseCategory | None:
    lowered = name.lower()
    if lowered.startswith(("x-", "x_amz")):
        return NoiseCategory.HEADER
    return _CATEGORY.get(_NOT_LETTERS.sub("", lowered))
