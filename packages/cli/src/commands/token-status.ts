import { HubClient, reportToken } from '@hubgate/core/hub'
import { type Context, note } from '../context.ts'
import { EXIT_CODES, exitCodeOf } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { printLines } from '../views/print.ts'
import { tokenJson } from '../views/token-json.ts'
import { renderTokenPage } from '../views/token-page.ts'

/** Whose token is used here, and who gets it. Offline it tells what this machine knows, and ends with 0. */
export async function tokenStatus(context: Context, invocation: Invocation): Promise<number> {
  const { out, settings, signal } = context
  await using client = new HubClient(settings)
  const report = await reportToken(client, { signal })
  const now = context.now()
  if (invocation.options['json'] === true) {
    out.write(jsonPage(tokenJson(report, settings, now)))
  } else {
    printLines(context, renderTokenPage(report, { settings, now, paint: createPaint(out.color) }))
  }
  if (report.verdict === 'none') return EXIT_CODES.notFound
  if (report.verdict === 'refused') return EXIT_CODES.refused
  if (report.error === undefined || settings.offline !== undefined) return EXIT_CODES.done
  if (invocation.options['json'] === true) note(context, `note: ${report.error.message}`)
  return exitCodeOf(report.error)
}
