import { expect } from 'vitest'
import { canonical, type ProjectId, type Session } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Commit } from '../../../src/store/commit.ts'
import type { Request } from '../../../src/store/request.ts'
import { commandOf } from '../histories.ts'
import type { Intent } from '../intents.ts'
import { byUser, quiet, StoreFixture, type Watched, watch } from '../store-fixture.ts'
import { answered, type Ending, endingOf, full, isAppended, lost, missingIn, remembered } from './endings.ts'
import { carryOut, createProject, type ProjectCommand, repeatOf } from './model.ts'
import { type Fate, type Group, type How, plainly, type Step } from './script.ts'
import { allOf, seenIn } from './seen.ts'
import type { ModelProject, World } from './world.ts'

/** A request to a project. */
interface Sent {
  readonly projectId: ProjectId
  readonly command: ProjectCommand
  readonly request: Request
}

/** A server, and the model of it to which the same things happen. */
export class Trial {
  readonly world: World = { projects: [], creations: new Map() }
  #server = new StoreFixture()
  /** All requests so far that another one may repeat. */
  readonly #sent: Sent[] = []
  readonly #commits = new Map<string, Commit>()
  readonly #deferred: Array<() => void> = []
  #gathering = false
  #servers = 0

  get server(): StoreFixture {
    return this.#server
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'start':
        return this.#start()
      case 'create':
        return this.#create(step.strict, step.how)
      case 'group':
        return this.#group(step)
      case 'clock':
        this.#server.now += step.by
        return
      case 'snapshot':
        for (const { id } of this.world.projects) await this.#server.snapshot(id)
    }
  }

  /** Every request with a key once more: what was done then is not done again, and is answered as it was. */
  async repeatAll(): Promise<void> {
    for (const sent of this.#sent) {
      const done = sent.request.mark && projectIn(this.world, sent.projectId).keys.get(sent.request.mark.key)
      if (done === undefined || done.digest !== sent.request.mark?.digest || this.#isElsewhere(sent)) continue
      const repeat = watch(this.#server.send(sent.projectId, sent.command, sent.request))
      await quiet()
      this.#compare(sent.projectId, repeat, answered({ ...done.answer, outcome: 'replayed' }))
    }
  }

  /** A server starts with what others have left. */
  async #start(): Promise<void> {
    const { now } = this.#server
    this.#server = await this.#another()
    this.#server.now = now
  }

  async #another(): Promise<StoreFixture> {
    const { storage, snapshotStorage } = this.#server
    this.#servers += 1
    const defer = (run: () => void): void => {
      if (this.#gathering) this.#deferred.push(run)
      else run()
    }
    const server = new StoreFixture({ storage, snapshotStorage, seed: this.#servers, defer })
    server.store.subscribe((commits) => {
      for (const commit of commits) this.#commits.set(placeOf(commit.projectId, commit.record.offset), commit)
    })
    await server.store.load()
    return server
  }

  async #create(strict: boolean, { key }: How): Promise<void> {
    const command = { type: 'create-project', name: 'Project', lifecycle: strict ? 'strict' : 'open' } as const
    const request = requestOf(key, canonical(command))
    const watched = watch(this.#server.store.createProject(command, request))
    await quiet()
    const ending = endingOf(() => {
      const repeated = repeatOf(this.world.creations, request)
      if (repeated !== undefined) return repeated
      const sight = watched.answer?.sight
      if (sight?.kind !== 'project') throw new Error('no project was created')
      expect(sight.id).toMatch(/^proj_[0-9]+_[0-9a-z]{16}$/)
      return createProject(this.world, sight.id, command, request, this.#server.now)
    })
    this.#compare(watched.answer?.sight.kind === 'project' ? watched.answer.sight.id : undefined, watched, ending)
  }

  async #group({ project: n, intents, hows, fate, foreign }: Group): Promise<void> {
    const project = this.world.projects[n % this.world.projects.length]
    if (project === undefined) return
    const sent = this.#requests(project.id, intents, hows)
    const watched = await this.#send(project, sent)
    const unrouted = new Set<number>()
    const first = this.#playAll(structuredClone(this.world), sent, unrouted)
    const staged = first.findIndex(isAppended)
    // Whatever rests on nothing staged is told before anything is written.
    const isEarly = (i: number): boolean => staged === -1 || i < staged || unrouted.has(i)
    const isLost = (i: number): boolean => fate === 'refused' && isAppended(first[i])
    watched.forEach((one, i) => {
      expect(isOver(one)).toBe(isEarly(i))
    })
    expect(this.#server.log.waiting).toBe(staged === -1 ? 0 : 1)
    if (staged !== -1) await this.#meet(fate, project.id, foreign)
    this.#server.log.release()
    await quiet()
    // What was told before stands; the rest is decided on what there is by now.
    const rest = sent.filter((_, i) => !isEarly(i) && !isLost(i))
    const later = this.#playAll(this.world, rest).values()
    watched.forEach((one, i) => {
      this.#compare(project.id, one, isEarly(i) ? first[i] : isLost(i) ? lost : later.next().value)
    })
    expect(seenIn(this.#server, project.id)).toEqual(allOf(project))
  }

  /** Sends all before anything is durable, and makes sure that nothing of it can be seen. */
  async #send(project: ModelProject, sent: readonly Sent[]): Promise<Watched[]> {
    this.#server.log.hold()
    this.#gathering = true
    const watched = sent.map((one) => watch(this.#server.send(one.projectId, one.command, one.request)))
    this.#gathering = false
    for (const run of this.#deferred.splice(0)) run()
    await quiet()
    expect(seenIn(this.#server, project.id)).toEqual(allOf(project))
    return watched
  }

  /** What becomes of the write that waits. */
  async #meet(fate: Fate, projectId: ProjectId, foreign: readonly Intent[]): Promise<void> {
    const arrival = await this.#server.log.next()
    if (fate === 'overtaken') await this.#writeElsewhere(projectId, foreign)
    if (fate === 'refused') arrival.fail(full)
    else arrival.pass()
  }

  /** Another server, which knows all that is durable, writes first. */
  async #writeElsewhere(projectId: ProjectId, intents: readonly Intent[]): Promise<void> {
    const server = await this.#another()
    server.now = this.#server.now
    for (const intent of intents) {
      const sent = { projectId, command: commandOf(intent, server.stateOf(projectId)), request: byUser }
      if (sent.command.type === 'create-project') continue
      const watched = watch(server.send(projectId, sent.command, byUser))
      await quiet()
      const [ending] = this.#playAll(this.world, [{ ...sent, command: sent.command }], new Set())
      this.#compare(projectId, watched, ending)
    }
  }

  /** Requests to a project that are about what it has, or that repeat earlier ones. */
  #requests(projectId: ProjectId, intents: readonly Intent[], hows: readonly How[]): Sent[] {
    const state = this.#server.stateOf(projectId)
    const earlier = this.#sent.filter((one) => one.projectId === projectId && one.request.mark !== undefined)
    const requests = intents.flatMap((intent, i): Sent[] => {
      const { again, key, match } = hows[i] ?? plainly
      const repeated = again === undefined ? undefined : earlier[again % earlier.length]
      if (repeated !== undefined) return [repeated]
      const command = commandOf(intent, state)
      if (command.type === 'create-project') return []
      const request = requestOf(key, canonical({ projectId, command }))
      const version = match === undefined ? undefined : this.#versionOf(projectId, command)
      const ifMatch = version === undefined ? undefined : [match === 'stale' ? version + 1 : version]
      const sent = { projectId, command, request: { ...request, ifMatch } }
      this.#sent.push(sent)
      return [sent]
    })
    return requests.filter((one) => !this.#isElsewhere(one))
  }

  /** Whether what a request is about is another project's by now, which then is where it would go. */
  #isElsewhere({ projectId, command }: Sent): boolean {
    if (!('sessionId' in command)) return false
    const isIt = ({ entity }: { readonly entity: Session }): boolean => entity.id === command.sessionId
    return this.world.projects.some(({ id, sessions }) => id !== projectId && sessions.some(isIt))
  }

  /** The version that `If-Match` may name of what a command changes or deletes. */
  #versionOf(projectId: ProjectId, command: ProjectCommand): number | undefined {
    const { project, task, session } = this.#server.stateOf(projectId)
    if (!/^(update|delete|unlink)-/.test(command.type)) return undefined
    if ('sessionId' in command && command.sessionId !== undefined) return session.get(command.sessionId)?.version ?? 0
    if ('taskId' in command && command.taskId !== undefined) return task.get(command.taskId)?.version ?? 0
    return project.get(projectId)?.version ?? 0
  }

  /**
   * Plays requests that are decided one on top of the other. Where they have just been sent, those about something that
   * the server has never heard of go to no project; they are noted as `unrouted`, by their index.
   */
  #playAll(world: World, sent: readonly Sent[], unrouted?: Set<number>): Ending[] {
    const tasks = new Set<string>(world.projects.flatMap((one) => one.tasks.map(({ entity }) => entity.id)))
    // An id is free again when it is durable that the session is no more.
    const sessions = new Set<string>(world.projects.flatMap((one) => one.sessions.map(({ entity }) => entity.id)))
    return sent.map(({ projectId, command, request }, i) =>
      endingOf(() => {
        const missing = unrouted && missingIn(command, tasks, sessions)
        const known = missing && remembered(world, request)
        if (known !== undefined) return known
        if (missing !== undefined) {
          unrouted?.add(i)
          throw missing
        }
        const answer = carryOut(
          { project: projectIn(world, projectId), command, request },
          { now: this.#server.now, randomOf: this.#randomOf, isTaken: (id) => sessions.has(id) },
        )
        if (command.type === 'create-session' && answer.entity !== undefined) sessions.add(answer.entity.id)
        return answer
      }),
    )
  }

  /** What is not durable has no id yet that anybody could know. */
  readonly #randomOf = (projectId: ProjectId, offset: number): string =>
    this.#commits.get(placeOf(projectId, offset))?.record.id.slice(10).toLowerCase() ?? `staged${offset}`

  #compare(projectId: ProjectId | undefined, watched: Watched | undefined, ending: Ending | undefined): void {
    if (ending?.kind === 'refused') {
      const { code, details, message } = ending.refusal
      expect(watched?.answer).toBeUndefined()
      expect(watched?.refusal).toMatchObject({ code, ...(details === undefined ? {} : { details }) })
      if (message !== '') expect(watched?.refusal?.message).toBe(message)
      return
    }
    if (ending === undefined) throw new Error('the model has no ending for a request')
    const { outcome, entity, version, receipt } = ending.answer
    const { hash } = this.#commits.get(placeOf(projectId ?? '', receipt - 1))?.next ?? {}
    expect(watched?.refusal).toBeUndefined()
    expect(watched?.answer).toMatchObject({ outcome, sight: { version }, receipt: { offset: receipt, hash } })
    expect(watched?.answer?.sight.entity).toEqual(entity)
  }
}

const isOver = ({ answer, refusal }: Watched): boolean => answer !== undefined || refusal !== undefined
const placeOf = (projectId: string, offset: number): string => `${projectId} ${offset}`

const requestOf = (key: string | undefined, text: string): Request =>
  key === undefined ? byUser : { ...byUser, mark: { key, digest: sha256(text) } }

const projectIn = ({ projects }: World, id: ProjectId): ModelProject => {
  const project = projects.find((one) => one.id === id)
  if (project === undefined) throw new Error(`no project ${id}`)
  return project
}
