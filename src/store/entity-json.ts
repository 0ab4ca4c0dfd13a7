const texts = new WeakMap<object, string>()

/** The JSON text of an entity, made once for all who answer or send it: entities are never written to. */
export const jsonOf = (entity: object): string => {
  const known = texts.get(entity)
  if (known !== undefined) return known
  const text = JSON.stringify(entity)
  texts.set(entity, text)
  return text
}
