import { describe, expect, it } from 'vitest'
import { familiesOf, type Sources } from '../../../src/metrics/families.ts'
import { createExposition } from '../../../src/metrics/registry.ts'
import { idleSources } from '../../support/metric-families.ts'
import { openStore } from '../../support/store-fixture.ts'

/** The lines of one metric. */
const samplesOf = async (name: string, sources: Partial<Sources>): Promise<string[]> => {
  const text = await createExposition(familiesOf({ ...idleSources(), ...sources })).text()
  return text.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line))
}

describe('the metrics of subscribers', () => {
  it('tell apart those that are live, behind and stuck', async () => {
    const client = { lag: 0, buffered: 0, stuck: false }
    const subscribers = () => ({
      stuckClients: 4,
      clients: [
        client,
        client,
        { ...client, lag: 30, buffered: 500 },
        { ...client, lag: 20, buffered: 100 },
        { lag: 900, buffered: 1_000, stuck: true },
      ],
    })
    expect(await samplesOf('maestro_subscribers', { subscribers })).toEqual([
      'maestro_subscribers{state="live"} 2',
      'maestro_subscribers{state="behind"} 2',
      'maestro_subscribers{state="stuck"} 1',
    ])
    expect(await samplesOf('maestro_subscriber_lag_records', { subscribers })).toEqual([
      'maestro_subscriber_lag_records{state="live"} 0',
      'maestro_subscriber_lag_records{state="behind"} 30',
      'maestro_subscriber_lag_records{state="stuck"} 900',
    ])
    expect(await samplesOf('maestro_subscriber_buffered_bytes', { subscribers })).toContain(
      'maestro_subscriber_buffered_bytes{state="behind"} 600',
    )
    expect(await samplesOf('maestro_subscribers_dropped_total', { subscribers })).toEqual([
      'maestro_subscribers_dropped_total 4',
    ])
  })
})

describe('the metrics of requests', () => {
  it('count those that wait for their turn, by kind', async () => {
    const turns = { reads: { waiting: 1 }, writes: { waiting: 20 }, refusals: { waiting: 300 } }
    expect(await samplesOf('maestro_http_requests_waiting', { turns })).toEqual([
      'maestro_http_requests_waiting{kind="reads"} 1',
      'maestro_http_requests_waiting{kind="writes"} 20',
      'maestro_http_requests_waiting{kind="refusals"} 300',
    ])
  })
})

describe('the metrics of logs and entities', () => {
  it('count open logs, those with an ailment by its kind, entities, and records that are staged', async () => {
    const fixture = await openStore()
    const [first] = [await fixture.givenProject('One'), await fixture.givenProject('Two')]
    await fixture.givenTask(first)
    const { store } = fixture
    expect(await samplesOf('maestro_logs', { store })).toContain('maestro_logs{state="open"} 2')
    expect(await samplesOf('maestro_entities', { store })).toEqual([
      'maestro_entities{kind="project"} 2',
      'maestro_entities{kind="task"} 1',
      'maestro_entities{kind="session"} 0',
    ])

    fixture.log.hold()
    const pending = [fixture.givenTask(first), fixture.givenTask(first)]
    expect(await samplesOf('maestro_staged_records', { store })).toEqual(['maestro_staged_records 2'])
    fixture.log.release()
    await Promise.all(pending)
    expect(await samplesOf('maestro_staged_records', { store })).toEqual(['maestro_staged_records 0'])

    const failed = { kind: 'failed', reason: 'the disk is gone' } as const
    const ailing = { ...storeView(store), ailments: () => [{ projectId: first, status: failed }] }
    expect(await samplesOf('maestro_logs', { store: ailing })).toEqual([
      'maestro_logs{state="open"} 1',
      'maestro_logs{state="refusing"} 0',
      'maestro_logs{state="quarantined"} 0',
      'maestro_logs{state="newer"} 0',
      'maestro_logs{state="failed"} 1',
    ])
  })
})

const storeView = (store: Sources['store']): Sources['store'] => ({
  logs: () => store.logs(),
  ailments: () => store.ailments(),
  stateOf: (id) => store.stateOf(id),
  staged: store.staged,
})
