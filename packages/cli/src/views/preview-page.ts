import { accessBadge } from '@hubgate/core/access'
import type { PlannedFile, SnapshotPreview } from '@hubgate/core/download'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'
import { countText } from './progress-text.ts'
import { formatBytes } from './quantities.ts'

const actionTexts: Readonly<Record<PlannedFile['action'], string>> = { fetch: 'fetch', resume: 'resume', keep: 'here' }

/** What a download would do, file by file, and whether it may. */
export function renderPreview(preview: SnapshotPreview, paint: Paint): string[] {
  const { modelId, commitHash, path, plan, access, freeBytes } = preview
  const room = plan.fetchBytes > freeBytes ? paint('too little', 'red') : 'enough'
  return [
    `${paint(stripControlCharacters(modelId), 'bold')}@${commitHash.slice(0, 8)}`,
    ...plan.files.map((file) => fileLine(file, paint)),
    ...plan.leftOut.map(({ reason, count, sizeBytes }) =>
      paint(`  left out: ${countText(count, 'file')}, ${formatBytes(sizeBytes)} (${reason})`, 'dim'),
    ),
    `  to fetch    ${formatBytes(plan.fetchBytes)} of ${formatBytes(plan.sizeBytes)}`,
    `  free        ${formatBytes(freeBytes)}, ${room}`,
    `  into        ${path}`,
    `  access      ${access === undefined ? 'open to all' : paint(accessBadge(access.state).sentence, accessBadge(access.state).colour)}`,
  ]
}

function fileLine({ path, sizeBytes, action }: PlannedFile, paint: Paint): string {
  const text = actionTexts[action].padEnd(6)
  return `  ${action === 'keep' ? paint(text, 'green') : text} ${formatBytes(sizeBytes).padStart(9)}  ${stripControlCharacters(path)}`
}
