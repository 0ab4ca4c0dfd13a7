import type { Family } from './registry.ts'

/** What is known of those who follow the logs. */
export interface Subscribers {
  /** Let go of because nothing could be delivered to them. */
  readonly stuckClients: number
  readonly clients: ReadonlyArray<{
    /** Records that are still to be sent. */
    readonly lag: number
    /** Bytes that wait for the client to read. */
    readonly buffered: number
    /** Whether nothing could be delivered for a while. */
    readonly stuck: boolean
  }>
}

type Subscriber = Subscribers['clients'][number]

const states = ['live', 'behind', 'stuck'] as const

const stateOf = ({ lag, stuck }: Subscriber): (typeof states)[number] =>
  stuck ? 'stuck' : lag === 0 ? 'live' : 'behind'

export const subscriberFamilies = (read: () => Subscribers): Family[] => {
  /** One figure for each state that a subscriber may be in. */
  const byState = (figure: (subscribers: readonly Subscriber[]) => number) => () => {
    const { clients } = read()
    return states.map((state) => ({
      labels: { state },
      value: figure(clients.filter((client) => stateOf(client) === state)),
    }))
  }
  const common = { kind: 'gauge', labels: ['state'] } as const
  return [
    {
      ...common,
      name: 'maestro_subscribers',
      help: 'WebSocket clients. Live ones have been sent all records, stuck ones have taken nothing for some seconds.',
      read: byState(({ length }) => length),
    },
    {
      ...common,
      name: 'maestro_subscriber_lag_records',
      help: 'Records that the furthest behind of these WebSocket clients has still to be sent.',
      read: byState((clients) => clients.reduce((most, { lag }) => Math.max(most, lag), 0)),
    },
    {
      ...common,
      name: 'maestro_subscriber_buffered_bytes',
      help: 'Bytes that wait for these WebSocket clients to read.',
      read: byState((clients) => clients.reduce((sum, { buffered }) => sum + buffered, 0)),
    },
    {
      kind: 'counter',
      name: 'maestro_subscribers_dropped_total',
      help: 'WebSocket clients that were let go because they took nothing.',
      read: () => [{ value: read().stuckClients }],
    },
  ]
}
