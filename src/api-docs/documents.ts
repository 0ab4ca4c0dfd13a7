import type { JsonObject } from '../../events/index.ts'
import type { Document } from '../http/document.ts'
import type { Operation } from '../http/operation.ts'
import { referencePage, startScript } from './reference-page.ts'

export interface ApiDocumentsOptions {
  readonly operations: readonly Operation[]
  /** The version of the server. */
  readonly version: string
  /** Reads a file of Swagger UI. Refuses with NOT_FOUND where it was not installed with the server. */
  readonly swaggerUi: (name: string) => Promise<Uint8Array>
}

/** A document as it is served and as it is committed. */
export const textOf = (document: JsonObject): string => `${JSON.stringify(document, null, 2)}\n`

/**
 * The API in two documents for programs, and one page for people with what it needs. What makes the two is loaded when
 * somebody asks for one: few do.
 */
export const apiDocuments = ({ operations, version, swaggerUi }: ApiDocumentsOptions): readonly Document[] => {
  const documents: readonly Document[] = [
    {
      path: '/openapi.json',
      type: 'application/json; charset=utf-8',
      about: { name: 'getOpenApi', summary: 'Get this document' },
      read: async () => {
        const { openApi } = await import('./openapi.ts')
        return bytesOf(textOf(openApi({ operations, documents, version })))
      },
    },
    {
      path: '/asyncapi.json',
      type: 'application/json; charset=utf-8',
      about: { name: 'getAsyncApi', summary: 'Get the AsyncAPI document of the WebSocket side' },
      read: async () => {
        const { asyncApi } = await import('./asyncapi.ts')
        return bytesOf(textOf(asyncApi({ version })))
      },
    },
    {
      path: '/docs',
      type: 'text/html; charset=utf-8',
      about: { name: 'getReferencePage', summary: 'Get a page that shows all this to people' },
      read: async () => {
        // Better told here than by a page that stays empty.
        await swaggerUi(bundle)
        return bytesOf(referencePage)
      },
    },
    { path: '/docs/start.js', type: 'text/javascript; charset=utf-8', read: () => bytesOf(startScript) },
    { path: `/docs/${bundle}`, type: 'text/javascript; charset=utf-8', read: () => swaggerUi(bundle) },
    { path: '/docs/swagger-ui.css', type: 'text/css; charset=utf-8', read: () => swaggerUi('swagger-ui.css') },
    { path: '/docs/favicon-32x32.png', type: 'image/png', read: () => swaggerUi('favicon-32x32.png') },
  ]
  return documents
}

const bundle = 'swagger-ui-bundle.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
