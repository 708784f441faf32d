import type { DownloadEvent } from '@hubgate/core/download'

/** A download's event as programs read it, one a line: a promised interface. Fields are only added. */
export function toEventJson(event: DownloadEvent, modelId: string): object {
  if (event.type !== 'planned') return { ...event, modelId }
  const { plan, ...rest } = event
  return {
    ...rest,
    sizeBytes: plan.sizeBytes,
    fetchBytes: plan.fetchBytes,
    quantization: plan.quantization ?? null,
    files: plan.files,
    leftOut: plan.leftOut,
    pickleFiles: plan.pickleFiles,
  }
}
