import { z } from 'zod'
import { none, type Operation, operation } from '../operation.ts'

/** The text format of Prometheus, by its media type. */
const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

export const metricsOperations: readonly Operation[] = [
  operation({
    method: 'get',
    path: '/metrics',
    name: 'getMetrics',
    tag: 'System',
    summary: 'Metrics of the server, for Prometheus',
    params: none,
    query: none,
    body: none,
    answers: z.string(),
    type: expositionType,
    run: async ({ system }) => ({ text: await system.metrics() }),
  }),
]
