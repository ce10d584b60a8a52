import type { EntityName } from '../entities/catalogue.ts';
import type { Role } from '../entities/role.ts';
import type { Conditions, Expression, Mapping, Timing } from './part.ts';

/** The object that a flow is about, as its objects and steps name it. */
export const subject = 'subject';

/** The day on which a flow is looked at (UTC), as its expressions name it. */
export const today = 'today';

/** Whether the subject was deleted where it is from, as expressions name it. A flow that does not ask ends then. */
export const gone = 'gone';

/** An object that belongs to a business process besides its subject, and how it is found. */
export interface FlowObject {
  /** Its name within the flow: `project`. */
  readonly name: string;
  readonly entity: EntityName;
  /** In the system of which role it is looked at. */
  readonly in: Role;
  /** Found from this one: `subject`, or an object named before it. */
  readonly of: string;
  /**
   * - `same`: it is the same business object, in another system;
   * - `field`: this field of `of` refers to it;
   * - `back`: this field of it refers to `of`; there may be several.
   *
   * Where `of` is in another system than `in`, the link between them is followed.
   */
  readonly by: { readonly kind: 'same' } | { readonly kind: 'field' | 'back'; readonly field: string };
  /** It need not be there. Where it is not, expressions about other objects read its fields as empty. */
  readonly optional?: true;
}

/**
 * A condition on one of the flow's objects. Its expression reads that one's fields by their names, those of the others,
 * as far as there is one of each, as `project.status`, `today` and `gone`.
 */
export interface FlowCondition {
  readonly when: Conditions;
  readonly where?: Expression;
}

/** Which of several objects have to meet a condition. No object at all meets only `none`. */
export type Quantity = 'all' | 'any' | 'none';

interface StepCommon {
  readonly id: string;
  /** Name of the object that it looks at, or does something with. */
  readonly on: string;
  /** The step is left out where this does not hold. Fields of other objects are `project.status` here too. */
  readonly only?: FlowCondition;
  /** Milliseconds until it is late, from when its turn came, or from `after`. Absent: it is never late. */
  readonly within?: number;
  /** A day of an object, as `subject.due_on`: its end (UTC) is when `within` begins. While it is empty the step is never late. */
  readonly after?: { readonly object: string; readonly field: string };
  /** Whose it is when it is stuck: a team of the firm, as it calls it. */
  readonly owner: string;
  /** A field that names the person: the e-mail address in `subject.owner_email`. */
  readonly person?: { readonly object: string; readonly field: string };
  /** What could not be done, in the words of the people who have to see to it. */
  readonly says: string;
  /** What they can do about it. */
  readonly remedy: string;
}

export type FlowStep = StepCommon &
  (
    | {
        /** Has to hold for the process to go on; when it does not, it is stuck at once, or when it is late. */
        readonly kind: 'require';
        readonly condition: FlowCondition;
        readonly quantity: Quantity;
      }
    | {
        /** Somebody else brings it about; it is stuck only when it is late. */
        readonly kind: 'await';
        readonly condition: FlowCondition;
        readonly quantity: Quantity;
      }
    | {
        /** The object is brought to the system in this role, by the rules. */
        readonly kind: 'deliver';
        readonly to: Role;
      }
    | {
        /** Something is done in the system that the object is in, with each of the objects. */
        readonly kind: 'call';
        readonly action: string;
        /** What the action gets, by name. Fields of other objects are `subject.name`. */
        readonly input: Readonly<Record<string, Mapping>>;
        readonly timing: Timing;
        /** Milliseconds that it waits first, so that what belongs together can come before it. Absent: none. */
        readonly pause?: number;
      }
  );

/** A business process over several objects, as the rules describe it. */
export interface Flow {
  /** Unique over all flows: `lead-to-project`. */
  readonly id: string;
  /** What it is for, in a few words for people. */
  readonly title: string;
  /** The entity of its subject, and the role of the system that tells of it. */
  readonly entity: EntityName;
  readonly from: Role;
  /** It runs for subjects for which this holds, and ends when it no longer does. It reads nothing but the subject. */
  readonly condition: FlowCondition;
  /** It begins only for subjects that the system in this role knows: those that were brought there once. */
  readonly knownIn?: Role;
  /**
   * A day of the subject: the flow begins only for those whose day is not before the one on which the bridge began, or is
   * empty. Absent: also for what was there long before.
   */
  readonly since?: string;
  /** When one of these fields of the subject changes, the instance that is there ends and a new one begins. */
  readonly again?: readonly string[];
  /**
   * What it does can be due again while its condition goes on holding: once it has done something, its subject is read, and
   * a new round begins where the condition still holds. Absent: it is done once as long as the condition holds.
   */
  readonly repeats?: true;
  readonly objects: readonly FlowObject[];
  /** One after the other. */
  readonly steps: readonly FlowStep[];
}
