import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makerOf, projectIn, readerOf, refusalIn } from '../../support/entities.ts'
import { entityWhen } from '../../support/files.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server

describe('Project Setup Flow', () => {
  it('sets up a project', async () => {
    const [ui, otherClient] = [await server.listen(), await server.listen()]

    const answer = await step('User provides project name and optional working directory', () =>
      call('POST', '/api/projects', {
        body: { name: 'Agent Maestro', workingDir: '/home/ada/maestro', description: 'Orchestrates agents' },
      }),
    )
    const project = await step('201 Created, project object', () => {
      expect(answer.status).toBe(201)
      return projectIn(answer)
    })
    await step('Storage generates unique project ID: proj_<timestamp>_<random>', () => {
      expect(project.id).toMatch(/^proj_\d{13}_[0-9a-z]+$/)
    })
    await step('Project saved to in-memory map', async () => {
      expect(await readerOf(call).project(project.id)).toEqual(project)
    })
    await step('Project persisted to disk at ~/.maestro/data/projects/{id}.json', async () => {
      expect(await entityWhen(join(server.dataDir, 'projects', `${project.id}.json`))).toEqual(project)
    })
    await step('WebSocket broadcasts project:created to all connected clients', async () => {
      for (const client of [ui, otherClient]) {
        expect(await client.received(1)).toMatchObject([
          { type: 'project:created', event: 'project:created', data: project, projectId: project.id },
        ])
      }
    })
    await step('UI updates to show new project', async () => {
      expect((await call('GET', '/api/projects')).body).toEqual([project])
    })
  })

  describe('Edge Cases', () => {
    it('Empty project name: 400 validation error', async () => {
      const refusal = refusalIn(await call('POST', '/api/projects', { body: { name: '' } }))
      expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', message: 'name is required' })
    })

    it('Invalid working directory: accepted, not validated', async () => {
      expect(await makerOf(call).project({ workingDir: '/no/such/directory' })).toMatchObject({
        workingDir: '/no/such/directory',
      })
    })

    it('Duplicate project name: allowed, IDs are unique', async () => {
      const { project } = makerOf(call)
      expect((await project({ name: 'Twin' })).id).not.toBe((await project({ name: 'Twin' })).id)
    })
  })
})
