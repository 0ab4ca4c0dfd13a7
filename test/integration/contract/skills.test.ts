import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { refusalIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ SKILLS_DIR: '$DATA/skills' })
const { call } = server

const skills = () => join(server.dataDir, 'skills')
const put = async (skill: string, file: string, text: string): Promise<void> => {
  await mkdir(join(skills(), skill), { recursive: true })
  await writeFile(join(skills(), skill, file), text)
}
beforeEach(() => rm(skills(), { recursive: true, force: true }))

const markdown = '---\nname: Code review\ndescription: Reads changes.\n---\n# How to review\n'

describe('the skills', () => {
  it('are an empty list when there is no folder of them', async () => {
    expect(await call('GET', '/api/skills')).toMatchObject({ status: 200, text: '[]' })
  })

  it('are one a folder, described by SKILL.md or manifest.json, as they are at the time', async () => {
    await put('review', 'SKILL.md', markdown)
    await put('deploy', 'manifest.json', '{"name":"Deploy","description":"Ships it.","version":2}')
    await put('nothing', 'README.md', 'No skill.')
    expect((await call('GET', '/api/skills')).body).toEqual([
      { id: 'deploy', name: 'Deploy', description: 'Ships it.' },
      { id: 'review', name: 'Code review', description: 'Reads changes.' },
    ])
    await rm(join(skills(), 'deploy'), { recursive: true })
    expect((await call('GET', '/api/skills')).body).toMatchObject([{ id: 'review' }])
  })

  it('are shown one by one, with the text as it is', async () => {
    await put('review', 'SKILL.md', markdown)
    expect(await call('GET', '/api/skills/review')).toMatchObject({
      status: 200,
      body: { id: 'review', name: 'Code review', description: 'Reads changes.', content: markdown },
    })
  })

  it.each(['none', '..', '%2e%2e%2fprojects', '..%2F..%2Fetc', 'a%00b'])('do not include %s', async (id) => {
    await put('review', 'SKILL.md', markdown)
    expect(refusalIn(await call('GET', `/api/skills/${id}`))).toMatchObject({ status: 404 })
  })
})
