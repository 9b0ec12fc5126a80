"""The verbs with which operation ids and paths of web APIs begin.

Made by counting the first words of the operation ids in a directory of 2,600 descriptions and
keeping the verbs.
"""

__all__ = ["FINDING", "NOUNS_TOO", "VERBS"]

VERBS = frozenset(
    "abort accept acknowledge activate add allocate analyze apply approve archive assign associate"
    " attach authenticate authorize batch begin block book browse bulk calculate cancel capture"
    " change charge check checkout claim classify clear clone close compare complete compute"
    " confirm connect convert copy count create deactivate decline decode decrease delete deny"
    " deploy describe destroy detach detect disable disassociate disconnect discover dismiss"
    " download duplicate edit enable encode end enroll estimate evaluate execute expire export"
    " extend extract favorite fetch filter find finish flag follow forward generate get grant has"
    " head hide identify import increase initiate insert inspect install invalidate invite invoke"
    " issue join kick launch leave like link list lock lookup mark match merge modify move mute"
    " notify open parse patch pause pay perform pin ping play poll post predict preview process"
    " promote provision publish purchase purge put query queue read reboot rebuild receive"
    " recognize recover redeem refresh refund regenerate register reject release reload remove"
    " rename render renew reopen reorder replace reply report request reschedule resend reset"
    " resize resolve restart restore resume retrieve retry return reverse revoke rotate run save"
    " scan schedule search select send set share show sign skip snooze sort split star start stop"
    " store stream submit subscribe suggest summarize suspend swap switch sync tag terminate test"
    " toggle track transcribe transfer transform transition translate trigger unarchive unassign"
    " unblock undelete unfollow uninstall unlink unlock unmute unpin unpublish unregister unshare"
    " unstar unsubscribe untag update upgrade upload upsert use validate verify view vote withdraw"
    " write".split()
)
NOUNS_TOO = frozenset(
    "batch book bulk change charge claim end favorite filter flag forward grant head invite issue"
    " like link lock match open pin play post preview process purchase queue refund release reply"
    " report request return schedule share sort split star start stop store stream switch tag test"
    " track transfer transition trigger use view vote".split()
)
"""Verbs that are as often nouns (`tagList`, `/reports/{id}/view`)."""
FINDING = frozenset("browse fetch find get list query retrieve search show".split())
