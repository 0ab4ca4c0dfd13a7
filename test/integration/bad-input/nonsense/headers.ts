import type { Operation } from '../../../../src/http/operation.ts'
import { forbidden, invalid, tooLarge } from '../refusal.ts'
import { headers, isWrite, type Kind } from './kind.ts'

const always = (): boolean => true
const honoursIfMatch = (operation: Operation): boolean => isWrite(operation) && operation.method !== 'post'

const noIds = ['', ' ', '../x', 'a/b', 'a b', 'a, b', '__proto__', '-a', 'a.b', 'é', 'a%20b', 'x'.repeat(129)]

export const headerNonsense: readonly Kind[] = [
  headers('an Idempotency-Key that is none', invalid, 'Idempotency-Key', [
    ...['', 'two words', '"quoted"', 'back\\slash', 'é', 'a\tb', '\u00ff', 'k'.repeat(256)],
  ]),
  headers('a Maestro-Session that is no id', invalid, 'Maestro-Session', noIds),
  headers('a Maestro-Actor that is no id', invalid, 'Maestro-Actor', noIds),
  headers(
    'an If-Match that is no list of entity tags',
    invalid,
    'If-Match',
    ['', '5', '"5', '5"', '*, "5"', '"5" "6"', '"5".."6"', ',', 'W/5', 'w/"5"', `"5"${',"5"'.repeat(2000)},5`, '"é"'],
    honoursIfMatch,
  ),
  headers(
    'an If-Match that does not name the version',
    { status: 412, code: 'VERSION_CONFLICT' },
    'If-Match',
    ['"999999"', '"x"', '""', 'W/"0", W/"1", W/"2", W/"3"', '"00", "01", "02", "03"', '"-1"', '"1e0"'],
    honoursIfMatch,
  ),
  headers(
    'a Host that is not this machine',
    forbidden,
    'Host',
    ['maestro.example', 'localhost.maestro.example'],
    always,
  ),
  headers('another origin', forbidden, 'Origin', ['https://maestro.example', 'null'], always),
  headers('headers of more than 16 KiB', tooLarge, 'X-Long', ['x'.repeat(17_000)], always),
]
