"""The verbs that API operations are named with, by what they do.

The sets were made by counting the first words of operation names in the botocore and Google
discovery corpora (47,900 operations) and sorting every verb that names ten or more.
"""

__all__ = [
    "ALL",
    "ARTICLES",
    "COUNT",
    "CREATE",
    "DELETE",
    "GET",
    "LINK",
    "LIST",
    "MAY_CREATE",
    "PREFIXES",
    "READ",
    "UNLINK",
    "UPDATE",
]

ARTICLES = frozenset({"a", "an", "the", "all", "my"})
PREFIXES = frozenset({"batch", "bulk", "admin", "async"})

CREATE = frozenset({"create", "insert", "add", "register", "new", "allocate", "admin_create"})
GET = frozenset({"get", "describe", "retrieve", "fetch", "show", "read", "admin_get", "lookup"})
LIST = frozenset({"list", "search", "find", "query", "browse", "scan", "admin_list"})
COUNT = frozenset({"count"})
UPDATE = frozenset({"update", "patch", "modify", "edit", "set", "change", "replace"})
DELETE = frozenset({"delete", "remove", "deregister", "destroy", "admin_delete", "release"})
LINK = frozenset({"associate", "attach", "add", "assign", "link", "enroll", "join"})
UNLINK = frozenset({"disassociate", "detach", "remove", "unassign", "unlink", "leave"})

MAY_CREATE = frozenset(
    "start initiate submit request send purchase post publish import invite issue schedule launch"
    " run open provision generate import upload clone copy".split()
)

READ = (
    GET
    | LIST
    | COUNT
    | frozenset(
        "access aggregate aggregated analyze autocomplete calculate check classify compare compute"
        " convert decode detect diff discover download enumerate estimate evaluate explain export"
        " geocode has head identify inspect introspect is match poll predict preview receive"
        " recognize render resolve select simulate stat"
        " suggest summarize test translate validate verify view wait watch".split()
    )
)

_ACTIONS = frozenset(
    "abort accept acknowledge activate apply approve archive assign assume authorize backfill ban"
    " block cancel capture change claim clear clone close commit complete confirm copy deactivate"
    " decline deploy deprecate disable disconnect dismiss enable end execute expire failover"
    " finalize finish flush generate grant import initialize initiate install invite invoke issue"
    " launch lock mark merge migrate move mute notify open pause post promote provision publish"
    " purchase purge put reactivate reboot rebuild redeem reject rename renew reopen replicate"
    " report request reset resize resolve respond restart restore resume retire retry revoke"
    " rollback rotate run schedule send share sign skip snooze start stop submit subscribe suspend"
    " switchover sync tag terminate transfer trigger unarchive unblock undelete undeploy uninstall"
    " unlock unmute unpublish unshare unsubscribe untag upgrade upload void withdraw write".split()
)
ALL = READ | CREATE | UPDATE | DELETE | LINK | UNLINK | _ACTIONS
