# Runs inside `odoo shell`, with `env` and SETTINGS given: asks the benchmark for work
# again and again, does it as a user would, and says how long each action took.
import json
import time
import urllib.request

from odoo.api import Environment


def next_work(report):
    request = urllib.request.Request(
        SETTINGS["control"],
        data=json.dumps(report).encode(),
        headers={"Content-Type": "application/json"},
    )
    # waits until the benchmark has something to do
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def act(registry, work, item):
    """Do one action in a transaction of its own, as a request does.

    :return: ``(milliseconds, commit and all that follows it included; record id)``
    """
    begin = time.perf_counter()
    with registry.cursor() as cr:
        model = Environment(cr, SETTINGS["user"], SETTINGS["context"])[work["model"]]
        if item["id"]:
            record = model.browse(item["id"])
            record.write(item["values"])
        else:
            record = model.create(item["values"])
        record_id = record.id
    return (time.perf_counter() - begin) * 1000, record_id


def do(registry, work):
    durations, ids = [], []
    for item in work["items"]:
        # a person is not that fast; what happens after a commit gets the time it has
        time.sleep(work["pause"])
        duration, record_id = act(registry, work, item)
        durations.append(duration)
        ids.append(record_id)
    return {"durations": durations, "ids": ids}


# the shell's own transaction must not stay open beside those that are measured
env.cr.rollback()
work = next_work(None)
while work:
    work = next_work(do(env.registry, work))
