export interface SubscriberOptions {
  /** Name of the subscriber in the rules. */
  readonly name: string;
  /** Where its events are posted to, in full. */
  readonly url: string;
  /** `whsec_` and base64; every message is signed with each of them. Asked for at every message. Never logged. */
  readonly secrets: () => readonly string[];
  /** How long it may take to answer. Default: 15 seconds. */
  readonly timeoutMilliseconds?: number;
  readonly now?: () => number;
}
