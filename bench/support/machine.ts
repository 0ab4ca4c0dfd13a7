import { execFile } from 'node:child_process'
import { cpus, loadavg, platform, release } from 'node:os'
import { promisify } from 'node:util'

/** What figures were measured on, and of what. */
export interface Circumstances {
  readonly node: string
  readonly system: string
  readonly processors: number
  readonly model: string
  /** Processes that wanted a processor over the last minute, before the bench began. */
  readonly load: number
  readonly commit: string
}

export const circumstances = async (): Promise<Circumstances> => ({
  node: process.version,
  system: `${platform()} ${release()}`,
  processors: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  load: loadavg()[0] ?? 0,
  commit: await commit(),
})

export const circumstancesText = ({ node, system, processors, model, load, commit }: Circumstances): string =>
  `Commit ${commit}, Node ${node}, ${system}, ${processors} × ${model}, load ${load.toFixed(2)} at the beginning\n`

/** The commit that is measured, with a `+` when files differ from it. */
const commit = async (): Promise<string> => {
  const run = promisify(execFile)
  try {
    const { stdout: head } = await run('git', ['rev-parse', '--short=12', 'HEAD'])
    const { stdout: changed } = await run('git', ['status', '--porcelain', '--untracked-files=no'])
    return head.trim() + (changed === '' ? '' : '+')
  } catch {
    // A package without its repository.
    return 'unknown'
  }
}
