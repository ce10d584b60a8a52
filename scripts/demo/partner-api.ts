/** A partner's API as the demo's people use it: to look whether something has arrived, and to book time. */
export interface PartnerApi {
  get(path: string): Promise<Record<string, unknown>>;
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
}

/** @param headers credentials and whatever else the partner wants with every request */
export function partnerApi(url: string, headers: Readonly<Record<string, string>>): PartnerApi {
  async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text);
  }
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}

/** The properties of the HubSpot object whose `property` has this value; `undefined` when there is none. */
export async function hubspotObject(
  hubspot: PartnerApi,
  type: 'companies' | 'deals',
  name: string,
  properties: readonly string[],
): Promise<Record<string, string | null> | undefined> {
  const query = new URLSearchParams({
    limit: '100',
    properties: ['name', 'dealname', ...properties].join(','),
  });
  const page = await hubspot.get(`/crm/v3/objects/${type}?${query}`);
  const objects = page.results as { id: string; properties: Record<string, string | null> }[];
  const nameProperty = type === 'companies' ? 'name' : 'dealname';
  const found = objects.filter((object) => object.properties[nameProperty] === name);
  if (found.length > 1) throw new Error(`HubSpot has ${found.length} ${type} named "${name}"`);
  return found[0]?.properties;
}
