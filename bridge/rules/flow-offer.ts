import type { FieldKind } from '../entities/field.ts';
import type { ActionCapability } from '../systems/system.ts';
import { withArticle } from './article.ts';
import type { FlowDraft, FlowInputDraft, FlowObjectDraft, FlowRequest } from './flow-draft.ts';
import type { ConnectorOffer } from './offer.ts';
import type { Report } from './problem.ts';
import { suggest } from './suggest.ts';
import type { SystemDraft } from './systems-file.ts';

/** Checks that the systems' connectors know what flows look at, and can do what they ask for. */
export function checkFlowOffers(
  flows: readonly FlowDraft[],
  systems: readonly SystemDraft[],
  offers: readonly ConnectorOffer[],
  report: Report,
): void {
  for (const system of systems) {
    const offer = offers.find(({ name }) => name === system.connector?.value);
    if (offer === undefined || system.role === undefined) continue;
    const plays = (object: FlowObjectDraft) => object.role?.value === system.role?.value;
    for (const { objects, requests } of flows) {
      for (const object of objects) if (plays(object)) checkObject(object, system, offer, report);
      for (const request of requests)
        if (request.kind === 'call' && plays(request.object)) checkCall(request, system, offer, report);
    }
  }
}

function checkObject(
  { name, entity, role, way }: FlowObjectDraft,
  system: SystemDraft,
  { entities }: ConnectorOffer,
  report: Report,
): void {
  if (entities === undefined || entity === undefined || role === undefined) return;
  const known = Object.keys(entities);
  if (entities[entity] === undefined)
    report(role.place, `${system.name.value} does not know the entity ${entity}`, suggest(entity, known));
  // What somebody else refers to is read by its id.
  else if (way !== undefined && entities[entity].read === undefined)
    report(
      role.place,
      `${system.name.value} cannot look up ${withArticle(entity)}, so "${name.value}" cannot be found`,
    );
}

function checkCall(
  request: Extract<FlowRequest, { kind: 'call' }>,
  system: SystemDraft,
  { actions }: ConnectorOffer,
  report: Report,
): void {
  if (actions === undefined) return;
  const { action, object, input } = request;
  const capability = Object.hasOwn(actions, action.value) ? actions[action.value] : undefined;
  if (capability === undefined) {
    const names = Object.keys(actions);
    const message = `${system.name.value} has no action "${action.value}"`;
    report(action.place, message, names.length === 0 ? 'it has none at all' : suggest(action.value, names));
    return;
  }
  if (object.entity !== undefined && capability.on !== object.entity) {
    const message = `"${action.value}" is done with ${withArticle(capability.on)}, and "${object.name.value}" is ${withArticle(object.entity)}`;
    report(action.place, message, `name ${withArticle(capability.on)} in "on"`);
  }
  checkInput(capability, request, report);
  for (const value of input) checkValue(capability, action.value, value, report);
}

function checkInput(
  { takes }: ActionCapability,
  { action, input }: Extract<FlowRequest, { kind: 'call' }>,
  report: Report,
): void {
  for (const [name, { required, meaning }] of Object.entries(takes)) {
    if (required !== true || input.some((value) => value.name.value === name)) continue;
    report(action.place, `"${action.value}" needs "${name}" (${lowerFirst(meaning)})`, 'add it to "with"');
  }
}

function checkValue(
  { takes }: ActionCapability,
  action: string,
  { name, kind }: FlowInputDraft,
  report: Report,
): void {
  const wanted = Object.hasOwn(takes, name.value) ? takes[name.value] : undefined;
  if (wanted === undefined) {
    report(name.place, `"${action}" takes no "${name.value}"`, suggest(name.value, Object.keys(takes)));
    return;
  }
  if (wanted.kind === undefined || fits(kind, wanted.kind)) return;
  const message = `"${name.value}" is made of ${withArticle(kind)}, and "${action}" takes ${withArticle(wanted.kind)}`;
  report(name.place, message, 'use another field, or an expression');
}

/** Texts can hold what is written as text; what a text holds is only seen when it is there. */
const fits = (kind: FieldKind, wanted: FieldKind): boolean =>
  kind === wanted ||
  (wanted === 'text' && ['code', 'day', 'decimal'].includes(kind)) ||
  (kind === 'text' && ['code', 'day', 'decimal'].includes(wanted));

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
