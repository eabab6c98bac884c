/** Reads answers of QEMU field by field. A field that is not what the protocol says is an error that names it. */
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { isObject, type JsonObject } from './message.ts';

const wrong = (what: string, expected: string): VirError =>
  new VirError({
    code: 'internal-error',
    domain: 'qemu',
    message: say`QEMU's answer is malformed: ${what} is not ${expected}.`,
  });

export function object(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw wrong(what, 'an object');
  return value;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(what, 'a list');
  return value as readonly unknown[];
}

export function objects(value: unknown, what: string): readonly JsonObject[] {
  return list(value, what).map((item) => object(item, `an entry of ${what}`));
}

export function text(from: JsonObject, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw wrong(`'${key}'`, 'a text');
  return value;
}

export function number(from: JsonObject, key: string): number {
  const value = from[key];
  if (typeof value !== 'number') throw wrong(`'${key}'`, 'a number');
  return value;
}

export function optionalText(from: JsonObject, key: string): string | undefined {
  return from[key] === undefined ? undefined : text(from, key);
}

export function flag(from: JsonObject, key: string): boolean {
  const value = from[key];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw wrong(`'${key}'`, 'true or false');
  return value;
}

export function texts(value: unknown, what: string): readonly string[] {
  return list(value, what).map((item) => {
    if (typeof item !== 'string') throw wrong(`an entry of ${what}`, 'a text');
    return item;
  });
}
