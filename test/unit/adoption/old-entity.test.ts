import { expect, it } from 'vitest'
import type { FoundFile } from '../../../src/adoption/entity-file-list.ts'
import { openEntity } from '../../../src/adoption/old-entity.ts'

const file = (name: string, place: Partial<FoundFile> = {}): FoundFile => ({
  path: `projects/${name}`,
  name,
  kind: 'project',
  folder: undefined,
  ...place,
})

const open = (content: string | Uint8Array, found = file('proj_a.json')) => openEntity(found, Buffer.from(content))

it('an object with the id that the file is named after is an entity', () => {
  const found = file('proj_a.json')
  expect(open('{"id":"proj_a","name":"A"}', found)).toEqual({
    kind: 'entity',
    entity: { ...found, id: 'proj_a', fields: { id: 'proj_a', name: 'A' } },
  })
})

it('a byte order mark in front does no harm', () => {
  expect(open('\ufeff{"id":"proj_a"}')).toMatchObject({ kind: 'entity' })
})

it.each([
  ['nothing', '', 'is not JSON'],
  ['half an object', '{"id":"proj_a","na', 'is not JSON'],
  ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'is not JSON'],
  ['zeros', new Uint8Array(512), 'is not JSON'],
  ['a list', '[{"id":"proj_a"}]', 'is not a JSON object'],
  ['null', 'null', 'is not a JSON object'],
  ['no id', '{"name":"A"}', 'has no id'],
  ['a number as id', '{"id":1}', 'has no id'],
  ['an id that could be a path', '{"id":"../proj_a"}', 'has an id that does not match'],
  ['the id of another file', '{"id":"proj_b"}', 'has an id that is not the name of the file'],
  ['a key that reaches the prototype', '{"id":"proj_a","x":[{"__proto__":{}}]}', 'holds the key __proto__'],
  ['a number beyond a double', '{"id":"proj_a","x":1e999}', 'holds a number that is too large'],
  ['a bottomless list', `{"id":"proj_a","x":${'['.repeat(9999)}${']'.repeat(9999)}}`, 'is nested more than 64 levels'],
])('%s is refused, and the reason tells why', (_, content, reason) => {
  expect(open(content)).toEqual({
    kind: 'left',
    left: { path: 'projects/proj_a.json', reason: expect.stringContaining(reason) },
  })
})

it('a file with another name is refused, whatever it holds', () => {
  expect(open('{"id":"proj_a"}', file('proj_a.json.bak'))).toMatchObject({ left: { reason: 'is not named <id>.json' } })
})

it('a task outside of the folder of a project is refused', () => {
  const stray = file('task_a.json', { kind: 'task', path: 'tasks/task_a.json' })
  expect(open('{"id":"task_a"}', stray)).toMatchObject({ left: { reason: 'is not in the folder of a project' } })
})

it('the reason never quotes the file, which may hold secrets', () => {
  expect(JSON.stringify(open('{"id":"proj_a","token":hunter2}'))).not.toContain('hunter2')
})
