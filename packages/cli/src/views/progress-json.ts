import type { DownloadEvent } from '@hubgate/core/download'

/** Whose event it is. */
export interface EventSubject {
  readonly modelId: string
  /** Of the queue. */
  readonly jobId?: string
}

/** A download's event as programs read it, one a line: a promised interface. Fields are only added. */
export function toEventJson(event: DownloadEvent, subject: EventSubject): object {
  if (event.type !== 'planned') return { ...event, ...subject }
  const { plan, ...rest } = event
  return {
    ...rest,
    ...subject,
    sizeBytes: plan.sizeBytes,
    fetchBytes: plan.fetchBytes,
    quantization: plan.quantization ?? null,
    files: plan.files,
    leftOut: plan.leftOut,
    pickleFiles: plan.pickleFiles,
  }
}
