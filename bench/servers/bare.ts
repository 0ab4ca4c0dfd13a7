import { createServer } from 'node:http'
import { tell } from './tell.ts'

/** What is answered to GET: as long as a task. */
const task = JSON.stringify({
  ...{ id: 'task_1706790000000_abcdefghjkmnpqrs', projectId: 'proj_1706790000000_abcdefghjkmnpqrs', parentId: null },
  ...{ title: 'Add export/import commands', initialPrompt: '', status: 'pending', priority: 'high', sessionIds: [] },
  description: 'Support bd export --format=jsonl and bd import for text-based git workflow',
  ...{ skillIds: [], agentIds: [], dependencies: [], subtasks: [], createdAt: 1706790000000, updatedAt: 1706790000000 },
  timeline: [
    { id: 'evt_1706790000000_abcdefghjkmnpqrs', type: 'created', timestamp: 1706790000000, message: 'Task created' },
  ],
  ...{ startedAt: null, completedAt: null },
})

/** The least that Node can do: reads JSON and answers it. */
const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const text = chunks.length === 0 ? task : JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
    res.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) })
    res.end(text)
  })
})

tell(server.listen(0, '127.0.0.1'))
