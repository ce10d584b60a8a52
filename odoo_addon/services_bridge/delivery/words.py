"""What a person reads when a batch was not accepted: what is wrong, what to do."""

from .post import TIMEOUT_SECONDS


def words_for(env, answer, address):
    """Return the explanation of an ``Answer`` that is no acceptance."""
    words = _words(env, answer, address)
    if answer.message:
        words += " " + env._("The bridge says: %s", answer.message)
    return words


def _words(env, answer, address):
    match answer.error:
        case "refused":
            return env._(
                "%s refused the connection. Check that the bridge is running, and that "
                "host and port are right.",
                address,
            )
        case "unknown_host":
            return env._("The host of %s is not known. Check the address.", address)
        case "not_reached":
            return env._(
                "%(address)s could not be reached within %(seconds)s seconds. Check "
                "the address and the firewall.",
                address=address,
                seconds=TIMEOUT_SECONDS,
            )
        case "no_answer":
            return env._(
                "%(address)s took the connection but did not answer within %(seconds)s "
                "seconds. Check whether the bridge is well.",
                address=address,
                seconds=TIMEOUT_SECONDS,
            )
        case "certificate":
            return env._(
                "The certificate of %s could not be verified. Check the certificate "
                "and the address.",
                address,
            )
        case "bad_address":
            return env._("%s is no address that can be called.", address)
        case "broken":
            return env._(
                "The connection to %s broke. Check whether the bridge is running.",
                address,
            )
        case "bad_signature":
            return env._(
                "The bridge does not know this secret. Give the bridge the secret that "
                "is set here."
            )
        case "bad_timestamp":
            return env._(
                "The clocks of Odoo and the bridge differ too much. Set both by a time "
                "server."
            )
        case "wrong_database":
            return env._(
                "The bridge belongs to another database. Check the address, or which "
                "database the bridge was set up for."
            )
        case "too_many_requests":
            return env._("The bridge is busy and asks to wait.")
        case "stopping":
            return env._("The bridge is about to stop.")
        case "invalid_body" | "too_large":
            return env._(
                "The bridge does not accept what was sent. Check that addon and bridge "
                "are of the same version."
            )
    return env._(
        "Something answered %(status)s at %(address)s, but not the way a bridge does. "
        "Check the address, and what stands between Odoo and the bridge.",
        status=answer.status,
        address=address,
    )
