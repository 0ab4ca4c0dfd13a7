import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documented, documentedOperations } from '../../support/documented.ts'
import { oneOfEveryRefusal, oneOfEverything } from '../../support/one-of-everything.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ SKILLS_DIR: '$DATA/skills' })

/** Answered with text, which the client of these tests does not read. */
const otherwiseTested = ['getReferencePage', 'getMetrics']

describe('the OpenAPI document', () => {
  it('has every operation as it is answered, with all headers and no field more', async () => {
    const skill = join(server.dataDir, 'skills', 'review')
    await mkdir(skill, { recursive: true })
    await writeFile(join(skill, 'SKILL.md'), '---\nname: Review\ndescription: Reads what others wrote\n---\n')
    const succeeded = new Set(otherwiseTested)
    await server.listen()
    await oneOfEverything(documented(server.call, (name) => succeeded.add(name)))
    // Whoever adds an operation asks for it in test/support/one-of-everything.ts.
    expect([...succeeded].sort()).toEqual(documentedOperations.map(({ operationId }) => operationId).sort())
  })

  it('has every refusal as it is answered, and which codes an operation may be refused with', async () => {
    await oneOfEveryRefusal(documented(server.call))
  })
})
