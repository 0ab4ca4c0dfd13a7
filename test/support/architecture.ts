import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { codeOnly, type Import, importsOf, lineAt } from './source-text.ts'

/** One row of the table of who may import what. */
export interface Layer {
  readonly name: string
  /** Files and folders, from the root of the repository. The longest that fits a file is its layer's. */
  readonly paths: readonly string[]
  /** Files and folders it may import, beside its own. */
  readonly may: readonly string[]
  /** Files and folders of which it may import types only. */
  readonly mayTypes?: readonly string[]
  readonly packages: readonly string[]
  /** `pure`: those that neither look at the world nor act on it. */
  readonly builtins: 'none' | 'pure' | 'all'
  /** Read after "because". */
  readonly why: string
}

/** An expression that only layers with all builtins may use. */
export interface Ban {
  readonly pattern: RegExp
  readonly why: string
  readonly instead: string
  /** Files that may use it all the same. */
  readonly except?: readonly string[]
}

export interface Architecture {
  readonly layers: readonly Layer[]
  /** Builtins that are not pure. */
  readonly worldly: readonly string[]
  readonly bans: readonly Ban[]
}

/** What a source breaks, one line each: where, what, why, and what to do instead. */
export const violations = (architecture: Architecture, file: string, source: string): string[] => {
  const layer = layerOf(architecture, file)
  if (layer === undefined) return [`${file}: belongs to no layer. Put it into one, or give it a row in the table.`]
  return [...importViolations(architecture, layer, file, source), ...banViolations(architecture, layer, file, source)]
}

const importViolations = (architecture: Architecture, layer: Layer, file: string, source: string): string[] =>
  importsOf(source).flatMap((one) => {
    const problem = importProblem(architecture, layer, file, one)
    return problem === undefined ? [] : [`${file}:${one.line}: ${problem}`]
  })

const importProblem = (architecture: Architecture, layer: Layer, file: string, one: Import): string | undefined => {
  const { specifier } = one
  if (specifier === undefined)
    return 'imports what is only known at run time. Name the module, so that this can be checked.'
  if (specifier.startsWith('.'))
    return arrowProblem(architecture, layer, posix.join(posix.dirname(file), specifier), one)
  if (specifier.startsWith('node:') || builtinModules.includes(specifier))
    return builtinProblem(architecture, layer, specifier)
  const name = packageName(specifier)
  if (one.onDemand)
    return `imports ${name} on demand. A bundle gives no names of a package that is CommonJS: import it in a module of ours, and that one on demand.`
  if (layer.packages.includes(name)) return undefined
  return refused(
    layer,
    name,
    `of packages it may import ${listed(layer.packages)}. Wrap it in src/platform and pass it in.`,
  )
}

const arrowProblem = (architecture: Architecture, layer: Layer, target: string, one: Import): string | undefined => {
  const allowed = [...layer.paths, ...layer.may, ...(one.typeOnly ? (layer.mayTypes ?? []) : [])]
  if (allowed.some((path) => isWithin(target, path))) return undefined
  if (layerOf(architecture, target) === undefined) return `imports ${target}, which belongs to no layer.`
  const types = layer.mayTypes === undefined ? '' : `, and types of ${listed(layer.mayTypes)}`
  return refused(
    layer,
    target,
    `it may import ${listed(layer.may)}${types}. Take it as a parameter; src/main.ts hands it over.`,
  )
}

const builtinProblem = ({ worldly }: Architecture, layer: Layer, specifier: string): string | undefined => {
  if (!specifier.startsWith('node:')) return `imports ${specifier}. Write node:${specifier}.`
  if (layer.builtins === 'all' || (layer.builtins === 'pure' && !worldly.includes(specifier))) return undefined
  return refused(layer, specifier, 'what it does belongs into src/platform. Take it as a parameter.')
}

const refused = ({ name, why }: Layer, what: string, instead: string): string =>
  `imports ${what}. ${name} must not, because ${why}; ${instead}`

const banViolations = ({ bans }: Architecture, layer: Layer, file: string, source: string): string[] => {
  if (layer.builtins === 'all') return []
  const code = codeOnly(source)
  const held = bans.filter(({ except = [] }) => !except.includes(file))
  return held.flatMap(({ pattern, why, instead }) =>
    [...code.matchAll(pattern)].map(
      (match) => `${file}:${lineAt(code, match.index)}: uses ${match[0].trim()}, but ${why}. Instead: ${instead}.`,
    ),
  )
}

/** The layer with the longest path that the file is, or is in. */
const layerOf = ({ layers }: Architecture, file: string): Layer | undefined => {
  const fits = layers.flatMap((layer) =>
    layer.paths.filter((path) => isWithin(file, path)).map((path) => ({ layer, path })),
  )
  return fits.sort((a, b) => b.path.length - a.path.length)[0]?.layer
}

const isWithin = (file: string, path: string): boolean => file === path || file.startsWith(`${path}/`)

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))
