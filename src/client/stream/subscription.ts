import { type Cursor, ProjectId, positionOfCursor, type Sha256 } from '../../../events/index.ts'
import { everyProject, type ServerMessage } from '../../ws/protocol.ts'
import type { Message } from '../environment.ts'
import { MaestroError } from '../error.ts'
import { readMessage } from './incoming.ts'
import type { Cursors, StatusItem } from './items.ts'
import type { Targets } from './options.ts'
import { Place } from './place.ts'
import type { CreateReader, Reader } from './reader.ts'
import { subscribeMessages } from './subscribe.ts'
import { Violation } from './violation.ts'

/** A project that is followed. */
interface Followed<Item> {
  readonly place: Place
  readonly reader: Reader<Item>
  /** Whether this connection has begun to send from the place. What comes before that is not for it. */
  isActive: boolean
  /** Whether the server has said, on this connection, that it will not. */
  isLost: boolean
}

type Refusal = Extract<ServerMessage, { type: 'error' }>

export interface SubscriptionOptions<Item> {
  readonly targets: Targets
  readonly recover: boolean
  readonly sha256: Sha256
  readonly createReader: CreateReader<Item>
}

/** What is followed and how far, across connections: says what to ask a server for, and makes items of what it sends. */
export class Subscription<Item> {
  readonly #options: SubscriptionOptions<Item>
  readonly #projects = new Map<ProjectId, Followed<Item>>()
  #else: Cursor

  constructor(options: SubscriptionOptions<Item>) {
    this.#options = options
    const { projects, cursors, else: otherwise } = options.targets
    this.#else = otherwise
    const named = projects === everyProject ? Object.keys(cursors).map((id) => ProjectId.parse(id)) : projects
    for (const id of named) this.#add(id, cursors[id] ?? otherwise)
  }

  /** What to say first on a new connection. */
  greeting(): string[] {
    for (const project of this.#projects.values()) {
      project.isActive = false
      project.isLost = false
    }
    const { targets } = this.#options
    const places = [...this.#projects].map(([id, { place }]): [ProjectId, string] => [id, place.cursor])
    return subscribeMessages(places, targets, this.#else)
  }

  /** Throws `Violation` for what no server may send, and `MaestroError` when nothing can be followed any more. */
  *read(message: Message, send: (text: string) => void): Generator<Item | StatusItem> {
    const incoming = readMessage(message)
    switch (incoming.kind) {
      case 'records':
        yield* this.#active(incoming.header.projectId)?.reader.records(incoming.header, incoming.lines) ?? []
        break
      case 'frame':
        yield* this.#active(incoming.frame.projectId)?.reader.frame(incoming.frame) ?? []
        break
      case 'server':
        yield* this.#said(incoming.message, send)
        break
      case 'unknown':
        break
    }
  }

  *#said(message: ServerMessage, send: (text: string) => void): Generator<StatusItem> {
    switch (message.type) {
      case 'subscribed':
        yield* this.#begin(message.projectId, message.from, message.head)
        break
      case 'caught_up':
        yield* this.#caughtUp(message.cursors)
        break
      case 'heartbeat':
        if (this.#sentUpTo(message.cursors)) yield { kind: 'progress', cursors: this.#cursors() }
        break
      case 'error':
        yield* this.#refused(message, send)
        break
      case 'pong':
        break
    }
  }

  *#caughtUp(cursors: Cursors): Generator<StatusItem> {
    const hasMoved = this.#sentUpTo(cursors)
    for (const { isActive, reader } of this.#projects.values()) if (isActive) reader.caughtUp()
    if ([...this.#projects.values()].some(({ isActive, isLost }) => !isActive && !isLost)) {
      // What the server speaks of is without projects that it has yet to begin with.
      if (hasMoved) yield { kind: 'progress', cursors: this.#cursors() }
      return
    }
    // From now on, a project that is not known has come later.
    this.#else = 'start'
    yield { kind: 'caught_up', cursors: this.#cursors() }
  }

  *#begin(projectId: ProjectId, from: string, head: number): Generator<StatusItem> {
    const project = this.#wanted(projectId)
    if (project === undefined) return
    project.place.begin(from)
    project.reader.begin()
    project.isActive = true
    yield { kind: 'following', projectId, cursor: project.place.cursor, head }
  }

  *#refused({ code, message, projectId }: Refusal, send: (text: string) => void): Generator<StatusItem> {
    const error = new MaestroError(code, message, { projectId })
    const project = projectId === undefined ? undefined : this.#wanted(projectId)
    if (projectId === undefined || project === undefined) throw error
    project.isActive = false
    const { recover, targets } = this.#options
    if (recover && (code === 'OFFSET_AHEAD' || code === 'HISTORY_DIVERGED')) {
      project.place.restart()
      yield { kind: 'reset', projectId, error }
      const again = { ...targets, projects: [projectId] }
      for (const text of subscribeMessages([[projectId, project.place.cursor]], again, this.#else)) send(text)
      return
    }
    project.isLost = true
    yield { kind: 'lost', projectId, error }
    const isOver = targets.projects !== everyProject && [...this.#projects.values()].every(({ isLost }) => isLost)
    if (isOver && !recover) throw error
  }

  /** Whether any place has moved. */
  #sentUpTo(cursors: Cursors): boolean {
    let hasMoved = false
    for (const [id, cursor] of Object.entries(cursors)) {
      const position = positionOfCursor(cursor)
      if (position === undefined) throw new Violation(`${cursor}, which is not the long form of a cursor`)
      if (this.#active(ProjectId.parse(id))?.reader.sentUpTo(position) === true) hasMoved = true
    }
    return hasMoved
  }

  #cursors(): Cursors {
    const places = [...this.#projects].map(([id, { place }]): [string, string] => [id, place.cursor])
    return Object.fromEntries(places.filter(([, cursor]) => cursor !== 'now'))
  }

  /** A project that is followed; one that is new, if all are. */
  #wanted(projectId: ProjectId): Followed<Item> | undefined {
    const isEvery = this.#options.targets.projects === everyProject
    return this.#projects.get(projectId) ?? (isEvery ? this.#add(projectId, this.#else) : undefined)
  }

  #active(projectId: ProjectId): Followed<Item> | undefined {
    const project = this.#projects.get(projectId)
    return project?.isActive === true ? project : undefined
  }

  #add(projectId: ProjectId, cursor: Cursor): Followed<Item> {
    const { targets, sha256, createReader } = this.#options
    const place = new Place(cursor)
    const options = { projectId, place, sha256, isFiltered: targets.types !== undefined }
    const project = { place, reader: createReader(options), isActive: false, isLost: false }
    this.#projects.set(projectId, project)
    return project
  }
}
