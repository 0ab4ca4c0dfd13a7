import { createHash } from 'node:crypto'
import type { ProjectId } from '../../events/index.ts'
import type { ExportFormat, Extract } from './format.ts'
import { blockIds, type Embedded, jsonForScript } from './page/embedded.ts'
import { pageAssets } from './page-assets.ts'
import type { PageAssets } from './page-bundle.ts'

const utf8 = new TextDecoder()

/**
 * A page that shows the whole history, in one file that works without a network. Nothing that somebody wrote is ever taken for
 * more than text: the records are data, of which the page makes nothing but texts, and its policy lets no other script run,
 * loads nothing and sends nothing.
 */
export const html: ExportFormat = {
  summary: 'a page to look at, in one file: timeline, records, and the state at each of them',
  needsStart: true,
  start: async (projectId) => {
    const assets = await pageAssets()
    let separator = '\n'
    return {
      begin: () => `${headOf(projectId, assets)}<script type="application/json" id="${blockIds.lines}">[`,
      lines: (lines) => {
        const text = `${separator}${lines.map(({ bytes }) => jsonForScript(utf8.decode(bytes))).join(',\n')}`
        separator = ',\n'
        return text
      },
      end: (extract) => `\n]</script>\n${aboutBlock(extract)}<script>${assets.script}</script>\n</body>\n</html>\n`,
    }
  },
}

/** Ids have no character that means something in HTML. */
const headOf = (projectId: ProjectId, { script, style }: PageAssets): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${projectId}</title>
<style>${style}</style>
</head>
<body>
<main id="page">
<p class="loading">Loading. If this stays, the file is not whole, or the browser runs no scripts.</p>
</main>
`

const policyOf = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src '${sourceOf(script)}'`,
    `style-src '${sourceOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const sourceOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

const aboutBlock = ({ projectId, records, head, whole }: Extract): string => {
  const about: Embedded = { projectId, records, head: { ...head }, whole }
  return `<script type="application/json" id="${blockIds.about}">${jsonForScript(about)}</script>\n`
}
