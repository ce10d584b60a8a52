import json

from odoo.tests import tagged
from odoo.tools import SQL

from .common import BridgeCase

_ROWS = 1_000_000
_BATCH = 100


@tagged("post_install", "-at_install")
class TestLargeOutbox(BridgeCase):
    """What a claim costs must not grow with what waits; seen in its plan, not timed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the rows of a long outage, written as the outbox writes them
        cls.env.cr.execute(
            """INSERT INTO services_bridge_event (
                   event_id, model, res_id, operation, field_names, transaction_id,
                   occurred_at, state, tries, next_try_at)
               SELECT 'event-' || number, 'res.partner', number, 'write', 'name',
                      number, moment, 'pending', 0, moment
                 FROM (SELECT number, now() AT TIME ZONE 'UTC'
                              - (%(rows)s - number) * interval '1 second' AS moment
                         FROM generate_series(1, %(rows)s) AS number) AS numbers""",
            {"rows": _ROWS},
        )
        cls.env.cr.execute("ANALYZE services_bridge_event")

    def forget_events(self):
        """Keep the rows of the class."""

    def plan_of(self, statement):
        """Run the statement, and return the nodes of its plan."""
        [(plan,)] = self.env.execute_query(
            SQL("EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) %s", statement)
        )
        plan = plan if isinstance(plan, list) else json.loads(plan)
        nodes, todo = [], [plan[0]["Plan"]]
        while todo:
            node = todo.pop()
            nodes.append(node)
            todo += node.get("Plans", [])
        return nodes

    def assertVisitsOneBatch(self, nodes):
        """No node reads or throws away more than a batch, however often it runs."""
        for node in nodes:
            self.assertNotIn("Seq Scan", node["Node Type"])
            self.assertNotIn("Sort", node["Node Type"], "in order from the index")
            for rows in ("Actual Rows", "Rows Removed by Filter"):
                visited = node.get(rows, 0) * node["Actual Loops"]
                self.assertLessEqual(visited, _BATCH, node)

    def test_claim_reads_one_batch_by_the_index(self):
        nodes = self.plan_of(self.events._claim_query(_BATCH))
        self.assertVisitsOneBatch(nodes)
        self.assertIn(
            "services_bridge_event_due_index",
            [node.get("Index Name") for node in nodes],
        )

    def test_claims_the_oldest(self):
        claimed = [event["res_id"] for _row_id, event in self.events._claim(3)]
        self.assertEqual(claimed, [1, 2, 3])
        claimed = [event["res_id"] for _row_id, event in self.events._claim(2)]
        self.assertEqual(claimed, [4, 5])
