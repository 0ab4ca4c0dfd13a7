import type { Command } from '../src/cli/command.ts'
import { foldLogCommand } from './fold-log/command.ts'
import { logAuditCommand } from './log-audit.ts'
import { logBisectCommand } from './log-bisect.ts'
import { logBlameCommand } from './log-blame.ts'
import { logDiffCommand } from './log-diff.ts'
import { logExportCommand } from './log-export.ts'
import { logHistoryCommand } from './log-history.ts'
import { logImportCommand } from './log-import.ts'
import { logListCommand } from './log-list.ts'
import { logReceiptCommand } from './log-receipt.ts'
import { logRedactCommand } from './log-redact.ts'
import { logRepairCommand } from './log-repair.ts'
import { logReplayCommand } from './log-replay.ts'
import { logShowCommand } from './log-show.ts'
import { logTailCommand } from './log-tail.ts'
import { logVerifyCommand } from './log-verify.ts'

/** All that `maestro log` can do, in the order in which help lists it. */
export const logCommands: readonly Command[] = [
  logListCommand,
  logShowCommand,
  logTailCommand,
  logReplayCommand,
  logHistoryCommand,
  logBlameCommand,
  logDiffCommand,
  logBisectCommand,
  logAuditCommand,
  logReceiptCommand,
  logExportCommand,
  logImportCommand,
  logRedactCommand,
  logVerifyCommand,
  logRepairCommand,
  foldLogCommand,
]
