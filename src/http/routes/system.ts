import { z } from 'zod'
import { Instant } from '../../../events/index.ts'
import { Skill, SkillDetail } from '../../skills/skill.ts'
import { none, type Operation, operation } from '../operation.ts'
import { plain } from '../reply.ts'

/** A WebSocket client, as those who run the server want to see it. */
const Client = z.object({
  connectedAt: Instant,
  plain: z.boolean(),
  follows: z.array(
    z.object({
      projectId: z.string(),
      view: z.enum(['entities', 'records']),
      types: z.array(z.string()).optional(),
    }),
  ),
  /** Bytes that wait for it to read. */
  buffered: z.int(),
  /** Records that are still to be sent. */
  lag: z.int(),
  stuck: z.boolean(),
})

const bare = { method: 'get', params: none, query: none, body: none } as const

export const systemOperations: readonly Operation[] = [
  operation({
    ...bare,
    path: '/health',
    name: 'getHealth',
    tag: 'System',
    summary: 'Whether all is well',
    open: true,
    answers: z.object({
      status: z.enum(['ok', 'degraded']),
      timestamp: Instant,
      uptime: z.number(),
      /** How late the server comes to what is due, ms, over the last second. */
      eventLoopDelay: z.object({ p50: z.number(), p99: z.number() }),
      reasons: z
        .array(
          z.object({ projectId: z.string(), state: z.string(), reason: z.string(), offset: z.number().optional() }),
        )
        .optional(),
    }),
    run: ({ store, system }) => {
      const reasons = store
        .ailments()
        .map(({ projectId, status: { kind, ...why } }) => ({ projectId, state: kind, ...why }))
      const status = reasons.length === 0 ? 'ok' : 'degraded'
      const { p50, p99 } = system.loopDelay()
      return plain({
        ...{ status, timestamp: system.now(), uptime: system.uptime(), eventLoopDelay: { p50, p99 } },
        ...(reasons.length > 0 && { reasons }),
      })
    },
  }),
  operation({
    ...bare,
    path: '/ws-status',
    name: 'getWebSocketStatus',
    tag: 'System',
    summary: 'Who is connected by WebSocket',
    answers: z.object({ connectedClients: z.int(), stuckClients: z.int(), clients: z.array(Client) }),
    run: ({ system }) => plain(system.sockets()),
  }),
  operation({
    ...bare,
    path: '/api/skills',
    name: 'listSkills',
    tag: 'Skills',
    summary: 'List the skills that agents may be given',
    answers: z.array(Skill),
    run: async ({ skills }) => plain(await skills.list()),
  }),
  operation({
    ...bare,
    path: '/api/skills/:id',
    name: 'getSkill',
    tag: 'Skills',
    summary: 'Get a skill with its text',
    params: z.object({ id: z.string() }),
    answers: SkillDetail,
    refuses: ['SKILL_NOT_FOUND'],
    run: async ({ skills, params }) => plain(await skills.get(params.id)),
  }),
]
