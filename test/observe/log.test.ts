import { describe, expect, test } from 'vitest';
import { Secret } from '../../bridge/secret.ts';
import { SystemError } from '../../bridge/systems/error.ts';
import { logLines } from './lines.ts';

describe('a line', () => {
  test('is JSON with time in UTC, level as a word, and message', () => {
    const { log, lines, text } = logLines();
    log.info({ system: 'odoo' }, 'ready');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        system: 'odoo',
        message: 'ready',
      },
    ]);
    expect(text().endsWith('}\n')).toBe(true);
  });

  test('below the level is not written', () => {
    const { log, lines } = logLines('warn');
    log.info('quiet');
    log.warn('loud');
    expect(lines.map((line) => line.message)).toEqual(['loud']);
  });
});

describe('secrets', () => {
  test.each([
    ['at the top', { token: 'geheim', apiKey: 'geheim', api_key: 'geheim', password: 'geheim' }],
    ['in an object', { odoo: { secret: 'geheim', secrets: ['geheim'], password: 'geheim' } }],
    ['as headers', { headers: { authorization: 'Bearer geheim', cookie: 'geheim', 'x-api-key': 'geheim' } }],
    [
      'in headers of a request',
      {
        request: {
          headers: { authorization: 'geheim', 'webhook-signature': 'v1,geheim', 'x-api-token': 'geheim' },
        },
      },
    ],
    ['in headers of an answer', { answer: { headers: { 'set-cookie': 'geheim' } } }],
    ['as a Secret', { anything: new Secret('geheim'), list: [new Secret('geheim')] }],
  ])('are hidden %s', (_, properties) => {
    const { log, text } = logLines();
    log.info(properties, 'look');
    expect(text()).not.toContain('geheim');
    expect(text()).toContain('•••');
  });

  test('what is no secret stays', () => {
    const { log, lines } = logLines();
    log.info({ headers: { 'content-type': 'application/json' }, name: 'token of thanks' }, 'look');
    expect(lines[0]).toMatchObject({
      headers: { 'content-type': 'application/json' },
      name: 'token of thanks',
    });
  });
});

describe('an error', () => {
  test('of a system says what is known about it, with its causes', () => {
    const { log, lines } = logLines();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = new SystemError('unavailable', 'hubspot could not be reached', {
      system: 'hubspot',
      action: 'read 2 companies',
      cause,
    });
    log.error(error);
    expect(lines[0]).toMatchObject({
      level: 'error',
      message: 'hubspot could not be reached',
      error: {
        type: 'SystemError',
        message: 'hubspot could not be reached',
        kind: 'unavailable',
        system: 'hubspot',
        action: 'read 2 companies',
        cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
      },
    });
    expect(lines[0]?.error).not.toHaveProperty('stack');
  });

  test('that is a bug keeps its stack', () => {
    const { log, lines } = logLines();
    log.error({ error: new TypeError('x is not a function') }, 'unexpected failure');
    expect(lines[0]).toMatchObject({
      message: 'unexpected failure',
      error: { type: 'TypeError', stack: expect.stringContaining('log.test.ts') },
    });
  });

  test('does not bring along what hangs on it', () => {
    const { log, text } = logLines();
    const error = Object.assign(new Error('refused'), { request: { headers: { 'x-other-key': 'geheim' } } });
    log.error(error);
    expect(text()).toContain('refused');
    expect(text()).not.toContain('geheim');
  });

  test('whose cause is itself ends', () => {
    const { log, lines } = logLines();
    const error = new Error('round');
    error.cause = error;
    log.error(error);
    expect(lines).toHaveLength(1);
  });

  test('that is no error is shown as text', () => {
    const { log, lines } = logLines();
    log.error({ error: 'just text' }, 'unexpected failure');
    expect(lines[0]).toMatchObject({ error: 'just text' });
  });
});
