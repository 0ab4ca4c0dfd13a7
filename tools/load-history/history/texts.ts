import type { Chance } from '../chance.ts'

const verbs = ['Add', 'Fix', 'Remove', 'Document', 'Refactor', 'Investigate', 'Speed up', 'Test', 'Überprüfe', '修正']
const things = [
  'export of dependencies as JSONL',
  'race in the daemon when two agents commit',
  '`sync --force` on Windows paths (C:\\temp\\"x")',
  'collision detection in imports',
  'naïve façade of the résumé parser',
  'エージェントの履歴',
  'اختبار الاتجاه',
  'emoji in titles 👩🏽‍💻🚀',
  '<script>alert(1)</script> in the preview',
  '__proto__ as a label',
]

const paragraphs = [
  'When branches diverge, both create issues and the counters collide on merge.',
  '**Steps**\n\n1. `init` in an empty folder\n2. kill the process\n3. look at the file\n\n- [ ] reproduced\n- [x] understood',
  '```go\nfunc main() {\n\tfmt.Println("tab\\t and \'quotes\'")\n}\n```',
  '| op | p50 | p99 |\n|---|---|---|\n| create | 0.3 ms | 2 ms |',
  'Windows text\r\nwith carriage returns\r\nand a tab\there.',
  'Line\u2028separator, paragraph\u2029separator, no-break\u00a0space, zero\u200bwidth, bell\u0007.',
  'Combining e\u0301 beside é, Z̸͑a̷l̵g̶o̶, math 𝔘𝔫𝔦𝔠𝔬𝔡𝔢, flags 🇩🇪🇯🇵.',
  '見出し\n\n本文です。中文也一样。한국어도 있습니다. Ελληνικά και кириллица.',
  'See https://example.org/a?b=c&d=%20#e and <a href="x">this</a> & that.',
  '{"json": ["inside", "text"], "escaped": "\\u0041 \\\\ \\""}',
  '   leading and trailing white space   ',
]

export const titleOf = (chance: Chance): string => `${chance.pick(verbs)} ${chance.pick(things)}`

/** Mostly a paragraph or two, now and then pages. */
export const textOf = (chance: Chance): string => {
  const count = chance.happens(0.02) ? chance.int(40, 80) : chance.int(1, 4)
  return Array.from({ length: count }, () => chance.pick(paragraphs)).join('\n\n')
}
