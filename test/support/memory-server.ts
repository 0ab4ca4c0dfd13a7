import { z } from 'zod'
import { type DomainEvent, SessionId, TaskId } from '../../events/index.ts'
import { evolve, ProjectState, subjectOf } from '../../projections/index.ts'
import type { Command } from '../../src/commands/command.ts'
import { decide } from '../../src/commands/decide.ts'
import { CreateSessionBody, CreateTaskBody, TimelineBody, UpdateTaskBody } from '../../src/http/schemas.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { Receipt, Send } from '../../tools/load-history/sending/api.ts'
import type { WriteRequest } from '../../tools/load-history/sending/request.ts'
import { projectCreated } from './events.ts'
import { readBack, recordOf } from './fold.ts'
import { momentAt } from './histories.ts'

interface Answered {
  readonly request: string
  readonly receipt: Receipt
}

/**
 * One project with the rules and the fold of the server, and nothing else of it: what the REST API would do, without
 * sockets, files or time.
 */
export class MemoryServer {
  readonly state = new ProjectState()
  /** What happened, by offset. */
  readonly events: DomainEvent[] = []
  readonly #answered = new Map<string, Answered>()

  constructor() {
    this.#take(projectCreated())
  }

  /** Throws for what the server would refuse, and for a request that changes nothing: a loader makes none. */
  readonly send: Send = async (request, key) => {
    const text = JSON.stringify(request)
    const known = this.#answered.get(key)
    if (known !== undefined) {
      if (known.request !== text) throw new Error(`the key ${key} stands for ${known.request} and for ${text}`)
      return { ...known.receipt, replayed: true }
    }
    const offset = this.events.length
    const event = decide(commandOf(request), this.state, momentAt(offset, this.state))
    if (event === undefined) throw new Error(`${text} changes nothing`)
    const { id } = subjectOf(recordOf(event, offset))
    this.#take(event)
    const receipt = { offset, hash: sha256(String(offset)), replayed: false, ...(request.method === 'POST' && { id }) }
    this.#answered.set(key, { request: text, receipt })
    return receipt
  }

  #take(event: DomainEvent): void {
    const offset = this.events.length
    this.state.apply(evolve(this.state, recordOf(readBack(event), offset)), offset)
    this.events.push(event)
  }
}

type Route = readonly [RegExp, (body: unknown, ids: Readonly<Record<string, string>>) => Command]

const Link = z.object({ sessionId: SessionId, taskId: TaskId })
const OfTask = z.object({ taskId: TaskId })

const routes: readonly Route[] = [
  [/^POST \/api\/tasks$/, (body) => ({ type: 'create-task', ...CreateTaskBody.strict().parse(body) })],
  [
    /^PATCH \/api\/tasks\/(?<taskId>[^/?]+)$/,
    (body, ids) => ({ type: 'update-task', ...OfTask.parse(ids), ...UpdateTaskBody.strict().parse(body) }),
  ],
  [
    /^DELETE \/api\/tasks\/(?<taskId>[^/?]+)$/,
    (_, ids) => ({ type: 'delete-task', ...OfTask.parse(ids), cascade: false }),
  ],
  [
    /^DELETE \/api\/tasks\/(?<taskId>[^/?]+)\?cascade=true$/,
    (_, ids) => ({ type: 'delete-task', ...OfTask.parse(ids), cascade: true }),
  ],
  [
    /^POST \/api\/tasks\/(?<taskId>[^/?]+)\/timeline$/,
    (body, ids) => ({ type: 'add-timeline-entry', ...OfTask.parse(ids), entry: TimelineBody.strict().parse(body) }),
  ],
  [
    /^POST \/api\/sessions$/,
    (body) => ({ type: 'create-session', ...CreateSessionBody.strict().required({ taskIds: true }).parse(body) }),
  ],
  [
    /^POST \/api\/sessions\/(?<sessionId>[^/?]+)\/tasks\/(?<taskId>[^/?]+)$/,
    (_, ids) => ({ type: 'link-task', ...Link.parse(ids) }),
  ],
  [
    /^DELETE \/api\/sessions\/(?<sessionId>[^/?]+)\/tasks\/(?<taskId>[^/?]+)$/,
    (_, ids) => ({ type: 'unlink-task', ...Link.parse(ids) }),
  ],
]

const commandOf = ({ method, path, body }: WriteRequest): Command => {
  for (const [pattern, command] of routes) {
    const match = pattern.exec(`${method} ${path}`)
    if (match !== null) return command(body, match.groups ?? {})
  }
  throw new Error(`no route for ${method} ${path}`)
}
