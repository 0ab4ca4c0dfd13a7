import { expect } from 'vitest'
import type { ProjectId } from '../../../events/index.ts'
import type {
  Client,
  CursorStorage,
  EventItem,
  Mirror,
  RecordItem,
  StatusItem,
} from '../../../src/client/node/index.ts'
import { quiet } from '../../support/store-fixture.ts'
import type { Truth } from './truth.ts'

/** Somebody who follows a server through everything. */
export interface Witness {
  readonly name: string
  /**
   * Whether it has all there is. Whoever is still busy with what was there before a log was restored may have so for a
   * moment, and then not any more, until it hears of that.
   */
  isThere(truth: Truth): boolean
  /** Resolves when it has all there is; rejects when it has seen what must not be. */
  hasAll(truth: Truth): Promise<void>
  /** Makes sure that it has just that. */
  check(truth: Truth): void
  stop(): Promise<void>
}

/** Sees what a mirror shows. */
export const mirrorWitness = (name: string, mirror: Mirror): Witness => ({
  name,
  isThere: (truth) => isShown(mirror, truth),
  hasAll: (truth) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (mirror.status.kind === 'ended') reject(mirror.status.error)
        if (!isShown(mirror, truth)) return
        stop()
        resolve()
      }
      const stop = mirror.subscribe(look)
      look()
    }),
  check: (truth) => {
    expect([...mirror.projectIds].sort()).toEqual([...truth.keys()].sort())
    for (const [id, { head, stateHash }] of truth) {
      expect(mirror.positionOf(id)).toEqual(head)
      expect(mirror.stateHashOf(id)).toBe(stateHash)
      expect(mirror.errorOf(id)).toBeUndefined()
    }
  },
  stop: () => mirror.close(),
})

const isShown = (mirror: Mirror, truth: Truth): boolean =>
  mirror.status.kind === 'live' && [...truth].every(([id, { head }]) => mirror.positionOf(id)?.hash === head.hash)

type Seen = Array<{ readonly offset: number; readonly what: unknown }>

/** What somebody has to have seen of a project in the end. */
type Expected = (truth: Truth, id: ProjectId) => Seen

/** Sees items: each offset once and in order, since its log became what it is. */
class FollowerWitness implements Witness {
  readonly name: string
  readonly #seen = new Map<string, Seen>()
  readonly #expected: Expected
  /** Whether every offset has to come, and not only those that it is interested in. */
  readonly #isWhole: boolean
  readonly #looking = new Set<() => void>()
  #error: unknown

  constructor(name: string, isWhole: boolean, expected: Expected) {
    this.name = name
    this.#isWhole = isWhole
    this.#expected = expected
  }

  /** Takes all of these. Never rejects; what goes wrong is told when somebody asks. */
  async take(
    items: AsyncIterable<RecordItem | EventItem | StatusItem>,
    pace: () => Promise<void> = async () => {},
  ): Promise<void> {
    try {
      for await (const item of items) {
        this.#note(item)
        for (const look of this.#looking) look()
        await pace()
      }
    } catch (error) {
      this.#error = error
      for (const look of this.#looking) look()
    }
  }

  /** A new run begins where the cursors say: what came after them comes again, and must be the same. */
  rewind(cursors: Readonly<Record<string, string>>): void {
    for (const [id, seen] of this.#seen) {
      const next = Number.parseInt(cursors[id] ?? '0', 10) || 0
      this.#seen.set(
        id,
        seen.filter(({ offset }) => offset < next),
      )
    }
  }

  isThere(truth: Truth): boolean {
    return [...truth.keys()].every((id) => {
      const [is, should] = [this.#seen.get(id) ?? [], this.#expected(truth, id)]
      return is.length === should.length && JSON.stringify(is.at(-1)) === JSON.stringify(should.at(-1))
    })
  }

  hasAll(truth: Truth): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#error !== undefined) reject(this.#error)
        if (this.isThere(truth)) resolve()
      }
      this.#looking.add(look)
      look()
    })
  }

  check(truth: Truth): void {
    for (const id of truth.keys()) expect(this.#seen.get(id) ?? []).toEqual(this.#expected(truth, id))
  }

  async stop(): Promise<void> {}

  #note(item: RecordItem | EventItem | StatusItem): void {
    if (item.kind === 'reset') this.#seen.delete(item.projectId)
    if (item.kind === 'lost') throw item.error
    if (item.kind !== 'record' && item.kind !== 'event') return
    const seen = this.#seen.get(item.projectId) ?? []
    const last = seen.at(-1)?.offset ?? -1
    if (this.#isWhole ? item.offset !== last + 1 : item.offset <= last)
      throw new Error(`${this.name} was given offset ${item.offset} of ${item.projectId} after ${last}`)
    seen.push({ offset: item.offset, what: item.kind === 'record' ? item.record.hash : item.frames })
    this.#seen.set(item.projectId, seen)
  }
}

const recordsIn: Expected = (truth, id) =>
  (truth.get(id)?.records ?? []).map(({ hash }, offset) => ({ offset, what: hash }))

const taskRecordsIn: Expected = (truth, id) =>
  recordsIn(truth, id).filter(({ offset }) => truth.get(id)?.records[offset]?.type.startsWith('task:'))

const eventsIn: Expected = (truth, id) =>
  (truth.get(id)?.frames ?? []).map(({ offset, frames }) => ({ offset, what: frames }))

/** Sees records, and takes its time over each. */
export const slowWitness = (client: Client, pace: () => Promise<void>): Witness => {
  const stopping = new AbortController()
  const witness = new FollowerWitness('a slow follower of records', true, recordsIn)
  const limits = { waiting: 1_000 }
  const items = client.follow({ view: 'records', recover: true, signal: stopping.signal, backoff: quick, limits })
  return watching(witness, witness.take(items, pace), stopping)
}

/** Sees the records of tasks only. */
export const filteredWitness = (client: Client): Witness => {
  const stopping = new AbortController()
  const witness = new FollowerWitness('a follower of records of tasks', false, taskRecordsIn)
  const { signal } = stopping
  const items = client.follow({ view: 'records', types: ['task:*'], recover: true, signal, backoff: quick })
  return watching(witness, witness.take(items), stopping)
}

const watching = (witness: FollowerWitness, over: Promise<void>, stopping: AbortController): Witness => ({
  name: witness.name,
  isThere: (truth) => witness.isThere(truth),
  hasAll: (truth) => witness.hasAll(truth),
  check: (truth) => witness.check(truth),
  stop: () => {
    stopping.abort()
    return over
  },
})

export interface MortalWitness extends Witness {
  /** Ends as a killed program does, without another word to its storage, and begins again with what that has. */
  die(): Promise<void>
}

/** Sees events, and keeps its cursors for when it begins again. */
export const eventsWitness = async (client: Client): Promise<MortalWitness> => {
  const witness = new FollowerWitness('a follower of events with kept cursors', false, eventsIn)
  let kept: Readonly<Record<string, string>> = {}
  let stop = async (): Promise<void> => {}
  const begin = (): void => {
    let isAlive = true
    const storage: CursorStorage = {
      load: async () => kept,
      save: async (cursors) => {
        await quiet()
        if (isAlive) kept = cursors
      },
    }
    const stopping = new AbortController()
    witness.rewind(kept)
    const items = client.follow({ recover: true, signal: stopping.signal, storage, backoff: quick })
    const over = witness.take(items)
    stop = async () => {
      isAlive = false
      stopping.abort()
      await over
    }
  }
  begin()
  return {
    name: witness.name,
    isThere: (truth) => witness.isThere(truth),
    hasAll: (truth) => witness.hasAll(truth),
    check: (truth) => witness.check(truth),
    stop: () => stop(),
    die: async () => {
      await stop()
      begin()
    },
  }
}

/** Nobody is there to be spared. */
export const quick = { base: 1, cap: 4 }
