import './jitless.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Sha256 } from '../../../../events/index.ts'
import { blockIds, Embedded, EmbeddedLines } from '../embedded.ts'
import { History } from '../history.ts'
import { showHistory } from './app.ts'
import { el, fill } from './elements.ts'

/** Lines that are read before the browser may do something else; at twenty microseconds each, it hardly notices. */
const slice = 250

const hash: Sha256 = (data) => bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data))

const jsonIn = (id: string): unknown => JSON.parse(document.getElementById(id)?.textContent ?? 'null')

const start = (page: HTMLElement): void => {
  const about = Embedded.parse(jsonIn(blockIds.about))
  const lines = EmbeddedLines.parse(jsonIn(blockIds.lines))
  const history = new History(lines, about, hash)
  const bar = el('progress', { attributes: { max: String(lines.length), 'aria-label': 'Records verified' } })
  fill(
    page,
    el('div', { class: 'loading' }, el('p', {}, `Verifying ${lines.length.toLocaleString('en')} records`), bar),
  )
  const go = (): void => {
    history.read(slice)
    bar.value = history.records.length
    if (history.verdict === undefined) setTimeout(go)
    else if (history.records.length > 0) showHistory(page, history, about)
    else fill(page, el('p', { class: 'loading', id: 'verdict' }, 'The first record is damaged: nothing can be shown.'))
  }
  go()
}

const page = document.getElementById('page')
if (page !== null) start(page)
