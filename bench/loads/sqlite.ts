import { json } from 'node:stream/consumers'
import sqlite from 'node-sqlite3-wasm'
import { z } from 'zod'

/** Inserts one record a transaction, each synced, and prints how many a second. */
const Options = z.object({ path: z.string(), seconds: z.number() })
const { path, seconds } = Options.parse(await json(process.stdin))

const db = new sqlite.Database(path)
// Only a connection that has the file for itself can have a write-ahead log without memory that processes share.
db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
z.object({ journal_mode: z.literal('wal') }).parse(db.get('PRAGMA journal_mode'))
db.exec('CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, record TEXT NOT NULL)')
const insert = db.prepare('INSERT INTO records (record) VALUES (?)')
const record = ['r'.repeat(300)]

const insertFor = (ms: number): number => {
  const began = performance.now()
  let inserted = 0
  while (performance.now() - began < ms) {
    insert.run(record)
    inserted += 1
  }
  return inserted / ((performance.now() - began) / 1000)
}
insertFor(300)
process.stdout.write(`${insertFor(seconds * 1000)}\n`)
insert.finalize()
db.close()
