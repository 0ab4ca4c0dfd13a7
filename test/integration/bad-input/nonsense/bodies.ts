import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { invalid, tooLarge, unsupported } from '../refusal.ts'
import { bodies, bodiesWith, fine, headers, isWrite, json, type Kind } from './kind.ts'

const maxBodyBytes = 1024 * 1024

/** A field that no operation knows, with a value nested so that the body has `levels` levels. */
const nested = (levels: number, open: string, close: string): string =>
  `{"unknown":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`

/** A JSON object with bytes in a text that no decoder may let pass. */
const withBytes = (...bytes: number[]): Buffer =>
  Buffer.concat([Buffer.from('{"unknown":"'), Buffer.from(bytes), Buffer.from('"}')])

const encoded = (name: string, body: string | Buffer) => [[['Content-Encoding', name]], Buffer.from(body)] as const

/** 64 MiB of white space around an empty object: some 60 KiB, or less, on the wire. */
const bomb = Buffer.concat([Buffer.alloc(64 * maxBodyBytes, ' '), Buffer.from('{}')])
const packed = gzipSync('{}')

export const bodyNonsense: readonly Kind[] = [
  bodies('text that is not JSON', invalid, [
    ...['{', '}', '{"a":}', '{"a":1,}', "{'a':1}", '{a:1}', '{"a":NaN}', '{"a":01}', '{"a":"\n"}', '{"a":"\\u12"}'],
    ...['{}{}', '{} x', '/**/{}', ' ', 'undefined', '\u0000', '{"a":1}\u0000', '\ufeff{}', '<a/>', '"', 'name=A'],
  ]),
  bodies('JSON that is not an object', invalid, ['[]', '[{}]', 'null', 'true', '5', '"text"', '""', '[[]]']),
  bodies('bytes that are not UTF-8', invalid, [
    withBytes(0xff),
    withBytes(0xc3, 0x28),
    withBytes(0xc0, 0x80),
    withBytes(0xed, 0xa0, 0x80),
    withBytes(0xf4, 0x90, 0x80, 0x80),
    withBytes(0xe2, 0x82),
    Buffer.from('{"unknown":"text"}', 'utf16le'),
  ]),
  bodies('__proto__ as a key at any depth', invalid, [
    '{"__proto__":{}}',
    '{"__proto__":null}',
    '{"\\u005f_proto__":{"admin":true}}',
    '{"unknown":{"a":[[{"__proto__":1}]]}}',
    '{"metadata":{"__proto__":{"a":1}}}',
    '{"env":{"__proto__":"a"}}',
  ]),
  bodies('numbers that are not finite', invalid, [
    '{"unknown":1e999}',
    '{"unknown":[{"a":-1e999}]}',
    '{"order":1e309}',
  ]),
  bodies('65 levels', invalid, [nested(65, '[', ']'), nested(65, '{"a":', '}')]),
  bodies('100,000 levels', invalid, [nested(100_000, '[', ']'), nested(100_000, '{"a":', '}'), '['.repeat(1_000_000)]),

  bodies('more than 1 MiB', tooLarge, [Buffer.alloc(maxBodyBytes + 1, ' ')]),
  {
    what: 'more than 1 MiB in chunks',
    refused: tooLarge,
    attempts: (operation, ground) =>
      isWrite(operation)
        ? [{ ...fine(operation, ground), body: Buffer.alloc(maxBodyBytes + 1, ' '), chunked: true }]
        : [],
  },
  bodiesWith('more than 1 MiB that is announced and never sent', tooLarge, [
    [[['Content-Length', String(maxBodyBytes + 1)]], ''],
    [[['Content-Length', '99999999999']], '{'],
    [
      [
        ['Content-Length', String(maxBodyBytes + 1)],
        ['Expect', '100-continue'],
      ],
      '',
    ],
  ]),
  bodiesWith('what is more than 1 MiB once it is unpacked', tooLarge, [
    encoded('gzip', gzipSync(bomb)),
    encoded('deflate', deflateSync(bomb)),
    encoded('br', brotliCompressSync(bomb)),
  ]),
  bodiesWith('what is not packed as it says', invalid, [
    encoded('gzip', '{}'),
    encoded('deflate', '{}'),
    encoded('br', '{}'),
    encoded('gzip', deflateSync('{}')),
    encoded('gzip', packed.subarray(0, -5)),
    encoded('gzip', Buffer.concat([packed.subarray(0, 12), Buffer.from([0xff]), packed.subarray(13)])),
  ]),
  bodiesWith('an unknown packing', unsupported, [
    encoded('compress', '{}'),
    encoded('zstd', '{}'),
    encoded('gzip, gzip', gzipSync(gzipSync('{}'))),
    encoded('__proto__', '{}'),
    encoded('constructor', '{}'),
  ]),
  headers('what is not application/json', unsupported, 'Content-Type', [
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', '*/*', ''],
    ...['application/jsonp', 'application/json, text/plain', 'application/json/x', 'application', 'xapplication/json'],
  ]),
  headers('JSON in another charset than UTF-8', unsupported, 'Content-Type', [
    'application/json; charset=latin1',
    'application/json;charset="utf-16"',
    'application/json; x=1; CHARSET = ascii',
    'application/json; charset=',
  ]),
  {
    what: 'a body without a Content-Type',
    refused: unsupported,
    attempts: (operation, ground) => (isWrite(operation) ? [{ ...fine(operation, ground), headers: [] }] : []),
  },
  {
    what: 'a second Content-Type in the place of the first',
    refused: unsupported,
    attempts: (operation, ground) =>
      isWrite(operation) ? [{ ...fine(operation, ground), headers: [['Content-Type', 'text/plain'], json] }] : [],
  },
]
