import type { ModelRecord } from '@hubgate/core/catalog'
import type { RowFit } from '@hubgate/core/fit'
import { stripControlCharacters } from '@hubgate/core/util'
import { formatBytes } from './quantities.ts'

export type FitOf = (record: ModelRecord) => RowFit | undefined

/** @example `fits 2×24 GB at AWQ-INT4, 1.9 GiB spare` */
export function describeRowFit({ deviceName, gpuCount, quantization, spareBytes }: RowFit): string {
  const device = stripControlCharacters(deviceName).replace(/^(?:NVIDIA |AMD |Intel |GeForce |Radeon )+| GPU$/g, '')
  const count = gpuCount === 1 ? '' : `${gpuCount}×`
  return `fits ${count}${device} at ${stripControlCharacters(quantization)}, ${formatBytes(spareBytes)} spare`
}
