import { isOpen, toAccessJson } from '@hubgate/core/access'
import { type DownloadSnapshotOptions, type DownloadTarget, previewSnapshot } from '@hubgate/core/download'
import type { Context } from '../context.ts'
import { accessExitCode, EXIT_CODES, type ExitCode } from '../exit-codes.ts'
import { accessLines } from '../views/access-page.ts'
import { jsonLine } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { renderPreview } from '../views/preview-page.ts'
import { printLines } from '../views/print.ts'

/** `--dry-run`: what would be fetched, and whether it may be. Ends as the download would. */
export async function getPreview(
  context: Context,
  { modelId }: DownloadTarget,
  json: boolean,
  options: DownloadSnapshotOptions,
): Promise<ExitCode> {
  const preview = await previewSnapshot(modelId, options)
  const { access } = preview
  if (json) {
    const shown = { type: 'preview', ...preview, access: access === undefined ? null : toAccessJson(access) }
    context.out.write(jsonLine(shown))
  } else {
    const view = {
      now: context.now(),
      paint: createPaint(context.out.color),
      hasToken: context.settings.token !== undefined,
      width: context.out.width,
    }
    const isShut = access !== undefined && !isOpen(access.state)
    const lines = [...renderPreview(preview, view.paint), ...(isShut ? accessLines(access, view).slice(1) : [])]
    printLines(context, lines)
  }
  return access === undefined ? EXIT_CODES.done : accessExitCode([access], [])
}
