#!/usr/bin/env node
import { loadHistoryCommand } from './load-history/command.ts'
import { runAlone } from './run-alone.ts'

await runAlone(loadHistoryCommand)
