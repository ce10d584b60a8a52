/** A partner's API as the demo's people use it: to look whether something has arrived, to book time, to change something. */
export interface PartnerApi {
  get(path: string): Promise<Record<string, unknown>>;
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
  patch(path: string, body: unknown): Promise<Record<string, unknown>>;
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
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
  };
}

type HubspotType = 'companies' | 'deals';
type Properties = Readonly<Record<string, string | null>>;

/** The properties of the HubSpot object with this name; `undefined` when there is none. */
export async function hubspotObject(
  hubspot: PartnerApi,
  type: HubspotType,
  name: string,
  properties: readonly string[],
): Promise<Properties | undefined> {
  const nameProperty = type === 'companies' ? 'name' : 'dealname';
  const objects = await hubspotObjects(hubspot, type, [nameProperty, ...properties]);
  const found = objects.filter((object) => object.properties[nameProperty] === name);
  if (found.length > 1) throw new Error(`HubSpot has ${found.length} ${type} named "${name}"`);
  return found[0]?.properties;
}

/** All objects of a type, oldest first. */
export async function hubspotObjects(
  hubspot: PartnerApi,
  type: HubspotType,
  properties: readonly string[],
): Promise<readonly { readonly id: string; readonly properties: Properties }[]> {
  const objects: { id: string; properties: Properties }[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const query = new URLSearchParams({ limit: '100', properties: properties.join(','), after });
    const page = await hubspot.get(`/crm/v3/objects/${type}?${query}`);
    objects.push(...(page.results as typeof objects));
    after = (page.paging as { next?: { after: string } } | undefined)?.next?.after;
  }
  return objects;
}
