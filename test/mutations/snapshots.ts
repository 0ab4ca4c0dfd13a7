import type { Mutation } from './mutation.ts'

/** How snapshots are kept. */
export const snapshots: readonly Mutation[] = [
  {
    name: 'a snapshot is renamed before it is synced',
    file: 'src/log/snapshot-files.ts',
    find: '  await appendFully(file, Buffer.from(closing(hasher.digest())))\n  await file.datasync()\n',
    replace: '  await appendFully(file, Buffer.from(closing(hasher.digest())))\n',
    test: { file: 'test/log/snapshot-files.test.ts', name: 'another name, content, the log before it, rename' },
  },
  {
    name: 'the name of a snapshot is not made durable',
    file: 'src/log/snapshot-files.ts',
    find: '      await fs.syncDirectory(projectDirectory(dataDir, projectId))\n',
    replace: '',
    test: { file: 'test/log/snapshot-files.test.ts', name: 'another name, content, the log before it, rename' },
  },
  {
    name: 'a damaged snapshot is believed',
    file: 'src/log/snapshot-files.ts',
    find: 'if (header === undefined || end !== closing(sha256(body))) return undefined',
    replace: 'if (header === undefined) return undefined',
    test: { file: 'test/log/snapshot-files.test.ts', name: 'with any bit flipped, or cut anywhere, is no snapshot' },
  },
  {
    name: 'a snapshot vouches for a log that is not durable',
    file: 'src/log/snapshot-files.ts',
    find: '        await syncSegments(fs, await listSegments(fs, projectDirectory(dataDir, projectId)))\n',
    replace: '',
    test: { file: 'test/simulation/named-cuts.test.ts', name: 'a snapshot is there only if the log before it is' },
  },
  {
    name: 'a snapshot of another fold is used',
    file: 'src/store/snapshot.ts',
    find: '  foldVersion: z.literal(foldVersion),\n',
    replace: '  foldVersion: z.int(),\n',
    test: { file: 'test/unit/store/loading.test.ts', name: 'made by another fold is thrown away' },
  },
]
