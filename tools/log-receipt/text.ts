import { grouped } from '../support/numbers.ts'
import { redactionLine } from '../support/redactions.ts'
import type { Paint } from '../support/style.ts'
import type { ReceiptReport } from './check.ts'

/** An answer for people: yes or no first, then why. */
export const receiptLines = (report: ReceiptReport, paint: Paint): string[] => {
  const { projectId, offset, head, found, reason } = report
  const yes = paint('Yes', 'green')
  const no = paint('No', 'red')
  switch (report.status) {
    case 'kept':
      return [`${yes}: record ${offset} of ${projectId} is the one that you were told of.`, ...redactionLines(report)]
    case 'redacted':
      return [
        `${yes}: record ${offset} of ${projectId} is the one that you were told of. Some of its data was taken out:`,
        ...redactionLines(report),
      ]
    case 'cut':
      return [
        `${no}: the log of ${projectId} ends before record ${offset}: it has ${grouped(head.offset)} records, and all are good.`,
        '  It was cut, or put back from an older copy.',
      ]
    case 'rewritten':
      return [
        `${no}: record ${offset} of ${projectId} is another one, with the hash`,
        `  ${found}.`,
        '  The log was rewritten, there or before, or was cut and has grown again.',
      ]
    case 'damaged':
      return [
        `${no}: the log of ${projectId} is damaged, and record ${offset} cannot be trusted: ${reason}.`,
        '  `maestro log verify` tells more.',
      ]
    case 'newer':
      return [`${no} telling: from record ${head.offset} on, ${projectId} needs a newer server: ${reason}.`]
  }
}

const redactionLines = ({ redactions }: ReceiptReport): string[] => redactions.map((one) => `  ${redactionLine(one)}`)
