"""What is told as a change of the record that it belongs to."""

from odoo.tools import SQL


def by_owner(env, by_model, new_collected):
    """Let changes of what belongs to another record be changes of that one.

    :param by_model: ``{Watched: {record id: Collected}}``
    :param new_collected: makes a ``Collected`` of user id and origin
    :return: the same, of records that are announced themselves
    """
    parts = {watched: by_id for watched, by_id in by_model.items() if watched.owner}
    if not parts:
        return by_model
    wholes = {
        watched: by_id for watched, by_id in by_model.items() if not watched.owner
    }
    all_watched = env["services.bridge.watch"]._watched_by_model()
    for part, by_id in parts.items():
        whole = all_watched.get(part.owner.model)
        # of a record that nobody watches nobody hears, nor of what is announced
        # in its turn for another one
        if whole is None or whole.owner:
            continue
        collected_by_owner = wholes.setdefault(whole, {})
        owner_ids = _owner_ids(env, part, by_id)
        for record_id, collected in by_id.items():
            if not (owner_id := owner_ids.get(record_id)):
                continue
            if owner_id not in collected_by_owner:
                collected_by_owner[owner_id] = new_collected(
                    collected.user_id, collected.origin
                )
            if part.owner.field:
                collected_by_owner[owner_id].fields.add(part.owner.field)
    return {watched: by_id for watched, by_id in wholes.items() if by_id}


def _owner_ids(env, part, by_id):
    """Return ``{record id: owner id}``, of Odoo's cache where it holds them."""
    model = env[part.model]
    found, unsure = {}, []
    for record_id, collected in by_id.items():
        owner_id = collected.owner_id or model.browse(record_id)._cache.get(
            part.owner.column
        )
        if owner_id:
            found[record_id] = owner_id
        elif not collected.unlinked:
            unsure.append(record_id)
    if unsure:
        env.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(part.owner.column),
                SQL.identifier(part.table),
                unsure,
            )
        )
        found.update(env.cr.fetchall())
    return found
