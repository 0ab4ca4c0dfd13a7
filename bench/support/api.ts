import { z } from 'zod'

const Created = z.object({ id: z.string() })

/** Asks a server of this machine, and resolves with its answer. */
export const call = async (port: number, method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

export const create = async (port: number, path: string, body: object): Promise<string> =>
  Created.parse(await call(port, 'POST', path, body)).id

/** A task as agents write them. */
export const taskFields = {
  title: 'Add export/import commands',
  description: 'Support bd export --format=jsonl and bd import for text-based git workflow',
  priority: 'high',
}

/** The body of a task in each of these projects. */
export const taskBodies = (projects: readonly string[]): string[] =>
  projects.map((projectId) => JSON.stringify({ projectId, ...taskFields }))
