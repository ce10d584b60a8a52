import type { EntityName } from '../entities/catalogue.ts';
import type { FieldKind } from '../entities/field.ts';
import type { Role } from '../entities/role.ts';
import type { FieldSet } from './field-set.ts';
import type { Flow } from './flow.ts';
import type { Place, Placed } from './problem.ts';

// Flows as far as they could be read, with the places of what they say. What is `undefined` was reported.

/** The subject of a flow, or one of its objects. */
export interface FlowObjectDraft {
  readonly name: Placed<string>;
  readonly entity: EntityName | undefined;
  readonly role: Placed<Role> | undefined;
  /** The fields of its entity. */
  readonly fields: FieldSet | undefined;
  /** There may be several of it. */
  readonly several: boolean;
  /** How it is found; absent for the subject. */
  readonly way?: FlowWay;
}

/** The way from an object to another one. */
export interface FlowWay {
  readonly of: FlowObjectDraft;
  readonly kind: 'same' | 'field' | 'back';
  /** Where the way stands. */
  readonly place: Place;
}

/** A field of an object that a flow reads, at the place where it says so. */
export interface FlowMention {
  readonly object: FlowObjectDraft;
  readonly field: Placed<string>;
}

/** What a step asks of the rules or of a connector. */
export type FlowRequest =
  | {
      readonly kind: 'deliver';
      readonly object: FlowObjectDraft;
      readonly to: Placed<Role>;
    }
  | {
      readonly kind: 'call';
      readonly object: FlowObjectDraft;
      readonly action: Placed<string>;
      readonly input: readonly FlowInputDraft[];
    };

/** One value that an action gets. */
export interface FlowInputDraft {
  readonly name: Placed<string>;
  /** The kind of what is made: of the field, the expression or the constant. */
  readonly kind: FieldKind;
}

export interface FlowDraft {
  readonly id: Placed<string> | undefined;
  /** The subject, and what else it looks at. */
  readonly objects: readonly FlowObjectDraft[];
  /** The role whose system has to know the subject. */
  readonly knownIn: Placed<Role> | undefined;
  readonly mentions: readonly FlowMention[];
  readonly requests: readonly FlowRequest[];
  /** As it will be used; `undefined` when a part of it could not be read. */
  readonly flow: Flow | undefined;
}
