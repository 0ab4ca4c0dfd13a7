/**
 * The folder that has our package.json. This source lies two folders below it, and so does the program in a build, all of
 * whose files are in one folder (`dist/program`). Nothing else counts folders.
 */
export const packageRoot = new URL('../../', import.meta.url)

/** The folder of the build that is running, `dist` as a rule. Undefined where sources run without one. */
export const buildFolder: URL | undefined = import.meta.url.endsWith('.ts')
  ? undefined
  : new URL('../', import.meta.url)
