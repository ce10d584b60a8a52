import * as v from 'valibot';
import { nameInSettings } from './rules/name.ts';
import type { Secret } from './secret.ts';
import { messageAddress, webhookSecrets } from './setting-kinds.ts';

/** Where a subscriber of the rules is told of business events. */
export interface SubscriberSettings {
  readonly url: string;
  /** `whsec_…`; messages are signed with each of them. */
  readonly secrets: readonly Secret[];
}

const pattern = /^SUBSCRIBER_([A-Z0-9_]+?)_(URL|SECRETS|SECRETS_FILE)$/;

export { nameInSettings };

export const urlVariable = (name: string): string => `SUBSCRIBER_${nameInSettings(name)}_URL`;
export const secretsVariable = (name: string): string => `SUBSCRIBER_${nameInSettings(name)}_SECRETS`;

/** The subscribers that an environment has variables of, as these name them. */
export function subscribersIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  const names = Object.entries(environment).flatMap(([variable, value]) => {
    const [, name] = pattern.exec(variable) ?? [];
    return name === undefined || value === undefined || value.trim() === '' ? [] : [name];
  });
  return [...new Set(names)].sort();
}

export const subscriberVariables = (name: string) =>
  v.object({
    [urlVariable(name)]: messageAddress('the address that events are posted to'),
    [secretsVariable(name)]: webhookSecrets(
      'the signing secret that the subscriber checks signatures with: whsec_ and 24 to 64 bytes in base64',
    ),
  });

export const subscriberSettingsOf = (name: string, values: Readonly<Record<string, unknown>>) => ({
  url: values[urlVariable(name)] as string,
  secrets: values[secretsVariable(name)] as readonly Secret[],
});
