#!/usr/bin/env node
import { foldLogCommand } from './fold-log/command.ts'
import { runAlone } from './run-alone.ts'

await runAlone(foldLogCommand)
