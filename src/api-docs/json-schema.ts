import { z } from 'zod'
import { Json, JsonObject } from '../../events/index.ts'
import { names } from './names.ts'

/** What is sent to the server, before defaults are filled in, or what comes from it. */
export type Direction = 'input' | 'output'

/** The dialect of a document: that of OpenAPI 3.1, or that of AsyncAPI 3. */
export type Dialect = 'draft-2020-12' | 'draft-07'

const Converted = z.object({
  properties: z.object({ value: JsonObject }),
  $defs: z.record(z.string(), JsonObject).default({}),
  definitions: z.record(z.string(), JsonObject).default({}),
})

/** Turns schemas into JSON Schemas that refer to the named ones among them, and collects those for a document. */
export class SchemaBook {
  readonly #dialect: Dialect
  readonly #named = new Map<string, JsonObject>()

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /** Throws for what JSON Schema cannot say, and for a name that would stand for two things. */
  schema(type: z.ZodType, io: Direction): JsonObject {
    // As the property of something else, a named schema becomes a reference too.
    const json = z.toJSONSchema(z.object({ value: type }), {
      ...{ io, target: this.#dialect, metadata: names, unrepresentable, override },
    })
    const { properties, $defs, definitions } = Converted.parse(json)
    for (const [name, schema] of Object.entries({ ...$defs, ...definitions })) this.#collect(name, linked(schema))
    return linked(properties.value)
  }

  /** The named ones so far, by name. */
  get components(): JsonObject {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #collect(name: string, schema: JsonObject): void {
    const known = this.#named.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`the name ${name} would stand for two schemas`)
    }
    this.#named.set(name, schema)
  }
}

type Options = Required<z.core.ToJSONSchemaParams>

/** Values that are taken as the JSON parser gives them have no structure that their schema could show. */
const unrepresentable: Options['unrepresentable'] = ({ zodSchema }) => {
  if (zodSchema === Json) return {}
  if (zodSchema === JsonObject) return { type: 'object' }
  return 'throw'
}

const override: Options['override'] = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod
  // Answers may get more fields in later versions, and unknown fields of bodies are ignored: objects are left open.
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties
  // Text that is read as a number is, to whoever writes it into an address, a number.
  if (def.type === 'pipe' && def.out._zod.def.type === 'number') Object.assign(jsonSchema, numberSchema(def.out))
  if (def.type === 'default' && jsonSchema.type === 'integer') jsonSchema.default = def.defaultValue
}

const numberSchema = (schema: z.core.$ZodType): object => {
  const { type, minimum, maximum } = z.toJSONSchema(schema)
  return { type, minimum, maximum, pattern: undefined }
}

/** The same with references to where documents keep their schemas. */
const linked = (schema: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace(/^#\/(?:\$defs|definitions)\//, '#/components/schemas/')
        : linkedValue(value),
    ]),
  )

const linkedValue = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(linkedValue)
  return typeof value === 'object' && value !== null ? linked(value) : value
}
