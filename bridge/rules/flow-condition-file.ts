import { type ConditionsDraft, noConditions, readConditions } from './conditions.ts';
import { readExpression } from './expression-file.ts';
import type { FlowCondition } from './flow.ts';
import type { FlowObjectDraft } from './flow-draft.ts';
import { expressionScope, type FlowScope, mention } from './flow-scope.ts';
import type { Piece, Reader } from './reader.ts';

/**
 * Reads `{when?, where?}` about one of a flow's objects.
 *
 * @param parts the pieces of it; keys that are not known were reported
 */
export function readFlowCondition(
  reader: Reader,
  parts: { readonly when?: Piece | undefined; readonly where?: Piece | undefined },
  scope: FlowScope,
  own: FlowObjectDraft,
): FlowCondition {
  const { fields } = own;
  if (fields === undefined) return { when: {} };
  const when: ConditionsDraft =
    parts.when === undefined ? noConditions : readConditions(reader, parts.when, fields);
  const where =
    parts.where === undefined
      ? undefined
      : readExpression(reader, parts.where, fields, '"where"', 'flag', expressionScope(scope, own));
  mention(scope, own, when.tested);
  mention(scope, own, where?.reads ?? []);
  return { when: when.conditions, ...(where === undefined ? {} : { where: where.expression }) };
}
