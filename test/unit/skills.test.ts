import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogFields, Logger } from '../../src/platform/logger.ts'
import { silentLogger } from '../../src/platform/logger.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import type { Skills } from '../../src/skills/skill.ts'
import { createSkillFolders } from '../../src/skills/skill-folders.ts'

let scratch: string
let warnings: LogFields[]
let skills: Skills

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'skills-'))
  warnings = []
  const logger: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) }
  skills = createSkillFolders({ fs: nodeFileSystem, dir: join(scratch, 'skills'), logger })
})

afterEach(() => rm(scratch, { recursive: true, force: true }))

const put = async (path: string, text: string | Uint8Array): Promise<void> => {
  const file = join(scratch, 'skills', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

const markdown = (yaml: string, body = ''): string => `---\n${yaml}\n---\n${body}`

describe('the list of skills', () => {
  it('is empty when there is no directory of skills, or none in it', async () => {
    expect(await skills.list()).toEqual([])
    await put('README.md', 'not a folder')
    expect(await skills.list()).toEqual([])
    expect(warnings).toEqual([])
  })

  it('has the name and description of each, from SKILL.md or else from manifest.json, sorted by id', async () => {
    await put(
      'review/SKILL.md',
      markdown('name: Code review\ndescription: >\n  Reads\n  changes.\nallowed-tools: [Read]'),
    )
    await put('review/manifest.json', '{"name":"not this"}')
    await put('deploy/manifest.json', '{"name":" Deploy ","description":"Ships it.","version":2}')
    await put('Build_2/SKILL.md', markdown('name: Build').replaceAll('\n', '\r\n'))
    expect(await skills.list()).toEqual([
      { id: 'Build_2', name: 'Build', description: '' },
      { id: 'deploy', name: 'Deploy', description: 'Ships it.' },
      { id: 'review', name: 'Code review', description: 'Reads changes.' },
    ])
    expect(warnings).toEqual([])
  })

  it('takes names and descriptions as the texts that they are', async () => {
    await put('year/SKILL.md', markdown('name: 2024\ndescription: on'))
    await put('nothing/SKILL.md', markdown('name:\ndescription: ""'))
    await put('empty/SKILL.md', '---\n---\n')
    await put('marked/SKILL.md', `\uFEFF${markdown('name: Ünïcode 🛠')}`)
    expect(await skills.list()).toEqual([
      { id: 'empty', name: 'empty', description: '' },
      { id: 'marked', name: 'Ünïcode 🛠', description: '' },
      { id: 'nothing', name: 'nothing', description: '' },
      { id: 'year', name: '2024', description: 'on' },
    ])
    expect(warnings).toEqual([])
  })

  it('follows links to folders elsewhere, and passes over links to nowhere and to files', async () => {
    await put('../elsewhere/worker/SKILL.md', markdown('name: Worker'))
    await mkdir(join(scratch, 'skills'))
    await symlink(join(scratch, 'elsewhere/worker'), join(scratch, 'skills/linked'))
    await symlink(join(scratch, 'gone'), join(scratch, 'skills/dangling'))
    await symlink(join(scratch, 'elsewhere/worker/SKILL.md'), join(scratch, 'skills/file'))
    expect(await skills.list()).toEqual([{ id: 'linked', name: 'Worker', description: '' }])
    expect(warnings).toEqual([])
  })

  it('passes over folders that are no skills, or whose names are no ids', async () => {
    await put('notes/README.md', 'nothing to see')
    for (const name of ['.git', 'two words', 'dots.in.it', '-dash', 'x'.repeat(129)]) {
      await put(`${name}/SKILL.md`, markdown('name: x'))
    }
    expect(await skills.list()).toEqual([])
  })

  it.each<[string, string | Uint8Array]>([
    ['that is not YAML', markdown('name: [')],
    ['that is no map', markdown('- name')],
    ['whose name is no text', markdown('name: [a, b]\ndescription: known')],
    ['that is missing', '# Just a heading'],
    ['that does not end', '---\nname: x\n'],
    ['with a key twice', markdown('name: a\nname: b')],
    ['of two documents', markdown('name: a\n...\nname: b')],
    ['whose aliases multiply', markdown(`a: &a [x]\nb: [${'*a,'.repeat(50)}]`)],
    ['that is not UTF-8', new Uint8Array([0x2d, 0x2d, 0x2d, 0x0a, 0xff, 0xfe])],
    ['in too long a file', markdown('name: x', 'x'.repeat(256 * 1024))],
  ])('has a skill with front matter %s under its id, and the log says why', async (_, text) => {
    await put('worker/SKILL.md', text)
    expect(await skills.list()).toEqual([{ id: 'worker', name: 'worker', description: '' }])
    expect(warnings).toEqual([{ path: expect.stringMatching(/worker\/SKILL\.md$/), err: expect.any(Error) }])
  })

  it.each(['{', '[]', '{"name":7}'])(
    'has a skill with the manifest %s under its id, and the log says why',
    async (text) => {
      await put('worker/manifest.json', text)
      expect(await skills.list()).toEqual([{ id: 'worker', name: 'worker', description: '' }])
      expect(warnings).toHaveLength(1)
    },
  )

  it('makes nothing but texts of what a tag asks for', async () => {
    await put('worker/SKILL.md', markdown('name: !!js/function "function () {}"\ndescription: !!timestamp 2024-01-01'))
    expect(await skills.list()).toEqual([{ id: 'worker', name: 'function () {}', description: '2024-01-01' }])
  })

  it('has a skill that cannot be read under its id', async () => {
    await mkdir(join(scratch, 'skills/worker/SKILL.md'), { recursive: true })
    expect(await skills.list()).toEqual([{ id: 'worker', name: 'worker', description: '' }])
    expect(warnings).toMatchObject([{ err: { code: 'EISDIR' } }])
  })
})

describe('a skill', () => {
  it('has the whole text of its SKILL.md', async () => {
    const content = markdown('name: Worker\ndescription: Works.', '# Worker\n\nDo it.\n')
    await put('worker/SKILL.md', content)
    expect(await skills.get('worker')).toEqual({ id: 'worker', name: 'Worker', description: 'Works.', content })
  })

  it('has its text also when its front matter is not valid, and up to 256 KiB of it', async () => {
    const start = '# No front matter\n'
    const content = start + 'x'.repeat(256 * 1024 - start.length)
    await put('worker/SKILL.md', content)
    expect(await skills.get('worker')).toEqual({ id: 'worker', name: 'worker', description: '', content })
  })

  it('has no text when it has only a manifest, or a SKILL.md that cannot be read', async () => {
    await put('deploy/manifest.json', '{"name":"Deploy"}')
    await put('huge/SKILL.md', 'x'.repeat(256 * 1024 + 1))
    expect(await skills.get('deploy')).toEqual({ id: 'deploy', name: 'Deploy', description: '', content: null })
    expect(await skills.get('huge')).toEqual({ id: 'huge', name: 'huge', description: '', content: null })
  })

  it('is read anew each time', async () => {
    await put('worker/SKILL.md', markdown('name: Before'))
    expect(await skills.get('worker')).toMatchObject({ name: 'Before' })
    await put('worker/SKILL.md', markdown('name: After'))
    expect(await skills.get('worker')).toMatchObject({ name: 'After' })
  })

  it.each(['nobody', '', '.', '..', '../skills/worker', 'worker/../worker', 'worker/', '/etc', 'a\0b', 'README'])(
    'is not found, nor any path looked up, for the id %j',
    async (id) => {
      await put('worker/SKILL.md', markdown('name: Worker'))
      await put('README', 'a file')
      await expect(skills.get(id)).rejects.toMatchObject({ code: 'SKILL_NOT_FOUND', message: 'Skill not found' })
    },
  )
})
