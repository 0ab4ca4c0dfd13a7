import { isIP } from 'node:net'
import { z } from 'zod'

/**
 * How the text of an option becomes its value. Each function makes a schema of its own, because descriptions are kept by
 * schema. What a schema refuses is told in the words of the option (`takes`), so none has messages here.
 */

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))

/**
 * On or off. `DEBUG` is shared with every program that uses the `debug` package, and a pattern for one of those
 * (`express:*`) says nothing to this server.
 */
export const onOrOff = () =>
  z
    .string()
    .toLowerCase()
    .regex(/^(?:1|true|0|false|)$|[:*]/)
    .transform((text) => text === '1' || text === 'true')

const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

export const host = () => z.string().refine((text) => isIP(text) !== 0 || hostName.test(text))

/** `~` is the home directory only alone or before a slash; `~name` would silently become a folder of that name. */
export const directory = () => z.string().regex(/^(?!~[^/])(?=.*\S)[^\0]+$/)

/** What a client can send in a header: visible ASCII. A line break at the end of a secret's file is the usual mistake. */
export const secret = () => z.string().regex(/^[\x21-\x7e]+$/)

const originShape = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** An origin as browsers write it: scheme, host, and a port that is not the scheme's own. */
const normalOrigin = (text: string): string => {
  const { protocol, host, origin } = new URL(text)
  // URL knows the origin of web schemes only; `tauri://localhost` has one as well.
  return origin === 'null' ? `${protocol}//${host.toLowerCase()}` : origin
}

const origin = z
  .string()
  .refine((text) => originShape.test(text) && URL.canParse(text))
  .transform(normalOrigin)

export const origins = () =>
  z
    .string()
    .transform((text) => (text.trim() === '' ? [] : text.split(',').map((part) => part.trim())))
    .pipe(z.array(origin))
    .readonly()
