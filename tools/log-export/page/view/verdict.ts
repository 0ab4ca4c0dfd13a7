import type { Embedded } from '../embedded.ts'
import type { History } from '../history.ts'
import { el } from './elements.ts'

/** What became of the check: every record, its place in the chain, and the end. */
export const verdictBadge = ({ verdict, records }: History, { head, whole }: Embedded): HTMLElement => {
  const attributes = { id: 'verdict', role: 'status' }
  if (verdict?.kind !== 'verified') {
    const text =
      verdict === undefined
        ? 'not verified'
        : `damaged at record ${verdict.offset}: ${verdict.reason}. Only what is before it is shown.`
    return el('span', { ...attributes, class: 'verdict bad' }, text)
  }
  const title = `Every record is sealed with the hash of the one before it. The last one is ${head.hash}.`
  const what = whole ? '' : ' (the log goes on)'
  const words = `verified: ${records.length.toLocaleString('en')} records${what}`
  return el('span', { ...attributes, class: 'verdict good', title }, words, el('code', {}, head.hash.slice(0, 12)))
}
