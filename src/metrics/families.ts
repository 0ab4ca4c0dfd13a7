import type { ProjectId } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { Count, Distribution, Meters } from '../platform/metrics.ts'
import type { RuntimeUsage } from '../platform/runtime.ts'
import type { Ailment } from '../store/ailment.ts'
import type { Family, Sample } from './registry.ts'
import { type Subscribers, subscriberFamilies } from './subscribers.ts'

/** Where the figures come from that are looked up when somebody asks. */
export interface Sources {
  readonly meters: Meters
  readonly store: {
    logs(): readonly ProjectId[]
    ailments(): readonly Ailment[]
    stateOf(id: ProjectId): ProjectState | undefined
    /** Records that are not durable yet. */
    readonly staged: number
  }
  /** Entities that may differ from their files. */
  readonly entityFilesBehind: () => number
  /** Requests that have no answer yet. */
  readonly openRequests: () => number
  /** Writes that are being carried out, and the bytes of their bodies. */
  readonly gate: { readonly writes: number; readonly bytes: number }
  /** Requests of each kind that wait for a later turn of the event loop. */
  readonly turns: Readonly<Record<'reads' | 'writes' | 'refusals', { readonly waiting: number }>>
  readonly subscribers: () => Subscribers
  readonly usage: () => RuntimeUsage
  /** How long it took until the server listened, s. */
  readonly startDuration: () => number
}

/** Every metric there is, in the order in which they are shown. */
export const familiesOf = (sources: Sources): Family[] => [
  ...requestFamilies(sources),
  ...logFamilies(sources),
  ...entityFamilies(sources),
  ...subscriberFamilies(sources.subscribers),
  ...processFamilies(sources),
]

const requestFamilies = ({ meters, openRequests, gate, turns }: Sources): Family[] => [
  {
    kind: 'histogram',
    name: 'maestro_http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labels: ['method', 'path', 'status'],
    read: function* () {
      for (const { distribution, ...labels } of meters.requests.entries()) yield { distribution, labels }
    },
  },
  gauge('maestro_http_requests_open', 'Requests that have no whole answer yet.', openRequests),
  gauge('maestro_http_writes_open', 'Writes that are being carried out.', () => gate.writes),
  {
    kind: 'gauge',
    name: 'maestro_http_requests_waiting',
    help: 'Requests that wait for a later turn of the event loop: reads, writes, or refusals.',
    labels: ['kind'],
    read: () =>
      (['reads', 'writes', 'refusals'] as const).map((kind) => ({ labels: { kind }, value: turns[kind].waiting })),
  },
  gauge('maestro_http_body_bytes', 'Bytes of the bodies of writes, those still arriving included.', () => gate.bytes),
  {
    kind: 'counter',
    name: 'maestro_http_refused_writes_total',
    help: 'Writes refused with 429, by what there was too much of: writes, bytes of bodies, or delay of the event loop.',
    labels: ['reason'],
    read: () => [
      { labels: { reason: 'writes' }, value: meters.refusedWrites.writes.value },
      { labels: { reason: 'bytes' }, value: meters.refusedWrites.bytes.value },
      { labels: { reason: 'loop_delay' }, value: meters.refusedWrites.loopDelay.value },
    ],
  },
]

const logFamilies = ({ meters, store }: Sources): Family[] => [
  histogram(
    'maestro_append_duration_seconds',
    'From the order to append a batch of records until all of it is durable.',
    meters.appends,
  ),
  histogram('maestro_append_batch_records', 'Records that were appended, and made durable, together.', meters.batches),
  counter('maestro_append_bytes_total', 'Bytes written to logs.', meters.appendedBytes),
  counter('maestro_append_failures_total', 'Appends that a log did not carry out.', meters.refusedAppends),
  histogram('maestro_sync_duration_seconds', 'Syncs of log files to the disk.', meters.syncs),
  gauge('maestro_staged_records', 'Records that are decided and not durable yet.', () => store.staged),
  {
    kind: 'gauge',
    name: 'maestro_logs',
    help: 'Logs. Open ones take writes, refusing ones did not take the last one, the others take none.',
    labels: ['state'],
    read: () => logsByState(store),
  },
  histogram('maestro_snapshot_duration_seconds', 'Writing of snapshots, with rests.', meters.snapshots),
  counter('maestro_snapshot_failures_total', 'Snapshots that could not be written.', meters.failedSnapshots),
]

const states = ['open', 'refusing', 'quarantined', 'newer', 'failed'] as const

const logsByState = (store: Sources['store']): Sample[] => {
  const ailments = store.ailments()
  const ailing = (state: string): number => ailments.filter(({ status }) => status.kind === state).length
  return states.map((state) => ({
    labels: { state },
    value: state === 'open' ? store.logs().length - ailments.length : ailing(state),
  }))
}

const entityFamilies = ({ store, entityFilesBehind }: Sources): Family[] => [
  {
    kind: 'gauge',
    name: 'maestro_entities',
    help: 'Projects, tasks and sessions.',
    labels: ['kind'],
    read: () => entitiesByKind(store),
  },
  gauge('maestro_entity_files_behind', 'Entities that may differ from their files.', entityFilesBehind),
]

const entitiesByKind = (store: Sources['store']): Sample[] => {
  const totals = { project: 0, task: 0, session: 0 }
  for (const id of store.logs()) {
    const state = store.stateOf(id)
    totals.project += state?.project.size ?? 0
    totals.task += state?.task.size ?? 0
    totals.session += state?.session.size ?? 0
  }
  return Object.entries(totals).map(([kind, value]) => ({ labels: { kind }, value }))
}

const processFamilies = ({ meters, usage, startDuration }: Sources): Family[] => [
  histogram('maestro_event_loop_delay_seconds', 'How late the event loop came to what was due.', meters.loopDelays),
  gauge('maestro_start_duration_seconds', 'What the start took, until the server listened.', startDuration),
  gauge('process_start_time_seconds', 'When the process began, counted from 1970.', () => usage().startedAt),
  growing('process_cpu_user_seconds_total', 'Time on processors in the program.', () => usage().cpuUserSeconds),
  growing('process_cpu_system_seconds_total', 'Time on processors in the system.', () => usage().cpuSystemSeconds),
  gauge('process_resident_memory_bytes', 'Memory that the process has of the machine.', () => usage().residentBytes),
  gauge('nodejs_heap_size_used_bytes', 'Heap that holds objects.', () => usage().heapUsedBytes),
  gauge('nodejs_heap_size_total_bytes', 'Heap that is reserved.', () => usage().heapTotalBytes),
  gauge('nodejs_external_memory_bytes', 'Buffers and the like outside of the heap.', () => usage().externalBytes),
  growing('nodejs_gc_duration_seconds_total', 'Time spent on garbage.', () => usage().collectingSeconds),
]

const gauge = (name: string, help: string, value: () => number): Family => ({
  kind: 'gauge',
  name,
  help,
  read: () => [{ value: value() }],
})

const growing = (name: string, help: string, value: () => number): Family => ({
  kind: 'counter',
  name,
  help,
  read: () => [{ value: value() }],
})

const counter = (name: string, help: string, count: Count): Family => growing(name, help, () => count.value)

const histogram = (name: string, help: string, distribution: Distribution): Family => ({
  kind: 'histogram',
  name,
  help,
  read: () => [{ distribution }],
})
