import { type Follower, type Touch, touches } from '../../projections/history.ts'
import type { Subject } from '../../projections/index.ts'
import { deedOf, whoOf } from '../story/sentence.ts'
import type { LoggedRecord } from '../support/read-only-log.ts'

/** A record that touched an entity, and the sentence that tells it. */
export interface Told extends Touch {
  readonly sentence: string
}

/** Everything that ever touched an entity. `follower.state` is what is true after the last one that was given. */
export async function* touchesOf(
  follower: Follower,
  subject: Subject,
  records: AsyncIterable<Pick<LoggedRecord, 'record'>>,
  onRecord: (offset: number) => void,
): AsyncGenerator<Told> {
  const scene = { state: follower.state, self: subject.id, length: 100 }
  for await (const { record } of records) {
    // The state before it knows the names of what it deletes.
    const sentence = touches(follower.state, record, subject.id)
      ? `${whoOf(record.actor, scene)} ${deedOf(record, scene)}`
      : ''
    const touch = follower.next(record)
    if (touch !== undefined) yield { ...touch, sentence }
    onRecord(record.offset)
  }
}
