import type { Bench } from '../bench.ts'
import { taskBodies } from '../support/api.ts'
import { latency, metric, settledServer, startTime } from '../support/asking.ts'
import { settledHistory, taskAt } from '../support/histories.ts'
import { sealedProject, writeSealedLog } from '../support/sealed-log.ts'
import { noSnapshots, takeSnapshot } from '../support/snapshots.ts'
import type { Dimension } from './dimension.ts'

const questions = (tasks: number) => {
  const task = taskAt(tasks >> 1)
  const list = `/api/tasks?projectId=${sealedProject}`
  // Not all on the same task, since those grow it.
  const sessions = Array.from({ length: 100 }, (_, i) => ({ projectId: sealedProject, taskIds: [taskAt(i)] }))
  return {
    'create a task': { method: 'POST', paths: ['/api/tasks'], bodies: taskBodies([sealedProject]) },
    'create a session': {
      method: 'POST',
      paths: ['/api/sessions'],
      bodies: sessions.map((session) => JSON.stringify(session)),
    },
    'change a task': { method: 'PATCH', paths: [`/api/tasks/${task}`], bodies: ['{"title":"A"}', '{"title":"B"}'] },
    'get a task': { method: 'GET', paths: [`/api/tasks/${task}`] },
    'list children': { method: 'GET', paths: [`/api/tasks/${task}/children`] },
    'list what matches nothing': { method: 'GET', paths: [`${list}&status=blocked`] },
  } as const
}

/** Everything that is asked of one project, over the tasks in it. */
export const tasksDimension: Dimension = {
  ...{ name: 'tasks', title: 'Over the tasks of a project', x: 'tasks', sizes: [100, 1_000, 10_000, 100_000] },
  shapes: {
    ...{ 'create a task': 'flat', 'create a session': 'flat', 'change a task': 'flat', 'get a task': 'flat' },
    ...{ 'list children': 'flat', 'list what matches nothing': 'flat', 'list all tasks': 'linear' },
    ...{ 'start from a snapshot': 'linear', 'resident memory': 'linear' },
  },
  measure: async (bench: Bench, tasks: number) => {
    const dataDir = await bench.scratch()
    await writeSealedLog({ dataDir, records: tasks + 1, eventAt: settledHistory(tasks) })
    await takeSnapshot(bench, dataDir)
    const figures: Record<string, number> = { 'start from a snapshot': await startTime(bench, dataDir, noSnapshots) }
    const server = await settledServer(bench, dataDir, noSnapshots)
    figures['resident memory'] = await metric(server, 'process_resident_memory_bytes')
    for (const [name, question] of Object.entries(questions(tasks)))
      figures[name] = await latency(bench, server, question)
    figures['list all tasks'] = await latency(bench, server, {
      ...{ method: 'GET', paths: [`/api/tasks?projectId=${sealedProject}`] },
    })
    return figures
  },
}
