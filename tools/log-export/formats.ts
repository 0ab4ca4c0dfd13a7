import { csv } from './csv.ts'
import type { ExportFormat } from './format.ts'
import { html } from './html.ts'
import { json, jsonl } from './jsonl.ts'

/** The forms in which a log can be written out, by name; the first one is the usual one. */
export const formats = { jsonl, json, csv, html } as const satisfies Readonly<Record<string, ExportFormat>>

export type FormatName = keyof typeof formats

export const isFormatName = (name: string): name is FormatName => Object.hasOwn(formats, name)
