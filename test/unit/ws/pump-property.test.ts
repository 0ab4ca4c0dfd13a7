import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cursorOf, type Position, type ProjectId, positionOfCursor, start, type TaskId } from '../../../events/index.ts'
import { mannerOf } from '../../../src/ws/feed/manner.ts'
import { View } from '../../../src/ws/protocol.ts'
import { CarefulClient } from '../../support/careful-client.ts'
import { createSession, deleteTask, updateTask } from '../../support/commands.ts'
import { fileLog } from '../../support/logs.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { type PumpClient, Pumps } from '../../support/pumps.ts'
import { openStore, quiet, type StoreFixture } from '../../support/store-fixture.ts'

const seats = 4
const pick = fc.nat({ max: 1000 })
const kind = <const Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds)

/** What happens, before it is known to whom: numbers pick from what there is. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: kind('create', 'update', 'delete', 'share'),
        pick,
        other: pick,
        size: fc.constantFrom(1, 300, 9000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: kind('create project', 'forget', 'heartbeat', 'turn') }) },
    { weight: 3, arbitrary: fc.record({ kind: kind('stop reading', 'read', 'read on'), pick }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: kind('follow', 'follow all', 'come back'),
        pick,
        other: pick,
        view: fc.constantFrom(...View.options),
      }),
    },
  ),
  { maxLength: 150, size: 'max' },
)
type Step = typeof steps extends fc.Arbitrary<Array<infer One>> ? One : never

/** A place at which one client follows the other. */
interface Seat {
  client: PumpClient
  readonly careful: CarefulClient
  /** How many frames have been looked at. */
  taken: number
}

const of = <T>(many: readonly T[], pick: number): T | undefined => many[pick % many.length]

class Play {
  readonly fixture: StoreFixture
  readonly pumps: Pumps
  readonly projects: ProjectId[] = []
  readonly tasks: Array<{ readonly projectId: ProjectId; readonly id: TaskId }> = []
  readonly seats: Seat[]

  constructor(fixture: StoreFixture) {
    this.fixture = fixture
    this.pumps = new Pumps(fixture)
    this.seats = Array.from({ length: seats }, () => ({
      client: this.pumps.connect(),
      careful: new CarefulClient(),
      taken: 0,
    }))
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'create':
      case 'update':
      case 'delete':
      case 'share':
        await this.#change(step)
        break
      case 'create project':
        this.projects.push(await this.fixture.givenProject())
        break
      case 'forget':
        this.pumps.forgetRecent()
        break
      case 'heartbeat':
        for (const { client } of this.seats) client.pump.heartbeat()
        break
      case 'turn':
        await quiet()
        break
      default:
        this.#act(step)
    }
    this.look()
  }

  /** Lets every client look at what has arrived. */
  look(): void {
    for (const seat of this.seats) {
      for (const frame of seat.client.outlet.frames.slice(seat.taken)) seat.careful.take(frame)
      seat.taken = seat.client.outlet.frames.length
    }
  }

  async end(): Promise<void> {
    for (const { client } of this.seats) client.outlet.read()
    await this.pumps.quiet()
    this.look()
  }

  async #change({ kind, pick, other, size }: Extract<Step, { size: number }>): Promise<void> {
    const projectId = of(this.projects, pick)
    const task = of(this.tasks, pick)
    if (kind === 'create' && projectId !== undefined) {
      const parent = of(
        this.tasks.filter((one) => one.projectId === projectId),
        other,
      )
      const title = 'x'.repeat(size)
      this.tasks.push({ projectId, id: await this.fixture.givenTask(projectId, title, parent?.id) })
    } else if (kind === 'share' && projectId !== undefined) {
      const taskIds = this.tasks.filter((one) => one.projectId === projectId).map(({ id }) => id)
      await this.fixture.send(projectId, createSession({ taskIds: taskIds.slice(0, 5) }))
    } else if (kind === 'update' && task !== undefined) {
      await this.fixture.send(task.projectId, updateTask(task.id, { description: `${other}`.padEnd(size) }))
    } else if (kind === 'delete' && task !== undefined) {
      await this.fixture.send(task.projectId, deleteTask(task.id, true))
      const { task: left } = this.fixture.stateOf(task.projectId)
      const gone = this.tasks.filter(({ projectId, id }) => projectId === task.projectId && left.get(id) === undefined)
      for (const one of gone) this.tasks.splice(this.tasks.indexOf(one), 1)
    }
  }

  #act(step: Exclude<Step, { size: number }> & { pick: number }): void {
    const seat = of(this.seats, step.pick)
    if (seat === undefined) return
    const { outlet, pump } = seat.client
    switch (step.kind) {
      case 'stop reading':
        outlet.stopReading()
        break
      case 'read':
        outlet.read()
        break
      case 'read on':
        outlet.readOn()
        break
      case 'follow': {
        const projectId = of(this.projects, step.other)
        if (projectId !== undefined) pump.follow(projectId, start, mannerOf(step.view))
        break
      }
      case 'follow all':
        pump.followAll(new Map(this.projects.map((id) => [id, start])), mannerOf(step.view))
        break
      case 'come back':
        this.#comeBack(seat, step.view)
        break
    }
    this.pumps.flush(seat.client)
  }

  /** A connection ends, and its client goes on with another one from where it stands; whatever was on its way is lost. */
  #comeBack(seat: Seat, view: View): void {
    seat.client.outlet.close()
    seat.client = this.pumps.connect()
    seat.taken = 0
    const places = new Map<ProjectId, Position>()
    for (const id of this.projects) places.set(id, positionOfCursor(seat.careful.cursor(id) ?? 'start') ?? start)
    seat.client.pump.followAll(places, mannerOf(view))
    this.pumps.flush(seat.client)
  }
}

it('every subscriber gets every record once and in order, whatever it reads when, and ends at the head', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const log = await fileLog(new MemoryFileSystem(), '/data', { blockBytes: 2048 })
      const play = new Play(await openStore({ log }))
      await play.play({ kind: 'create project' })
      for (const step of script) await play.play(step)
      await play.end()
      for (const { client, careful } of play.seats) {
        const { following } = client.pump
        const heads = following
          .among(play.projects)
          .map((id) => [id, cursorOf(play.fixture.store.positionOf(id))] as const)
        expect(heads.map(([id]) => [id, careful.cursor(id)])).toEqual(heads)
        expect(careful.caughtUp > 0).toBe(heads.length > 0)
        expect(client.pump.lag).toBe(0)
      }
    }),
    { numRuns: 100 },
  )
})
