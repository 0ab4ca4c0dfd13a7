import type { Mutation } from './mutation.ts'

/** How entity files are kept. */
export const entityFiles: readonly Mutation[] = [
  {
    name: 'a checkpoint vouches for names that are not durable',
    file: 'src/store/entity-files.ts',
    find: '        await this.#syncDirectory(dir)\n',
    replace: '        dir satisfies string\n',
    test: { file: 'test/simulation/named-cuts.test.ts', name: 'does not come back that was deleted after a restart' },
  },
  {
    name: 'the file of a session that another project has now is removed',
    file: 'src/store/entity-files.ts',
    find: "    if (text === undefined && subject.kind === 'session' && source.session(subject.id) !== undefined) return\n",
    replace: '',
    test: { file: 'test/simulation/named-cuts.test.ts', name: 'is left alone whose id another project has taken' },
  },
  {
    name: 'a checkpoint is written before the files',
    file: 'src/store/entity-files.ts',
    find: '      await this.#writeFiles(projectId, todo)\n',
    replace: '      await this.#checkpoints.write(projectId, upTo)\n      await this.#writeFiles(projectId, todo)\n',
    test: { file: 'test/unit/store/entity-files-faults.test.ts', name: 'no checkpoint ahead of the files' },
  },
  {
    name: 'an entity file is written in place',
    file: 'src/platform/replace-file.ts',
    find: '  const temporary = ',
    replace: '  const temporary = path || ',
    test: { file: 'test/unit/store/entity-files-faults.test.ts', name: 'leaves no half of a file under its name' },
  },
]
