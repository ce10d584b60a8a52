import { describe, expect, test } from 'vitest';
import { faultOfTraceback, kindOfFault, sentenceOf } from '../../../bridge/systems/odoo/fault.ts';

describe('kindOfFault', () => {
  test.each([
    ['odoo.exceptions.UserError', 'You cannot do this.', 'invalid'],
    ['odoo.exceptions.ValidationError', 'The VAT number is wrong.', 'invalid'],
    ['odoo.exceptions.AccessError', 'You are not allowed.', 'denied'],
    ['odoo.exceptions.AccessDenied', 'Access Denied', 'denied'],
    ['odoo.exceptions.MissingError', 'Gone.', 'missing'],
    ['odoo.exceptions.UserError', 'Record does not exist or has been deleted.\n(Record: …)', 'missing'],
    ['odoo.exceptions.UserError', "Object no.model doesn't exist", 'missing'],
    ['odoo.exceptions.LockError', 'Somebody else edits it.', 'conflict'],
    ['psycopg2.errors.SerializationFailure', 'could not serialize access', 'unavailable'],
    ['psycopg2.errors.DeadlockDetected', 'deadlock detected', 'unavailable'],
    ['psycopg2.errors.LockNotAvailable', 'could not obtain lock', 'unavailable'],
    ['psycopg2.OperationalError', 'server closed the connection', 'unavailable'],
    ['psycopg2.OperationalError', 'FATAL:  database "x" does not exist', 'unavailable'],
    ['psycopg2.pool.PoolError', 'The Connection Pool Is Full', 'unavailable'],
    ['psycopg2.errors.UniqueViolation', 'duplicate key', 'invalid'],
    ['psycopg2.errors.UndefinedColumn', 'no such column', 'invalid'],
    ['ValueError', "Invalid field 'x'", 'invalid'],
    ['AttributeError', "The method 'res.partner.x' does not exist", 'missing'],
    ['MemoryError', '', 'unavailable'],
    ['some.module.Strange', '', undefined],
  ])('%s: %s', (name, message, kind) => {
    expect(kindOfFault({ name, message })).toBe(kind);
  });
});

describe('sentenceOf', () => {
  test("is Odoo's own where it was written for people", () => {
    const message = 'Not allowed.\n\n\tAsk Jane.\n\n(Record: res.partner(5,), User: 6)';
    expect(sentenceOf({ name: 'odoo.exceptions.AccessError', message })).toBe('Not allowed.\nAsk Jane.');
  });

  test('says that it is a failure where it was not', () => {
    expect(sentenceOf({ name: 'KeyError', message: "'x'" })).toBe("Odoo failed: 'x'");
    expect(sentenceOf({ name: 'MemoryError', message: '' })).toBe('Odoo failed: MemoryError');
  });
});

describe('faultOfTraceback', () => {
  const frame = 'Traceback (most recent call last):\n  File "/odoo/http.py", line 1, in call\n    go()\n';

  test('finds the exception and its whole message', () => {
    expect(faultOfTraceback(`${frame}ValueError: first: line\nsecond line\n`)).toEqual({
      name: 'ValueError',
      message: 'first: line\nsecond line',
    });
  });

  test('takes the last one of a chain', () => {
    const chain = `${frame}KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n${frame}psycopg2.errors.LockNotAvailable: locked\nLINE 1: SELECT\n        ^\n`;
    expect(faultOfTraceback(chain)).toMatchObject({ name: 'psycopg2.errors.LockNotAvailable' });
  });

  test('knows an exception without a message', () => {
    expect(faultOfTraceback(`${frame}MemoryError\n`)).toEqual({ name: 'MemoryError', message: '' });
  });

  test('is nothing for another text', () => {
    expect(faultOfTraceback('Bad gateway')).toBeUndefined();
    expect(faultOfTraceback(frame)).toBeUndefined();
  });
});
