import type { Operation } from '../../../../src/http/operation.ts'
import { type Ground, parametersOf, pathOf } from '../ground.ts'
import { invalid, notFound, tooLarge } from '../refusal.ts'
import type { WireRequest } from '../wire.ts'
import { fine, type Kind } from './kind.ts'

/** Requests in which each parameter of the path in turn has each of the texts. */
const withIds =
  (texts: readonly string[]): Kind['attempts'] =>
  (operation, ground) =>
    parametersOf(operation).flatMap((name) =>
      texts.map((text) => ({ ...fine(operation, ground), path: pathOf(operation, ground, { name, text }) })),
    )

const withQuery = (operation: Operation, ground: Ground, query: string): WireRequest => {
  const request = fine(operation, ground)
  return { ...request, path: `${request.path}?${query}` }
}

export const addressNonsense: readonly Kind[] = [
  {
    what: 'ids of what does not exist',
    refused: notFound,
    attempts: withIds([
      'proj_1_none',
      'constructor',
      'toString',
      'hasOwnProperty',
      '0',
      'null',
      'undefined',
      'x'.repeat(128),
    ]),
  },
  {
    what: 'ids that are none',
    refused: notFound,
    attempts: withIds([
      ...['__proto__', '..', '.', '%2e%2e', '..%2F..%2Fetc%2Fpasswd', 'a%2Fb', '%2F', '..%5C..', '%00', 'a%00b', '%0a'],
      ...[
        '~',
        '-',
        '*',
        'a.json',
        '%20',
        'a%20b',
        '$where',
        '%F0%9F%98%80',
        '%E2%80%AE',
        '(.*)%2B%24',
        'x'.repeat(129),
      ],
      'x'.repeat(8000),
    ]),
  },
  {
    what: 'ids that are badly encoded',
    refused: invalid,
    attempts: withIds(['%', '%zz', '%C3%28', '%ff', '%E0%A4%A']),
  },
  {
    what: 'query parameters that are repeated',
    refused: invalid,
    attempts: (operation, ground) =>
      Object.keys(operation.query.shape).map((name) => withQuery(operation, ground, `${name}=true&${name}=true`)),
  },
  {
    what: 'query parameters outside their enum, also after a thousand others',
    refused: invalid,
    attempts: (operation, ground) =>
      Object.keys(operation.query.shape)
        .filter((name) => !/id$|^entity$/i.test(name))
        .flatMap((name) =>
          ['', 'nonsense', '__proto__', 'null', '%00', '%zz', '[]'].flatMap((value) => [
            withQuery(operation, ground, `${name}=${value}`),
            withQuery(operation, ground, `${'a&'.repeat(1500)}${name}=${value}`),
          ]),
        ),
  },
  {
    what: 'a query without end',
    refused: tooLarge,
    attempts: (operation, ground) => [withQuery(operation, ground, 'x'.repeat(17_000))],
  },
]
